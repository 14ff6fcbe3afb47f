using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>A database and a folder in which a test states mirror, definition and file itself.</summary>
internal sealed class DefinedWorld : IAsyncDisposable
{
    private const string Halfway = "halfway.csv";

    private readonly string _folder = Directory.CreateTempSubdirectory("recon-world-").FullName;
    private int _runs;

    private DefinedWorld(TestDatabase database) => Database = database;

    /// <summary>The database.</summary>
    public TestDatabase Database { get; }

    /// <summary>Told what runs do; nobody when <see langword="null"/>.</summary>
    public ReconMetrics? Metrics { get; set; }

    /// <summary>Rows of a batch.</summary>
    public int BatchRows { get; set; } = 100;

    /// <summary>Limits of gates that runs are given.</summary>
    public Dictionary<string, string> Gates { get; set; } = [];

    /// <summary>The ids that runs take; all when <see langword="null"/>.</summary>
    public IReadOnlySet<string>? Ids { get; set; }

    /// <summary>What runs logged.</summary>
    public List<string> Said { get; } = [];

    /// <summary>Makes a world.</summary>
    /// <param name="server">The server.</param>
    /// <param name="mirror">The statements that make the mirror, in schema <c>hubspot</c>.</param>
    public static async Task<DefinedWorld> CreateAsync(PostgresServer server, string mirror)
    {
        var world = new DefinedWorld(await server.CreateDatabaseAsync());
        await world.Database.ExecuteAsync("create schema hubspot;" + mirror);
        return world;
    }

    /// <summary>Runs a pipeline over a file.</summary>
    /// <param name="file">The file's content.</param>
    /// <param name="blocks">The lookup and diff blocks.</param>
    /// <param name="csv">Further options of the csv block.</param>
    /// <param name="columns">The staging columns.</param>
    /// <param name="encoding">The file's encoding.</param>
    public async Task<PipelineResult> RunAsync(
        string file, string blocks, string csv = "", string columns = "", Encoding? encoding = null)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"things{_runs++}.csv");
        (RunRequest request, ValidPipeline pipeline) = await PrepareAsync(name, file, blocks, csv, columns, encoding);
        PipelineResult result = await RunAsync(request, pipeline);
        Assert.Null(result.Fault);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        return result;
    }

    /// <summary>Runs a pipeline over a file until a fault that it does not get over, so that it can be resumed.</summary>
    public async Task StopHalfwayAsync(string file, string blocks, string csv = "", string columns = "")
    {
        (RunRequest request, ValidPipeline pipeline) = await PrepareAsync(Halfway, file, blocks, csv, columns, null);
        await using (ReconDataSources sources = Connect())
        {
            await new StagingUpkeep(sources, new StagingTables("staging"), TimeProvider.System, NullLogger.Instance).SetUpAsync([pipeline], CancellationToken.None);
        }

        await HalfwayFault.SetAsync(Database);
        PipelineResult result = await RunAsync(request, pipeline);
        await HalfwayFault.EndAsync(Database);
        Assert.Equal((RunOutcome.Failed, true), (result.Outcome, result.Resumable));
    }

    /// <summary>Goes on with a run that was stopped halfway.</summary>
    public async Task<PipelineResult> ResumeAsync(string blocks, string csv = "", string columns = "")
    {
        (RunRequest request, ValidPipeline pipeline) = await PrepareAsync(Halfway, null, blocks, csv, columns, null);
        PipelineResult result = await RunAsync(request with { Fresh = false, Resume = true }, pipeline);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        return result;
    }

    /// <summary>Explains a record of a file.</summary>
    public async Task<RecordExplanation> ExplainAsync(string id, string file, string blocks, string csv = "", string columns = "")
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"things{_runs++}.csv");
        (RunRequest request, ValidPipeline pipeline) = await PrepareAsync(name, file, blocks, csv, columns, null);
        await using ReconDataSources sources = Connect();
        return await new RecordExplainer(new RunContext(sources, request, pipeline))
            .ExplainAsync(id, CancellationToken.None);
    }

    /// <summary>The lines of a query with one text column.</summary>
    public async Task<string> LinesAsync(string sql)
        => await Database.QueryValueAsync<string>($"select string_agg(line, e'\\n') from ({sql}) t(line)") ?? "";

    /// <summary>Legacy id, HubSpot id, rule, confidence and status of each staged record.</summary>
    public Task<string> MatchesAsync() => LinesAsync("""
        select concat_ws(' ', legacy_id, reconciliation_status, hubspot_id, match_rule, match_confidence)
        from staging.things order by legacy_id collate "C"
        """);

    /// <summary>The updates of each staged record.</summary>
    public Task<string> UpdatesAsync() => LinesAsync("""
        select concat_ws(' ', legacy_id, properties_to_update::text) from staging.things order by legacy_id collate "C"
        """);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Without the server's types, like the tool.
    private ReconDataSources Connect()
        => ReconDataSources.ForConnectionString(Database.ConnectionString, new DataSourceOptions { LoadTypes = false });

    private async Task<PipelineResult> RunAsync(RunRequest request, ValidPipeline pipeline)
    {
        await using ReconDataSources sources = Connect();
        var context = new RunContext(sources, request, pipeline) { Metrics = Metrics, Logger = new CallLogger(Said.Add) };
        return await new PipelineRunner(context).RunAsync(Guid.CreateVersion7(), CancellationToken.None, CancellationToken.None);
    }

    private async Task<(RunRequest Request, ValidPipeline Pipeline)> PrepareAsync(
        string name, string? file, string blocks, string csv, string columns, Encoding? encoding)
    {
        if (file is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, name), file, encoding ?? new UTF8Encoding(false));
        }

        string json = $$"""
            { "pipelines": [{ "name": "things", "maxRejects": "100%", "blocks": [
              { "kind": "csv", "path": "{{name}}", "id": "Id"{{csv}} },
              { "kind": "batch", "rows": {{BatchRows}} },
              {{blocks}},
              { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id", "columns": [{{columns}}] }
            ] }] }
            """;
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), Path.Combine(_folder, "world.json"));
        Assert.Empty(reading.Problems);
        var request = new RunRequest
        {
            Definition = reading.Definition!,
            BaseDirectory = _folder,
            Fingerprint = reading.FingerprintOf,
            Fresh = true,
            Gates = Gates,
            Ids = Ids,
        };
        return (request, reading.Definition!.Pipelines[0]);
    }
}
