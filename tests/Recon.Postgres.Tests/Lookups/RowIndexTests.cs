using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Tests.Lookups;

public sealed class RowIndexTests
{
    // Few hashes, the least and the greatest among them, so that many keys share one and the search runs over the end.
    private static readonly Gen<uint> s_hash = Gen.OneOf<uint>(0u, 1u, uint.MaxValue, uint.MaxValue - 1, 0x8000_0000u);

    [Fact]
    public void Find_KeysThatShareAHash_AreToldApart()
        => Gen.Select(Gen.Int[1, 40], s_hash.Array[8], Gen.Int[0, 7].Array[0, 300]).Sample((keys, hashes, drawn) =>
        {
            // The hash belongs to the key.
            (string Key, uint Hash)[] rows = [.. drawn.Select((number, index) => Named((number * 5 + index) % keys, hashes))];
            (RowIndex index, PackedRows packed, uint[] places) = Build(rows);

            foreach ((string key, uint hash) in Enumerable.Range(0, keys + 3).Select(number => Named(number, hashes)))
            {
                uint[] expected = [.. places.Where((_, row) => rows[row].Key == key).Reverse()];
                Assert.Equal(expected, Chain(packed, index.Find(Encoding.UTF8.GetBytes(key), hash)));
            }
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(RowIndex.Group - 1)]
    [InlineData(RowIndex.Group)]
    [InlineData(RowIndex.Group + 1)]
    [InlineData(10_000)]
    public void Find_GroupOfHashes_GivesARowOfEachOrNone(int count)
    {
        (string Key, uint Hash)[] rows = [.. Enumerable.Range(0, count).Select(number =>
            (number.ToString(CultureInfo.InvariantCulture), (uint)number * 2_654_435_769u))];
        (RowIndex index, _, uint[] places) = Build(rows);
        uint[] found = new uint[RowIndex.Group];
        foreach (int[] numbers in Enumerable.Range(0, count + 50).Chunk(RowIndex.Group))
        {
            index.Find([.. numbers.Select(number => (uint)number * 2_654_435_769u)], found);

            Assert.Equal(numbers.Select(number => number < count ? places[number] : 0), found.Take(numbers.Length));
        }
    }

    private static (string Key, uint Hash) Named(int number, uint[] hashes)
        => (new string('k', 1 + (number % 20 * 10)) + number.ToString(CultureInfo.InvariantCulture), hashes[number % hashes.Length]);

    private static (RowIndex Index, PackedRows Packed, uint[] Places) Build((string Key, uint Hash)[] rows)
    {
        PackedRows packed = new(0);
        uint[] places = [.. rows.Select((row, id) => packed.Add(row.Hash, id, Encoding.UTF8.GetBytes(row.Key), [], []))];
        return (new RowIndex(packed, rows.Length), packed, places);
    }

    private static IEnumerable<uint> Chain(PackedRows rows, uint head)
    {
        for (uint row = head; row != 0; row = rows.Link(row))
        {
            yield return row;
        }
    }
}
