using System.Buffers.Binary;
using System.Globalization;
using CsCheck;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Tests.Lookups;

public sealed class PackedRowsTests
{
    // Lengths at which the number before a value takes one byte more, and everything around them.
    private static readonly Gen<byte[]?> Value = Gen.Frequency(
        (4, Gen.OneOf<byte[]?>(null, [])),
        (6, Gen.Byte.Array[1, 20].Select(bytes => (byte[]?)bytes)),
        (2, Gen.Select(Gen.OneOf(Gen.Int[125, 129], Gen.Int[16_381, 16_385], Gen.Int[50_000, 90_000]), Gen.Byte, (length, with) => (byte[]?)Filled(length, with))));

    private static readonly Gen<byte[]> Key = Gen.OneOf(Gen.Byte.Array[0, 12], Gen.Byte.Array[126, 130]);

    [Fact]
    public void Add_AnyRows_KeepsThemOverAllChunks()
        => Gen.Int[0, 4].SelectMany(width => Gen.Select(Gen.UInt, Gen.Long, Key, Value.Array[width]).Array[1, 300])
            .Sample(drawn => RequireKept([.. drawn.Select(row => new Row(row.Item1, row.Item2, row.Item3, row.Item4))]), iter: 30);

    [Theory]
    [InlineData(-60)]
    [InlineData(-30)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9_000_000)]
    public void Add_ValueAsLongAsAChunk_IsKeptAndSoAreItsNeighbours(int more)
    {
        byte[] large = Filled((4 * 1024 * 1024) + more, 7);
        Row small = new(5, -1, "key"u8.ToArray(), ["a"u8.ToArray(), null]);

        RequireKept(small, small, new Row(1, long.MaxValue, [], [large, null]), small, new Row(2, 3, large, [[], large]), small, small);
    }

    [Fact]
    public void Bytes_FewRows_AreFarFromTheLeastBudget()
    {
        PackedRows rows = new();

        rows.Add(0, 1, "1"u8, Encode(["x"u8.ToArray()]), 1);

        Assert.InRange(rows.Bytes, 1, 256 * 1024);
    }

    private static byte[] Filled(int length, byte with)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, with);
        return bytes;
    }

    private static void RequireKept(params Row[] rows)
    {
        PackedRows packed = new();
        int width = rows[0].Values.Length;
        uint[] places = [.. rows.Select(row => packed.Add(row.Next, row.Id, row.Key, Encode(row.Values), width))];

        Assert.DoesNotContain(0u, places);
        Assert.Equal(places.Length, places.Distinct().Count());
        byte[] to = new byte[rows.Max(row => row.Values.Sum(value => value?.Length ?? 0))];
        int[] starts = new int[width];
        int[] lengths = new int[width];
        foreach ((uint place, Row row) in places.Zip(rows))
        {
            Assert.Equal(row.Next, packed.Next(place));
            Assert.Equal(row.Id, packed.Id(place));
            Assert.True(packed.Key(place).SequenceEqual(row.Key));
            Assert.Equal(row.Values.Sum(value => value?.Length ?? 0), packed.ValueBytes(place, width));
            int used = 0;
            packed.CopyValues(place, to, ref used, starts, lengths);
            Assert.Equal(row.Values.Sum(value => value?.Length ?? 0), used);
            for (int column = 0; column < width; column++)
            {
                Assert.Equal(row.Values[column]?.Length ?? -1, lengths[column]);
                Assert.True(to.AsSpan(starts[column], Math.Max(lengths[column], 0)).SequenceEqual(row.Values[column]));
            }
        }

        Assert.True(packed.Bytes >= rows.Sum(row => row.Key.Length + row.Values.Sum(value => (long)(value?.Length ?? 0))));
    }

    /// <summary>Values as they come in a binary COPY.</summary>
    internal static byte[] Encode(byte[]?[] values)
    {
        using MemoryStream bytes = new();
        byte[] length = new byte[4];
        foreach (byte[]? value in values)
        {
            BinaryPrimitives.WriteInt32BigEndian(length, value?.Length ?? -1);
            bytes.Write(length);
            bytes.Write(value);
        }

        return bytes.ToArray();
    }

    private sealed record Row(uint Next, long Id, byte[] Key, byte[]?[] Values)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"next {Next} id {Id} key {Convert.ToHexString(Key)} values {string.Join(',', Values.Select(value => value?.Length ?? -1))}");
    }
}
