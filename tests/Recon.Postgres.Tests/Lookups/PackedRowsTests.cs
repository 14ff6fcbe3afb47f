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
        => Gen.Int[0, 4].SelectMany(width => Gen.Select(Gen.Long, s_key, s_value.Array[width]).Array[1, 300])
            .Sample(drawn => RequireKept([.. drawn.Select(row => new Row(row.Item1, row.Item2, row.Item3))]), iter: 30);

    [Fact]
    public void Spill_AnyRows_KeepsThemWhereverTheyAre()
        => Gen.Int[0, 4].SelectMany(width => Gen.Select(
                Gen.Select(Gen.Long, s_key, s_value.Array[width], Gen.Int[0, 30]).Array[1, 300], Gen.Int[0, 1_000]))
            .Sample((drawn, seed) =>
            {
                using PackedRows packed = new(drawn[0].Item3.Length);
                using RowWindow window = new();
                List<(uint Place, Row Row)> rows = [];
                foreach ((long id, byte[] key, byte[]?[] values, int chunks) in drawn)
                {
                    Row row = new(id, key, values);
                    rows.Add((Add(packed, row), row));
                    bool moved = chunks == 0 && packed.Spill(Path.GetTempPath());
                    Assert.True(!moved || packed.FileBytes > 0);
                }

                (uint, Row)[] mixed = [.. rows];
                new Random(seed).Shuffle(mixed);
                foreach ((uint place, Row row) in rows.Concat(mixed))
                {
                    RequireRow(row, packed.Open(place, window));
                }
            }, iter: 60);

    [Fact]
    public void Spill_FileOnUnix_HasNoName()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");
        string folder = Directory.CreateTempSubdirectory("recon-spill-").FullName;
        using SpillFile file = SpillFile.Create(folder);

        long start = file.Append("abc"u8);

        byte[] read = new byte[5];
        Assert.Equal((0, 3), (start, file.Read(0, read)));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }

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
        Row small = new(-1, "key"u8.ToArray(), ["a"u8.ToArray(), null]);

        RequireKept(small, small, new Row(long.MaxValue, [], [large, null]), small, new Row(3, large, [[], large]), small, small);
    }

    [Fact]
    public void Bytes_FewRows_AreFarFromTheLeastBudget()
    {
        using PackedRows rows = new(1);

        Add(rows, new Row(1, "1"u8.ToArray(), ["x"u8.ToArray()]));

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
        using PackedRows packed = new(width);
        using RowWindow window = new();
        uint[] places = [.. rows.Select(row => Add(packed, row))];

        Assert.Equal(places.Length, places.Distinct().Count());
        foreach ((uint place, Row row) in places.Zip(rows))
        {
            RequireRow(row, packed.Open(place, window));
        }

        Assert.True(packed.Bytes >= rows.Sum(row => row.Key.Length + row.Values.Sum(value => (long)(value?.Length ?? 0))));
    }

    private static void RequireRow(Row row, PackedRow opened)
    {
        Assert.Equal(row.Id, opened.Id);
        Assert.True(opened.Key.SequenceEqual(row.Key));
        RequireValues(opened, row.Values);
    }

    private static void RequireValues(PackedRow row, byte[]?[] values)
    {
        int[] starts = new int[values.Length];
        int[] lengths = new int[values.Length];
        byte[] bytes = [0, 0, 0, .. row.Places(3, starts, lengths)];
        for (int column = 0; column < values.Length; column++)
        {
            Assert.Equal(values[column]?.Length ?? -1, lengths[column]);
            Assert.True(bytes.AsSpan(starts[column], Math.Max(lengths[column], 0)).SequenceEqual(values[column]));
        }
    }

    private static uint Add(PackedRows rows, Row row)
    {
        (byte[] buffer, FieldPlace[] places) = Encode(row.Values);
        return rows.Add(row.Id, row.Key, buffer, places);
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

    private sealed record Row(long Id, byte[] Key, byte[]?[] Values)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"id {Id} key {Convert.ToHexString(Key)} values {string.Join(',', Values.Select(value => value?.Length ?? -1))}");
    }
}
