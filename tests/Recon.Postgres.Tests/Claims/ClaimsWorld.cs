using System.Globalization;
using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Claims;

/// <summary>Things with a legacy id, an e-mail and a phone number in HubSpot, and files of legacy things that claim them.</summary>
internal sealed class ClaimsWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-claims-").FullName;

    private ClaimsWorld(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public int BatchRows { get; set; } = 100;

    public int Parallelism { get; set; } = 2;

    /// <summary>The pipeline's policy; <see langword="null"/> for the default.</summary>
    public string? Policy { get; set; }

    public RunTuning Tuning { get; set; } = new();

    /// <summary>How the tool connects, when not directly.</summary>
    public string? ConnectionString { get; set; }

    public ReconMetrics? Metrics { get; set; }

    /// <param name="things">HubSpot's things: id, legacy id or null, e-mail, phone, name; as SQL rows.</param>
    public static async Task<ClaimsWorld> CreateAsync(PostgresServer server, string things)
    {
        var world = new ClaimsWorld(await server.CreateDatabaseAsync());
        await world.Database.ExecuteAsync($"""
            create schema hubspot;
            create table hubspot.things (hs_object_id bigint primary key, legacy text, email text, phone text, name text);
            insert into hubspot.things {things};
            """);
        return world;
    }

    /// <summary>Writes the files in the place of former ones: lines of id, e-mail, phone and name.</summary>
    public async Task WriteAsync(params string[] files)
    {
        foreach (string former in Directory.GetFiles(_folder, "*.csv"))
        {
            File.Delete(former);
        }

        for (int file = 0; file < files.Length; file++)
        {
            await File.WriteAllTextAsync(
                Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"things{file}.csv")), "Id,Email,Phone,Name\n" + files[file]);
        }
    }

    public async Task<PipelineResult> RunAsync(Func<RunRequest, RunRequest>? change = null)
    {
        await using ReconDataSources sources = Connect();
        return await new PipelineRunner(Context(sources, change))
            .RunAsync(Guid.CreateVersion7(), CancellationToken.None, CancellationToken.None);
    }

    /// <summary>Runs, and requires that it completed.</summary>
    public async Task<PipelineResult> CompleteAsync(Func<RunRequest, RunRequest>? change = null)
    {
        PipelineResult result = await RunAsync(change);
        Assert.Null(result.Fault);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        return result;
    }

    /// <summary>Runs only the records with some ids.</summary>
    public Task<PipelineResult> RunIdsAsync(params string[] ids)
        => CompleteAsync(request => request with { Ids = ids.ToHashSet(StringComparer.Ordinal) });

    public async Task<DryRunResult> DryRunAsync()
    {
        await using ReconDataSources sources = Connect();
        return await new PipelineRunner(Context(sources, null)).DryRunAsync(5, CancellationToken.None);
    }

    public async Task<RecordExplanation> ExplainAsync(string id)
    {
        await using ReconDataSources sources = Connect();
        return await new RecordExplainer(Context(sources, null)).ExplainAsync(id, CancellationToken.None);
    }

    /// <summary>Id, status, HubSpot id and rule of each staged row.</summary>
    public Task<string> MatchesAsync() => LinesAsync("concat_ws(' ', legacy_id, reconciliation_status, hubspot_id, match_rule)");

    /// <summary>Id and notes of each staged row that has notes.</summary>
    public Task<string> NotesAsync() => LinesAsync("legacy_id || ' ' || notes");

    /// <summary>Everything of each row, but for what differs from run to run by nature.</summary>
    public Task<string> ContentAsync() => LinesAsync("(to_jsonb(t) - 'run_id' - 'last_updated')::text");

    /// <summary>Whether the last run came to its end.</summary>
    public async Task<bool> IsPublishedAsync()
        => await Database.QueryValueAsync<string>("select to_regclass('staging.reconciliation_log')::text") is not null
            && await Database.QueryValueAsync<string>("select outcome from staging.reconciliation_log order by started_at desc limit 1") == "completed";

    /// <summary>HubSpot records with more than one matched row.</summary>
    public Task<long> DoublesAsync() => Database.QueryValueAsync<long>("""
        select count(*) from (select from staging.things where reconciliation_status = 'matched' group by hubspot_id having count(*) > 1) d
        """)!;

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public DefinitionReading Read()
    {
        string json = string.Create(CultureInfo.InvariantCulture, $$"""
            { "pipelines": [{ "name": "things", {{(Policy is null ? "" : $"\"claims\": \"{Policy}\",")}} "blocks": [
              { "kind": "csv", "path": "*.csv", "id": "Id" },
              { "kind": "batch", "rows": {{BatchRows}} },
              { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy", "parallelism": {{Parallelism}}, "capacity": {{Parallelism * 2}} },
              { "kind": "lookup", "role": "fallback", "name": "by-email", "confidence": 90, "on": [{ "column": "Email", "property": "email" }] },
              { "kind": "lookup", "role": "fallback", "name": "by-phone", "confidence": 80, "on": [{ "column": "Phone", "property": "phone" }] },
              { "kind": "diff", "parallelism": {{Parallelism}}, "capacity": {{Parallelism * 2}}, "properties": [
                { "property": "name", "column": "Name" }, { "property": "phone", "column": "Phone" }] },
              { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id",
                "writers": {{Parallelism}}, "capacity": {{Parallelism * 2}}, "columns": [
                { "name": "legacy_name", "legacy": "Name" }, { "name": "hubspot_name", "hubspot": "name" }] }
            ] }] }
            """);
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), Path.Combine(_folder, "world.json"));
        Assert.Empty(reading.Problems);
        return reading;
    }

    private async Task<string> LinesAsync(string line) => await Database.QueryValueAsync<string>(
        $"select string_agg({line}, e'\\n' order by legacy_id collate \"C\") from staging.things t") ?? "";

    private RunContext Context(ReconDataSources sources, Func<RunRequest, RunRequest>? change)
    {
        DefinitionReading reading = Read();
        var request = new RunRequest
        {
            Definition = reading.Definition!,
            BaseDirectory = _folder,
            Fingerprint = reading.FingerprintOf,
        };
        return new RunContext(sources, change?.Invoke(request) ?? request, reading.Definition!.Pipelines[0]) { Tuning = Tuning, Metrics = Metrics };
    }

    private ReconDataSources Connect()
        => ReconDataSources.ForConnectionString(ConnectionString ?? Database.ConnectionString, new DataSourceOptions { LoadTypes = false });
}
