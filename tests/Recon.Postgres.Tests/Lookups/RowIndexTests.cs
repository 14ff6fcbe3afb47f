using CsCheck;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Tests.Lookups;

public sealed class RowIndexTests
{
    // The least and the greatest hash among them, and few others, so that many rows share one.
    private static readonly Gen<uint> s_hash = Gen.OneOf(
        Gen.OneOf<uint>(0u, 1u, uint.MaxValue, uint.MaxValue - 1, 0x8000_0000u), Gen.UInt);

    [Fact]
    public void Near_AnyRows_HoldsTheRowsOfAHashInTheirOrder()
        => Gen.Select(s_hash.Array[0, 300], s_hash.Array[1, 20]).Sample((hashes, asked) =>
        {
            var index = new RowIndex([.. hashes.Select((hash, row) => RowIndex.Entry(hash, (uint)row))]);

            foreach (uint hash in asked.Concat(hashes))
            {
                Assert.Equal(
                    Enumerable.Range(0, hashes.Length).Where(row => hashes[row] == hash).Select(row => (uint)row),
                    RowsOf(index, hash));
            }
        });

    [Fact]
    public void Near_ManyRows_HoldsFewOthers()
    {
        const int Rows = 100_000;
        var index = new RowIndex([.. Enumerable.Range(0, Rows).Select(row => RowIndex.Entry((uint)row * 2_654_435_769u, (uint)row))]);

        Assert.InRange(Enumerable.Range(0, Rows).Max(row => index.Near((uint)row * 2_654_435_769u) is var (first, end) ? end - first : 0), 1, 16);
        Assert.InRange(RowIndex.BytesFor(Rows), Rows * 9, (Rows * 9) + 64);
    }

    private static IEnumerable<uint> RowsOf(RowIndex index, uint hash)
    {
        (int first, int end) = index.Near(hash);
        for (int place = index.Next(first, end, hash); place < end; place = index.Next(place + 1, end, hash))
        {
            yield return index.RowAt(place);
        }
    }
}
