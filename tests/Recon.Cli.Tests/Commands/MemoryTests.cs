using System.Globalization;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The peak of the process that the README states, with texts of 2.6 million characters among long ones.</summary>
public sealed class MemoryTests(PostgresServer server)
{
    private const int Records = 3_000;
    private const string Mirror = """
        create schema hubspot;
        create table hubspot.notes as
        select 5000000 + g as id, g::text as legacy_id,
            repeat(lpad(g::text, 18, 'x') || e' "ligne"\n', case when g % 500 = 250 then 96000 else 400 end)
                || case when g % 2 = 0 then 'autre' else '' end as hs_note_body
        from generate_series(1, 3000) g;
        create index on hubspot.notes (legacy_id);
        """;

    private const string Definition = """
        {
          "pipelines": [
            {
              "name": "messages", "object": "notes",
              "blocks": [
                { "kind": "csv", "path": "messages.csv", "id": "id" },
                { "kind": "batch", "rows": 2000 },
                { "kind": "lookup", "role": "match", "table": "hubspot.notes", "key": "legacy_id", "id": "id" },
                { "kind": "diff", "properties": [ { "property": "hs_note_body", "column": "body" } ] },
                { "kind": "stage", "table": "communications_reconciliation", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
              ]
            }
          ]
        }
        """;

    [Fact]
    public async Task Run_LongTexts_PeakIsWhatTheReadmeSays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak is read from /proc.");
        const long MiB = 1024 * 1024;
        const long ResidentBytes = 32 * MiB;
        const long LongestRecord = 96_000 * 29;
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(Mirror);
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.File("pipeline.json"), Definition, TestContext.Current.CancellationToken);
        await WriteAsync(folder.File("messages.csv"));
        await using CliProcess process = CliProcess.Start(folder.Path, [], "run", "--postgres", database.ConnectionString);

        long peak = await process.PeakBytesAsync();
        CliRun run = await process.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains($"{Records.ToString("N0", CultureInfo.InvariantCulture)} staged", run.Out, StringComparison.Ordinal);
        Assert.InRange(peak, 60 * MiB, (140 * MiB) + (2 * ResidentBytes) + (16 * LongestRecord));
    }

    private static async Task WriteAsync(string path)
    {
        await using StreamWriter file = new(path);
        await file.WriteAsync("id,body\n");
        for (int id = 1; id <= Records; id++)
        {
            string line = $"{id.ToString(CultureInfo.InvariantCulture).PadLeft(18, 'x')} \"\"ligne\"\"\n";
            await file.WriteAsync($"{id},\"{string.Concat(Enumerable.Repeat(line, id % 500 == 250 ? 96_000 : 400))}\"\n");
        }
    }
}
