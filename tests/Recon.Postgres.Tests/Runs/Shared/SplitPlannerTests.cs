using System.IO.Compression;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff.Repeats;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>Splits hold the batches that a run on one machine reads, whatever the files look like and however they are taken.</summary>
public sealed class SplitPlannerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-splits-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("utf-8", "\n", false)]
    [InlineData("utf-8", "\r\n", true)]
    [InlineData("utf-16le", "\r\n", true)]
    [InlineData("windows-1252", "\n", false)]
    public async Task Cut_OneFile_GivesTheBatchesOfAReaderInOrder(string encoding, string line, bool hasMark)
    {
        Write("things.csv", encoding, hasMark, Rows(1, 60), line);
        ValidDefinition definition = Define("things.csv", encoding, rows: 4);

        List<IReadOnlyList<SplitBatch>> splits = await CutAsync(definition, 3);

        await RequireSameBatchesAsync(definition, splits);
        Assert.All(splits.SkipLast(1), split => Assert.Equal(3, split.Count));
        RequireWhole(splits);
    }

    [Fact]
    public async Task Cut_SeveralFiles_PutsNoBatchesOfTwoFilesIntoOneSplit()
    {
        Write("a.csv", "utf-8", true, Rows(1, 10), "\n");
        Write("b.csv", "utf-8", false, Rows(11, 3), "\r\n");
        Write("c.csv", "utf-8", false, Rows(14, 9), "\n");
        ValidDefinition definition = Define("*.csv", "utf-8", rows: 2);

        List<IReadOnlyList<SplitBatch>> splits = await CutAsync(definition, 3);

        await RequireSameBatchesAsync(definition, splits);
        Assert.All(splits, split => Assert.Single(split.Select(batch => batch.Range.File).Distinct()));
        Assert.Equal([0, 0, 1, 2, 2], splits.Select(split => split[0].Range.File));
        RequireWhole(splits);
    }

    [Fact]
    public async Task Cut_AGzipFile_IsOneSplit()
    {
        await using (FileStream file = File.Create(Path.Combine(_folder, "things.csv.gz")))
        await using (var packed = new GZipStream(file, CompressionLevel.Fastest))
        {
            await packed.WriteAsync(Encoding.UTF8.GetBytes(Text(Rows(1, 40), "\n")), Token);
        }

        ValidDefinition definition = Define("things.csv.gz", "utf-8", rows: 3);

        List<IReadOnlyList<SplitBatch>> splits = await CutAsync(definition, 2);

        await RequireSameBatchesAsync(definition, splits);
        Assert.Single(splits);
    }

    [Fact]
    public async Task Cut_AfterSomeBatchesAreCommitted_LeavesThemOutAndJoinsNothingOverTheGap()
    {
        Write("things.csv", "utf-8", false, Rows(1, 40), "\n");
        ValidDefinition definition = Define("things.csv", "utf-8", rows: 4);
        List<(long Number, SourceRange Range)> all = await ReadAsync(definition);
        await using RunInput input = await OpenAsync(definition);
        await input.ResumeAsync(all.Where(batch => batch.Number is 2 or 3 or 6).ToDictionary(batch => batch.Number, batch => batch.Range), Token);

        List<IReadOnlyList<SplitBatch>> splits = await CutAsync(definition, input, 3);

        Assert.Equal(all.Where(batch => batch.Number is not (2 or 3 or 6)), splits.SelectMany(split => split).Select(batch => (batch.Number, batch.Range)));
        RequireWhole(splits);
    }

    [Fact]
    public async Task Cut_RepeatedIds_AreSuspectedAsByOneFilterThatSeesEveryBatch()
    {
        Write("things.csv", "utf-8", false, [.. Rows(1, 30), .. Rows(5, 3), .. Rows(31, 5), .. Rows(5, 2)], "\n");
        ValidDefinition definition = Define("things.csv", "utf-8", rows: 7);

        List<IReadOnlyList<SplitBatch>> splits = await CutAsync(definition, 2);

        Assert.Equal(5, splits.SelectMany(split => split).Sum(batch => batch.Suspects.Count));
        Assert.All(splits.SelectMany(split => split), batch => Assert.Equal(batch.Suspects.Order(), batch.Suspects));
    }

    private static void RequireWhole(List<IReadOnlyList<SplitBatch>> splits)
        => Assert.All(splits, split => Assert.All(
            split.Zip(split.Skip(1)),
            pair => Assert.Equal((pair.First.Number + 1, pair.First.Range.EndByte), (pair.Second.Number, pair.Second.Range.StartByte))));

    private async Task RequireSameBatchesAsync(ValidDefinition definition, List<IReadOnlyList<SplitBatch>> splits)
        => Assert.Equal(await ReadAsync(definition), splits.SelectMany(split => split).Select(batch => (batch.Number, batch.Range)));

    private async Task<List<IReadOnlyList<SplitBatch>>> CutAsync(ValidDefinition definition, int batchesPerSplit)
    {
        await using RunInput input = await OpenAsync(definition);
        return await CutAsync(definition, input, batchesPerSplit);
    }

    private static async Task<List<IReadOnlyList<SplitBatch>>> CutAsync(ValidDefinition definition, RunInput input, int batchesPerSplit)
    {
        SplitPlanner planner = new(
            token => input.ReadAsync(NoWaits.Instance, token),
            file => input.Reader.Files[file].Kind == Dataflow.Extract.InputKind.Gzip,
            batchesPerSplit,
            RepeatFilter.For(input.Reader.Files),
            input.Columns.Source.IndexOf(definition.Pipelines[0].Csv.Id));
        return await planner.CutAsync(Token).ToListAsync(Token);
    }

    private async Task<List<(long Number, SourceRange Range)>> ReadAsync(ValidDefinition definition)
    {
        await using RunInput input = await OpenAsync(definition);
        List<(long Number, SourceRange Range)> batches = [];
        while (await input.ReadAsync(NoWaits.Instance, Token) is { } batch)
        {
            batches.Add((batch.Number, batch.Range));
            batch.Dispose();
        }

        Assert.NotEmpty(batches);
        return batches;
    }

    private Task<RunInput> OpenAsync(ValidDefinition definition)
        => RunInput.OpenAsync(
            new RunRequest { Definition = definition, BaseDirectory = _folder, Fingerprint = static _ => "definition" }, definition.Pipelines[0], Token);

    private static ValidDefinition Define(string path, string encoding, int rows)
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes($$"""
            { "pipelines": [{ "name": "things", "blocks": [
                { "kind": "csv", "path": "{{path}}", "encoding": "{{encoding}}", "id": "Id" },
                { "kind": "batch", "rows": {{rows}} },
                { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "icalps_thing_id" },
                { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
                { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id",
                  "columns": [{ "name": "legacy_name", "legacy": "Name" }] }] }] }
            """), "splits.json");
        Assert.Empty(reading.Problems);
        return reading.Definition!;
    }

    private void Write(string name, string encoding, bool hasMark, IEnumerable<string> rows, string line)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Encoding into = encoding switch
        {
            "utf-16le" => new UnicodeEncoding(bigEndian: false, hasMark),
            "windows-1252" => Encoding.GetEncoding(1252),
            _ => new UTF8Encoding(hasMark),
        };
        File.WriteAllText(Path.Combine(_folder, name), Text(rows, line), into);
    }

    private static string Text(IEnumerable<string> rows, string line)
        => string.Concat(rows.Prepend("Id,Name").Select(row => row.Replace("\n", line, StringComparison.Ordinal) + line));

    // Quotes around line ends, commas and quotes, and letters of two bytes.
    private static IEnumerable<string> Rows(int first, int count)
        => Enumerable.Range(first, count).Select(id => (id % 4) switch
        {
            0 => $"{id},\"Ligne {id}\nsuite, \"\"été\"\"\"",
            1 => $"{id},Müller {id}",
            2 => $"{id},\"\n\n\"",
            _ => $"{id},plain",
        });
}
