using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Values;
using Recon.Postgres.Lookups;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Lookups;

public sealed class CachedTableTests
{
    private const long Budget = 64 * 1024 * 1024;

    private static readonly Gen<string> s_key = Gen.OneOf(
        Gen.Char["01é"].Array[1, 3].Select(letters => new string(letters)),
        Gen.Int[120, 135].Select(length => new string('x', length)));

    private static readonly Gen<string?> s_value = Gen.Frequency(
        (2, Gen.OneOf<string?>(null, "")),
        (4, Gen.Char['a', 'z'].Array[1, 12].Select(letters => (string?)new string(letters))),
        (1, Gen.Int[100, 20_000].Select(length => (string?)new string('v', length))));

    [Fact]
    public void Find_AnyRows_AgreesWithADictionary()
        => Gen.Int[0, 3].SelectMany(width => Gen.Select(
                Gen.Select(s_key, s_value.Array[width]).Array[0, 200], Gen.Shuffle(Enumerable.Range(1, 200).ToArray()), s_key.Null().Array[0, 60]))
            .Sample((drawn, ids, asked) =>
                Require([.. drawn.Select((row, index) => new Row(row.Item1, 8_000_000_000 + ids[index], row.Item2))], asked), iter: 60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Find_ManyRowsOfOneKey_GivesThemInOrderOfTheirIds(bool ascending)
    {
        IEnumerable<int> ids = ascending ? Enumerable.Range(1, 2_000) : Enumerable.Range(1, 2_000).Reverse();

        Require([.. ids.Select(id => new Row("the key", id, [id % 3 == 0 ? null : $"value {id}"]))], ["the key", "another", "the key"]);
    }

    [Fact]
    public void Find_ManyKeysOverSeveralChunks_FindsEveryOne()
    {
        Row[] rows = [.. Enumerable.Range(1, 30_000).Select(id => new Row($"key {id}", id, [new string('v', id % 1_000), null]))];

        Require(rows, [.. rows.Select(row => row.Key), "key 0"]);
    }

    [Fact]
    public void Add_TableBeyondItsBudget_IsRefusedByName()
    {
        using CachedTableBuilder table = new([new MirrorColumn("name", MirrorType.Text)], 5 * 1024 * 1024, "hubspot.things");

        CacheBudgetException exceeded = Assert.Throws<CacheBudgetException>(() =>
        {
            for (int id = 1; id <= 100_000; id++)
            {
                Add(table, new Row(id.ToString(CultureInfo.InvariantCulture), id, [new string('v', 200)]));
            }
        });

        Assert.StartsWith("hubspot.things does not fit into 5 MiB.", exceeded.Message, StringComparison.Ordinal);
        Assert.Contains("\"cacheBytes\"", exceeded.Message, StringComparison.Ordinal);
        Assert.Contains("\"any\"", exceeded.Message, StringComparison.Ordinal);
        Assert.InRange(table.Count, 5_000, 26_000);
    }

    [Fact]
    public void Add_RowsWithoutValues_CountsTheIndexThatIsBuiltLast()
    {
        using CachedTableBuilder table = new([], 8 * 1024 * 1024, "hubspot.things");

        Assert.Throws<CacheBudgetException>(() =>
        {
            for (int id = 1; id <= 1_000_000; id++)
            {
                Add(table, new Row(id.ToString(CultureInfo.InvariantCulture), id, []));
            }
        });

        // 9 bytes of index and 12 to 20 of the row.
        Assert.InRange(table.Count, 130_000, 350_000);
        Assert.InRange(table.Bytes, 8 * 1024 * 1024, 13 * 1024 * 1024);
    }

    [Fact]
    public void Find_SeveralThreadsAtOnce_AnswersEachOfThem()
    {
        Row[] rows = [.. Enumerable.Range(1, 5_000).Select(id => new Row($"key {id / 2}", id, [$"{id % 5}", $"value {id}"]))];
        CachedTable table = Build(rows);

        Parallel.For(0, 16, part => RequireFound(table, rows, [.. rows.Skip(part * 300).Take(300).Select(row => row.Key)]));
    }

    [Fact]
    public void Find_MostRowsInAFile_FindsEveryOneFromSeveralThreads()
    {
        Row[] rows = [.. Enumerable.Range(1, 30_000).Select(id => new Row($"key {id * 7919 % 30_000 / 2}", id, [$"{id % 5}", new string('v', id % 400), null]))];
        using CachedTableBuilder builder = new(
            [.. Enumerable.Range(0, 3).Select(column => new MirrorColumn($"c{column}", MirrorType.Text))], 1_048_576, "hubspot.things", rows.Length, Path.GetTempPath());
        foreach (Row row in rows)
        {
            Add(builder, row);
        }

        using CachedTable table = builder.Build();

        Assert.InRange(table.Bytes, 0, (1_048_576 / 8) + (10 * rows.Length));
        Assert.True(table.FileBytes > 4 * 1_048_576);
        Parallel.For(0, 8, part => RequireFound(table, rows, [.. rows.Skip(part * 3_000).Take(700).Select(row => row.Key), "key -1", null]));
    }

    [Fact]
    public void Add_FolderTakesNoFile_HoldsRowsInMemoryAsFarAsTheyFit()
    {
        using CachedTableBuilder table = new(
            [new MirrorColumn("name", MirrorType.Text)], 1_048_576, "hubspot.things", 0, Path.Combine(Path.GetTempPath(), "recon-no-such-folder"));

        for (int id = 1; id <= 3_000; id++)
        {
            Add(table, new Row(id.ToString(CultureInfo.InvariantCulture), id, [new string('v', 200)]));
        }

        Assert.InRange(table.Bytes, 600_000, 1_048_576);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Add_NoRoomInAFileEither_IsRefusedByName(bool isIndexTooLarge)
    {
        string folder = isIndexTooLarge ? Path.GetTempPath() : Path.Combine(Path.GetTempPath(), "recon-no-such-folder");
        using CachedTableBuilder table = new([new MirrorColumn("name", MirrorType.Text)], 1_048_576, "hubspot.things", 0, folder);

        CacheBudgetException exceeded = Assert.Throws<CacheBudgetException>(() =>
        {
            for (int id = 1; id <= 200_000; id++)
            {
                Add(table, new Row(id.ToString(CultureInfo.InvariantCulture), id, [new string('v', 20)]));
            }
        });

        Assert.StartsWith("hubspot.things does not fit into 1 MiB.", exceeded.Message, StringComparison.Ordinal);
        Assert.Equal(!isIndexTooLarge, exceeded.Message.Contains("temporary files", StringComparison.Ordinal));
    }

    [Fact]
    public void Add_SmallTable_FitsIntoTheLeastBudgetThatADefinitionMayGive()
    {
        using CachedTableBuilder table = new([new MirrorColumn("name", MirrorType.Text)], 1_048_576, "hubspot.things");

        for (int id = 1; id <= 2_000; id++)
        {
            Add(table, new Row(id.ToString(CultureInfo.InvariantCulture), id, [new string('v', 200)]));
        }

        Assert.Equal(2_000, table.Count);
    }

    private static void Require(Row[] rows, string?[] asked) => RequireFound(Build(rows), rows, asked);

    private static CachedTable Build(Row[] rows)
    {
        MirrorColumn[] columns = [.. Enumerable.Range(0, rows.Length == 0 ? 0 : rows[0].Values.Length)
            .Select(column => new MirrorColumn($"c{column}", MirrorType.Text))];
        using CachedTableBuilder builder = new(columns, Budget, "hubspot.things");
        foreach (Row row in rows)
        {
            Add(builder, row);
        }

        long bytes = builder.Bytes;
        CachedTable table = builder.Build();
        Assert.Equal(rows.Length, table.Count);
        Assert.Equal(bytes, table.Bytes);
        return table;
    }

    private static void RequireFound(CachedTable table, Row[] rows, string?[] asked)
    {
        using BatchKeys keys = new(asked.Length);
        for (int row = 0; row < asked.Length; row++)
        {
            if (asked[row] is { } key)
            {
                keys.Ask(row, Encoding.UTF8.GetBytes(key));
            }
        }

        using LookupAnswer answer = table.Find(keys);

        System.Linq.ILookup<string, Row> model = rows.ToLookup(row => row.Key);
        for (int row = 0; row < asked.Length; row++)
        {
            Assert.Equal(
                (asked[row] is { } key ? model[key] : []).OrderBy(expected => expected.Id).Select(Describe),
                answer.Candidates(row).ToArray().Select(found => Describe(answer.Rows, found, rows[0].Values.Length)));
        }
    }

    private static void Add(CachedTableBuilder table, Row row)
    {
        (byte[] buffer, FieldPlace[] values) = PackedRowsTests.Encode(
            [.. row.Values.Select(value => value is null ? null : Encoding.UTF8.GetBytes(value))]);
        table.Add(Encoding.UTF8.GetBytes(row.Key), row.Id, buffer, values);
    }

    private static string Describe(Row row) => $"{row.Id} {string.Join('|', row.Values)}";

    private static string Describe(MirrorRows rows, int row, int columns)
        => $"{rows.HubspotId(row)} {string.Join('|', Enumerable.Range(0, columns).Select(column => Encoding.UTF8.GetString(rows.Raw(row, column))))}";

    private sealed record Row(string Key, long Id, string?[] Values);
}
