using System.Globalization;
using CsCheck;
using Recon.Postgres.Lookups;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Lookups;

public sealed class PackedRowsTests
{
    // Lengths at which the number before a value takes one byte more, and everything around them.
    private static readonly Gen<byte[]?> s_value = Gen.Frequency(
        (4, Gen.OneOf<byte[]?>(null, [])),
        (6, Gen.Byte.Array[1, 20].Select(bytes => (byte[]?)bytes)),
        (2, Gen.Select(Gen.OneOf(Gen.Int[125, 129], Gen.Int[16_381, 16_385], Gen.Int[50_000, 90_000]), Gen.Byte, (length, with) => (byte[]?)Filled(length, with))));

    private static readonly Gen<byte[]> s_key = Gen.OneOf(Gen.Byte.Array[0, 12], Gen.Byte.Array[126, 130]);

    [Fact]
    public void Add_AnyRows_KeepsThemOverAllChunks()
        => Gen.Int[0, 4].SelectMany(width => Gen.Select(Gen.UInt, Gen.Long, s_key, s_value.Array[width]).Array[1, 300])
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
    public void Add_ValuesThatManyRowsShare_TakeAByteEach()
    {
        byte[][] types = ["MEETING"u8.ToArray(), "Pending"u8.ToArray(), "In Progress"u8.ToArray(), []];
        Row[] rows = [.. Enumerable.Range(0, 60_000).Select(id => new Row(
            0, id, BitConverter.GetBytes(id), [types[id % 4], id % 3 == 0 ? null : types[id / 7 % 4], BitConverter.GetBytes(id * 31L)]))];

        RequireKept(rows);

        // Link 4, id 3, key 5, two codes, length and value 9, up to 3 to the next multiple of four.
        PackedRows packed = new(3);
        Array.ForEach(rows, row => Add(packed, row));
        Assert.InRange(packed.Bytes, 60_000 * 20, (60_000 * 26) + (1 << 21));
        Assert.Equal("MEETINGPendingIn Progress".Length, packed.Frequent.Bytes.Length);
    }

    [Fact]
    public void Add_ValuesThatBecomeFrequentLater_AreKept()
        => RequireKept([.. Enumerable.Range(0, 5_000).Select(id => new Row(
            0, id, BitConverter.GetBytes(id), [id < 2_000 ? BitConverter.GetBytes(id) : "Complete"u8.ToArray(), "only here"u8.ToArray()]))]);

    [Fact]
    public void Add_MoreFrequentValuesThanThereAreCodes_AreKept()
        => RequireKept([.. Enumerable.Range(0, 4_000).Select(id => new Row(
            0, id, BitConverter.GetBytes(id), [.. Enumerable.Range(0, 4).Select(column => (byte[]?)Filled(1 + (id % 32), (byte)(column + (id % 5))))]))]);

    [Fact]
    public void Bytes_FewRows_AreFarFromTheLeastBudget()
    {
        PackedRows rows = new(1);

        Add(rows, new Row(0, 1, "1"u8.ToArray(), ["x"u8.ToArray()]));

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
        int width = rows[0].Values.Length;
        PackedRows packed = new(width);
        uint[] places = [.. rows.Select(row => Add(packed, row))];

        Assert.DoesNotContain(0u, places);
        Assert.Equal(places.Length, places.Distinct().Count());
        Assert.Equal(places, InOrder(packed));
        foreach ((uint place, Row row) in places.Zip(rows))
        {
            Assert.Equal(row.Link, packed.Link(place));
            PackedRow opened = packed.Open(place);
            Assert.Equal(row.Id, opened.Id);
            Assert.True(opened.Key.SequenceEqual(row.Key));
            RequireValues(packed, opened, row.Values);
            packed.SetLink(place, ~row.Link);
            Assert.Equal(~row.Link, packed.Link(place));
        }

        _ = packed.Touch([0, .. places]);
        Assert.True(packed.Bytes >= rows.Sum(row => row.Key.Length) + Distinct(rows));
    }

    private static void RequireValues(PackedRows packed, PackedRow row, byte[]?[] values)
    {
        byte[] frequent = packed.Frequent.Bytes.ToArray();
        int[] starts = new int[values.Length];
        int[] lengths = new int[values.Length];
        byte[] bytes = [.. frequent, .. row.Places(packed.Frequent.Places, frequent.Length, starts, lengths)];
        for (int column = 0; column < values.Length; column++)
        {
            Assert.Equal(values[column]?.Length ?? -1, lengths[column]);
            Assert.True(bytes.AsSpan(starts[column], Math.Max(lengths[column], 0)).SequenceEqual(values[column]));
        }
    }

    // What cannot be held as a code takes at least its own length.
    private static long Distinct(Row[] rows) => rows.SelectMany(row => row.Values).Where(value => value?.Length > 32).Sum(value => (long)value!.Length);

    private static IEnumerable<uint> InOrder(PackedRows rows)
    {
        for (uint row = rows.After(0); row != 0; row = rows.After(row))
        {
            yield return row;
        }
    }

    private static uint Add(PackedRows rows, Row row)
    {
        (byte[] buffer, FieldPlace[] places) = Encode(row.Values);
        return rows.Add(row.Link, row.Id, row.Key, buffer, places);
    }

    /// <summary>Values in a buffer, as a row of a COPY has them.</summary>
    internal static (byte[] Buffer, FieldPlace[] Places) Encode(byte[]?[] values)
    {
        List<byte> buffer = [0xFF];
        List<FieldPlace> places = [];
        foreach (byte[]? value in values)
        {
            places.Add(new FieldPlace(buffer.Count, value?.Length ?? -1));
            buffer.AddRange(value ?? []);
        }

        return ([.. buffer], [.. places]);
    }

    private sealed record Row(uint Link, long Id, byte[] Key, byte[]?[] Values)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"link {Link} id {Id} key {Convert.ToHexString(Key)} values {string.Join(',', Values.Select(value => value?.Length ?? -1))}");
    }
}
