using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Tests.Lookups;

/// <summary>COPY streams, cut anywhere.</summary>
public sealed class CacheLoaderTests
{
    // The signature, no flags, no extension.
    private static readonly byte[] s_header = [.. "PGCOPY\n"u8, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [Fact]
    public async Task ReadAsync_ReadsOfAnySize_GiveTheSameTable()
    {
        string?[][] rows = [.. Enumerable.Range(1, 200).Select(id => (string?[])[
            $"key {id % 150}", id.ToString(CultureInfo.InvariantCulture), id % 3 == 0 ? null : new string('v', id * id % 7_000)])];
        byte[] copy = Copy(rows);
        foreach (int size in new[] { 1, 2, 3, 18, 19, 20, 21, 1_000, 65_536, 1_000_000 })
        {
            CachedTable table = await LoadAsync(copy, size);

            Assert.Equal(rows.Length, table.Count);
            RequireFound(table, rows);
        }
    }

    [Fact]
    public async Task ReadAsync_RowLargerThanTheWindow_IsRead()
    {
        string?[][] rows = [["a", "1", "x"], ["b", "2", new string('y', 300_000)], ["c", "3", null]];

        RequireFound(await LoadAsync(Copy(rows), 64 * 1024), rows);
    }

    [Fact]
    public async Task ReadAsync_EmptyKey_IsNotHeld()
        => Assert.Equal(1, (await LoadAsync(Copy([["", "1", "x"], [null, "2", "x"], ["c", "3", "x"]]), 100)).Count);

    [Fact]
    public async Task ReadAsync_EndBeforeTheTrailer_IsAnError()
    {
        byte[] copy = Copy([["a", "1", "x"]]);
        foreach (int length in Enumerable.Range(0, copy.Length - 1))
        {
            await Assert.ThrowsAsync<EndOfStreamException>(() => LoadAsync(copy[..length], 7));
        }
    }

    [Fact]
    public async Task ReadAsync_AnotherNumberOfFields_IsAnError()
        => await Assert.ThrowsAsync<InvalidDataException>(() => LoadAsync(Copy([["a", "1"]]), 100));

    [Fact]
    public async Task ReadAsync_IdThatIsNoInteger_IsAnErrorThatNamesTheColumn()
        => Assert.Contains("hs_object_id", (await Assert.ThrowsAsync<MirrorException>(() => LoadAsync(Copy([["a", "x1", null]]), 100))).Message, StringComparison.Ordinal);

    private static void RequireFound(CachedTable table, string?[][] rows)
    {
        using BatchKeys keys = new(rows.Length);
        for (int row = 0; row < rows.Length; row++)
        {
            keys.Ask(row, Encoding.UTF8.GetBytes(rows[row][0]!));
        }

        using LookupAnswer answer = table.Find(keys);
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.Equal(
                rows.Where(other => other[0] == rows[row][0]).Select(other => $"{other[1]} {other[2] ?? ""}"),
                answer.Candidates(row).ToArray().Select(found =>
                    $"{answer.Rows.HubspotId(found)} {Encoding.UTF8.GetString(answer.Rows.Raw(found, 0))}"));
        }
    }

    private static async Task<CachedTable> LoadAsync(byte[] copy, int size)
    {
        TableColumn[] columns = [Text("legacy"), Text("hs_object_id"), Text("name")];
        var table = new MirrorTable(
            new SqlTable(new SqlName("hubspot"), new SqlName("things")), columns, -1, 0, CanSelect: true, new HashSet<string>(), []);
        var block = new LookupBlockDefinition { Table = "hubspot.things", Key = "legacy" };
        var lookup = ValidLookup.Of(block, block, new CsvBlockDefinition());
        var rule = KeyRule.For(lookup, table, new ConversionContext(new DefaultsDefinition(), "", false));
        LookupQuery query = LookupQuery.Build(table, rule, "hs_object_id", ["name"], []);
        await using var stream = new CutStream(copy, size);
        using var loader = new CacheLoader(query, 64 * 1024 * 1024, "hubspot.things", "hs_object_id");
        return await loader.ReadAsync(stream, TestContext.Current.CancellationToken);
    }

    private static TableColumn Text(string name) => new(name, "text", MirrorType.Text) { CastType = SqlText.Of($"text") };

    private static byte[] Copy(string?[][] rows)
    {
        List<byte> bytes = [.. s_header];
        byte[] number = new byte[4];
        foreach (string?[] row in rows)
        {
            BinaryPrimitives.WriteInt16BigEndian(number, (short)row.Length);
            bytes.AddRange(number.AsSpan(0, 2));
            foreach (string? field in row)
            {
                byte[]? value = field is null ? null : Encoding.UTF8.GetBytes(field);
                BinaryPrimitives.WriteInt32BigEndian(number, value?.Length ?? -1);
                bytes.AddRange(number);
                bytes.AddRange(value ?? []);
            }
        }

        return [.. bytes, 0xFF, 0xFF];
    }

    /// <summary>Gives so many bytes a read at most.</summary>
    private sealed class CutStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
