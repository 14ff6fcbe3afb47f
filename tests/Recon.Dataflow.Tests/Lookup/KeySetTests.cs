using System.Text;
using CsCheck;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Lookup;

public sealed class KeySetTests
{
    // Zero bytes and lengths around the one from which on a key is hashed: only its length may tell two keys apart.
    private static readonly Gen<byte[][]> s_keys = Gen.OneOf(Gen.Const((byte)0), Gen.Byte[1, 2], Gen.Byte).Array[0, 10].Array[0, 200];

    [Fact]
    public void Find_AnyKeysOfAnotherSet_AgreesWithADictionary()
        => Gen.Select(s_keys, s_keys).Sample((held, asked) =>
        {
            using var set = new KeySet(4);
            using var others = new KeySet(4);
            Dictionary<string, int> naive = [];
            foreach (byte[] key in held)
            {
                naive.TryAdd(Convert.ToHexString(key), naive.Count);
                Assert.Equal(naive[Convert.ToHexString(key)], set.Add(key));
            }

            foreach (byte[] key in asked)
            {
                others.Add(key);
            }

            int[] found = new int[others.Count];
            set.Find(others, found);

            Assert.Equal(naive.Count, set.Count);
            Assert.All(Enumerable.Range(0, others.Count), index =>
                Assert.Equal(naive.GetValueOrDefault(Convert.ToHexString(others[index]), -1), found[index]));
            Assert.All(Enumerable.Range(0, others.Count), index =>
                Assert.Equal(found[index] < 0 ? set.Count : found[index], set.Add(others, index)));
        });

    [Fact]
    public void Code_ShortKeys_AreAllDifferent()
        => s_keys.Sample(keys => Assert.Equal(
            keys.Where(key => key.Length <= KeyHash.MostPacked).Select(Convert.ToHexString).Distinct().Count(),
            keys.Where(key => key.Length <= KeyHash.MostPacked).Select(key => KeyHash.Code(key)).Distinct().Count()));

    [Fact]
    public void Add_MoreKeysThanExpected_KeepsEveryOne()
    {
        using var set = new KeySet(1);
        for (int number = 0; number < 50_000; number++)
        {
            Assert.Equal(number, set.Add(Encoding.UTF8.GetBytes($"{number}")));
        }

        Assert.All(Enumerable.Range(0, 50_000), number => Assert.Equal(number, set.IndexOf(Encoding.UTF8.GetBytes($"{number}"))));
    }
}
