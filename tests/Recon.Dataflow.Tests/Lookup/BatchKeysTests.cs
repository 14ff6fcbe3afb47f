using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Tests.Diff;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Lookup;

public sealed class BatchKeysTests
{
    // Few letters and short keys, so that most keys repeat; null asks for nothing.
    private static readonly Gen<string?[]> s_asked = Gen.Char["abé"].Array[1, 3].Select(letters => new string(letters))
        .Null().Array[0, 150];

    [Fact]
    public void Ask_AnyKeys_AgreesWithADictionary()
        => s_asked.Sample(asked =>
        {
            using BatchKeys keys = new(asked.Length);
            Dictionary<string, int> naive = [];
            AskAll(keys, asked);
            foreach (string key in asked.OfType<string>())
            {
                naive.TryAdd(key, naive.Count);
            }

            Assert.Equal(asked.Length, keys.Rows);
            Assert.Equal(naive.Count, keys.Count);
            Assert.Equal(asked.Select(key => key is null ? -1 : naive[key]), Enumerable.Range(0, asked.Length).Select(keys.KeyOf));
            Assert.All(naive, pair => Assert.Equal(pair.Value, keys.IndexOf(Encoding.UTF8.GetBytes(pair.Key))));
            Assert.All(naive, pair => Assert.Equal((uint)KeyHash.Of(Encoding.UTF8.GetBytes(pair.Key)), keys.HashOf(pair.Value)));
            Assert.All(naive, pair => Assert.Equal(pair.Key, Encoding.UTF8.GetString(keys.Key(pair.Value))));
            Assert.Equal(-1, keys.IndexOf("not asked for"u8));
            Assert.Equal(naive.Keys.Order(StringComparer.Ordinal), keys.ToSortedStrings());
        });

    [Fact]
    public void Ask_ManyLongDistinctKeys_KeepsEveryOne()
    {
        string[] asked = [.. Enumerable.Range(0, 20_000).Select(number => $"{number}-{new string('x', number % 50)}")];
        using BatchKeys keys = new(asked.Length);

        AskAll(keys, asked);

        Assert.Equal(asked.Length, keys.Count);
        Assert.DoesNotContain(
            false,
            asked.Select((key, row) => keys.KeyOf(row) == row && keys.IndexOf(Encoding.UTF8.GetBytes(key)) == row));
    }

    [Fact]
    public void IndexOf_EmptyBatch_FindsNothing()
    {
        using BatchKeys keys = new(0);

        Assert.Equal(-1, keys.IndexOf("a"u8));
        Assert.Empty(keys.ToSortedStrings());
    }

    [Fact]
    public void Join_AnyMirrorRows_AgreesWithAGroupBy()
        => Gen.Select(s_asked, Gen.Select(Gen.Int[-1, 30], Gen.Long[1, 40]).Array[0, 200]).Sample((asked, mirror) =>
        {
            using BatchKeys keys = new(asked.Length);
            AskAll(keys, asked);
            int[] keyOfMirror = [.. mirror.Select(row => row.Item1 < keys.Count ? row.Item1 : -1)];
            Dictionary<string, string> none = [];
            using MirrorRows rows = Diffing.Mirror([], [.. mirror.Select(row => (row.Item2, (IReadOnlyDictionary<string, string>)none))]);

            using LookupAnswer answer = AnswerJoin.Join(keys, rows, keyOfMirror);

            for (int row = 0; row < asked.Length; row++)
            {
                int key = keys.KeyOf(row);
                Assert.Equal(
                    Enumerable.Range(0, mirror.Length).Where(at => key >= 0 && keyOfMirror[at] == key).OrderBy(at => mirror[at].Item2),
                    answer.Candidates(row).ToArray());
            }
        });

    private static void AskAll(BatchKeys keys, string?[] asked)
    {
        for (int row = 0; row < asked.Length; row++)
        {
            if (asked[row] is { } key)
            {
                keys.Ask(row, Encoding.UTF8.GetBytes(key));
            }
        }
    }
}
