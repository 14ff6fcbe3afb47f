using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>A database with a small mirror, a folder with a CSV file and a definition, and runs over them.</summary>
internal sealed class SmallWorld : IAsyncDisposable
{
    private TestDatabase _database;
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-world-").FullName;

    private SmallWorld(TestDatabase database) => _database = database;

    /// <summary>Everything that a run stages, but for what differs from run to run by nature.</summary>
    public const string ContentSql = """
        select string_agg(t::text, e'\n' order by legacy_id collate "C") from (
            select legacy_id, hubspot_id, legacy_name, hubspot_name, amount, seen_at, parent_legacy, parent_hubspot,
                legacy_properties, properties_to_update, previous_values, reconciliation_status, match_confidence,
                match_rule, notes, parent_ids
            from staging.things) t
        """;

    /// <summary>The rejects of the pipeline, but for the run's id.</summary>
    public const string RejectsSql = """
        select string_agg(t::text, e'\n' order by line) from (
            select line, byte_offset, column_name, reason_code, message, raw_record from staging.reconciliation_rejects) t
        """;

    /// <summary>The database.</summary>
    public TestDatabase Database => _database;

    /// <summary>Rows of a batch.</summary>
    public int BatchRows { get; set; } = 10;

    /// <summary>Batches worked on at a time, in every block.</summary>
    public int Parallelism { get; set; } = 2;

    /// <summary>How all lookups ask.</summary>
    public string Strategy { get; set; } = "any";

    /// <summary>How the tool connects, when not directly.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The replica that lookups ask, in place of the server.</summary>
    public string? Replica { get; set; }

    /// <summary>Whether statements are prepared.</summary>
    public bool AutoPrepare { get; set; } = true;

    /// <summary>The conversions of the name, as the definition writes them.</summary>
    public string NameConversions { get; set; } = "[]";

    /// <summary>Further conditions under which a record is left out, each after a comma.</summary>
    public string Exclude { get; set; } = "";

    /// <summary>The file that the definition names.</summary>
    public string CsvName { get; set; } = "things.csv";

    /// <summary>Further keys of the csv block, each followed by a comma.</summary>
    public string CsvKeys { get; set; } = "";

    /// <summary>What becomes of an amount that differs.</summary>
    public string AmountPolicy { get; set; } = "overwrite";

    /// <summary>Further keys of the pipeline, each followed by a comma.</summary>
    public string PipelineKeys { get; set; } = "";

    /// <summary>Keys of the staging section.</summary>
    public string StagingKeys { get; set; } = "";

    public RunTuning Tuning { get; set; } = new();

    /// <summary>Is handed the connections of a run when it has ended.</summary>
    public Func<ReconDataSources, Task>? AfterRun { get; set; }

    public IRunProgress? Progress { get; set; }

    /// <summary>Holds the reader of runs.</summary>
    public ReadingPause? Pause { get; set; }

    /// <summary>The id of runs, so that one can take another over; <see langword="null"/> for one of its own for each.</summary>
    public Guid? RunId { get; set; }

    /// <summary>How runs share their work with workers; <see langword="null"/> where they do everything themselves.</summary>
    public SharingTerms? Sharing { get; set; }

    /// <summary>Receives the metrics of runs; the world's own by default, as a run without them does less.</summary>
    public ReconMetrics? Metrics { get; set; }

    /// <summary>What runs logged.</summary>
    public List<string> Said { get; } = [];

    /// <summary>Makes a world of so many records: with repeats, conflicts, ambiguous, unmatched and malformed ones.</summary>
    public static async Task<SmallWorld> CreateAsync(PostgresServer server, int records = 100)
        => await CreateAsync(await server.CreateDatabaseAsync(), records);

    /// <summary>Makes a world in an empty database.</summary>
    public static async Task<SmallWorld> CreateAsync(TestDatabase database, int records = 100)
    {
        var world = new SmallWorld(database);
        await world._database.ExecuteAsync("""
            create schema hubspot;
            create table hubspot.things (hs_object_id bigint primary key, icalps_thing_id text, name text, amount numeric,
                seen timestamptz, archived boolean not null default false);
            create table hubspot.parents (hs_object_id bigint primary key, icalps_parent_id text);
            """);
        await world._database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            insert into hubspot.things select 5000000000 + i, i::text, case when i % 3 = 0 then 'old name ' || i else 'name ' || i end,
                case when i % 4 = 0 then null else i * 1.5 end, timestamptz '2024-01-01 10:00:00Z' + i * interval '1 minute', false
            from generate_series(1, {records}) i where i % 10 <> 7;
            insert into hubspot.things select 6000000000 + i, i::text, 'twin', 1, null, false
            from generate_series(1, {records}) i where i % 25 = 5;
            insert into hubspot.things select 7000000000 + i, i::text, 'archived', 1, null, true
            from generate_series(1, {records}) i where i % 25 = 6;
            insert into hubspot.parents select 8000000000 + i, i::text from generate_series(1, 20) i;
            create index on hubspot.things (icalps_thing_id);
            create index on hubspot.parents (icalps_parent_id);
            analyze;
            """));
        await File.WriteAllTextAsync(world.CsvPath, Csv(records));
        return world;
    }

    /// <summary>The CSV file.</summary>
    public string CsvPath => Path.Combine(_folder, "things.csv");

    /// <summary>The path of a file beside the CSV file.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Runs the pipeline.</summary>
    public Task<PipelineResult> RunAsync(
        Func<RunRequest, RunRequest>? change = null,
        CancellationToken stopReading = default,
        CancellationToken abort = default)
        => WithRunnerAsync(change, runner => runner.RunAsync(RunId ?? Guid.CreateVersion7(), stopReading, abort));

    /// <summary>Runs the pipeline without writing anything.</summary>
    public Task<DryRunResult> DryRunAsync() => WithRunnerAsync(null, runner => runner.DryRunAsync(5, CancellationToken.None));

    /// <summary>Empties the staging table.</summary>
    public async Task ClearAsync()
    {
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(_database.ConnectionString, new DataSourceOptions());
        await new StagingUpkeep(sources, new StagingTables("staging"), TimeProvider.System, NullLogger.Instance)
            .ClearAsync(Read().Definition!.Pipelines[0], CancellationToken.None);
    }

    private async Task<T> WithRunnerAsync<T>(Func<RunRequest, RunRequest>? change, Func<PipelineRunner, Task<T>> run)
    {
        DefinitionReading reading = Read();
        await using ReconDataSources sources = Sources();
        using var metrics = new ReconMetrics();
        RunRequest request = Request(reading);
        ValidPipeline pipeline = reading.Definition!.Pipelines[0];
        var context = new RunContext(sources, change?.Invoke(request) ?? request, pipeline)
        {
            Metrics = Metrics ?? metrics,
            Logger = new CallLogger(Hear),
            Progress = Progress,
            Pause = Pause,
            Sharing = Sharing,
            Tuning = Tuning,
        };
        T result = await run(new PipelineRunner(context));
        await (AfterRun?.Invoke(sources) ?? Task.CompletedTask);
        return result;
    }

    private ReconDataSources Sources()
    {
        string server = ConnectionString ?? _database.ConnectionString;
        var options = new DataSourceOptions { AutoPrepare = AutoPrepare };
        return Replica is null ? ReconDataSources.ForConnectionString(server, options) : new ReconDataSources(
            ConnectionSettings.Parse(server, "--postgres", insecureTls: false),
            options,
            ConnectionSettings.Parse(Replica, "--postgres-read", insecureTls: false));
    }

    /// <summary>What is staged, as text.</summary>
    public async Task<string> ContentAsync() => await _database.QueryValueAsync<string>(ContentSql) ?? "";

    /// <summary>What was rejected, as text.</summary>
    public async Task<string> RejectsAsync() => await _database.QueryValueAsync<string>(RejectsSql) ?? "";

    /// <summary>A count or other number.</summary>
    public async Task<long> CountAsync(string sql) => await _database.QueryValueAsync<long>(sql);

    /// <summary>Tables of attempts that are neither published nor kept for comparing runs.</summary>
    public Task<long> CountAttemptsAsync() => CountAsync("""
        select count(*) from pg_class where relname like 'things\_\_%' and relkind = 'r' and not relispartition
        and relname not in (select former_table from staging.reconciliation_log where former_table is not null)
        """);

    /// <summary>Lets a run end halfway; see <see cref="HalfwayFault"/>.</summary>
    public Task RefuseLaterBatchesAsync() => HalfwayFault.SetAsync(_database);

    /// <summary>Takes the refusal back.</summary>
    public Task AcceptBatchesAsync() => HalfwayFault.EndAsync(_database);

    /// <summary>Follows the database to the port on which its server was started again.</summary>
    public void Move(string server) => _database = new TestDatabase(
        server, new NpgsqlConnectionStringBuilder(server) { Database = _database.Name }.ConnectionString, _database.Name);

    /// <summary>Whether the run said something that holds a text.</summary>
    public bool HasSaid(string text)
    {
        lock (Said)
        {
            return Said.Exists(said => said.Contains(text, StringComparison.Ordinal));
        }
    }

    /// <summary>Drops database and folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The definition as a run reads it.</summary>
    public DefinitionReading Read()
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(DefinitionText()), "world.json");
        Assert.Empty(reading.Problems);
        return reading;
    }

    /// <summary>Writes the definition next to the CSV file, for other processes.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> WriteDefinitionAsync()
    {
        string path = Path.Combine(_folder, "world.json");
        await File.WriteAllTextAsync(path, DefinitionText());
        return path;
    }

    /// <summary>A request over the definition, as another process would read it now.</summary>
    public RunRequest Request() => Request(Read());

    private RunRequest Request(DefinitionReading reading) => new()
    {
        Definition = reading.Definition!,
        BaseDirectory = _folder,
        Fingerprint = reading.FingerprintOf,
    };

    private string DefinitionText() => string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "staging": { {{StagingKeys}} },
              "pipelines": [{
                "name": "things",
                "maxRejects": "50%", {{PipelineKeys}}
                "blocks": [
                  { "kind": "csv", "path": "{{CsvName}}", {{CsvKeys}} "id": "Id", "idType": "number",
                    "exclude": [{ "column": "Deleted", "equals": "1" }{{Exclude}}] },
                  { "kind": "batch", "rows": {{BatchRows}} },
                  { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "icalps_thing_id", "strategy": "{{Strategy}}",
                    "parallelism": {{Parallelism}}, "capacity": {{Parallelism * 2}},
                    "where": [{ "column": "archived", "equals": "false" }] },
                  { "kind": "lookup", "name": "parent", "role": "parent", "table": "hubspot.parents", "from": "Parent",
                    "fromType": "number", "key": "icalps_parent_id", "strategy": "{{Strategy}}" },
                  { "kind": "diff", "parallelism": {{Parallelism}}, "capacity": {{Parallelism * 2}}, "properties": [
                    { "property": "name", "column": "Name", "required": true, "convert": {{NameConversions}} },
                    { "property": "amount", "column": "Amount", "convert": ["number"], "compare": "number", "policy": "{{AmountPolicy}}" },
                    { "property": "seen", "column": "Seen", "convert": ["datetime"], "compare": "datetime" }] },
                  { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id",
                    "writers": {{Parallelism}}, "capacity": {{Parallelism * 2}}, "columns": [
                    { "name": "legacy_name", "legacy": "Name" }, { "name": "hubspot_name", "hubspot": "name" },
                    { "name": "amount", "converted": "amount", "type": "numeric" },
                    { "name": "seen_at", "converted": "seen", "type": "timestamptz" },
                    { "name": "parent_legacy", "parentLegacyId": "parent" },
                    { "name": "parent_hubspot", "parentHubspotId": "parent", "type": "bigint" }] }
                ]
              }]
            }
            """);

    // Every tenth record is not in HubSpot, some are deleted, repeated, contradicted or malformed.
    private static string Csv(int records)
    {
        var csv = new StringBuilder("Id,Name,Amount,Seen,Parent,Deleted\n");
        for (int i = 1; i <= records; i++)
        {
            string amount = (i * 1.5m).ToString(CultureInfo.InvariantCulture);
            string seen = new DateTime(2024, 1, 1, 11, 0, 0, DateTimeKind.Unspecified).AddMinutes(i)
                .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            string parent = (i % 30).ToString(CultureInfo.InvariantCulture);
            csv.Append(CultureInfo.InvariantCulture, $"{i},name {i},{amount},{seen},{parent},{(i % 33 == 1 ? "1" : "")}\n");
            if (i % 20 == 3)
            {
                csv.Append(CultureInfo.InvariantCulture, $"{i}.0,name {i},{amount}0,{seen},{(i + 1) % 20},\n");
            }

            if (i % 20 == 4)
            {
                csv.Append(CultureInfo.InvariantCulture, $" {i},other name,{amount},{seen},{parent},\n");
            }

            if (i % 20 == 9)
            {
                csv.Append("1.2E+05,bad id,1,,,\n").Append("too,few\n");
            }
        }

        return csv.ToString();
    }

    /// <summary>Keeps what was logged.</summary>
    public void Hear(string text)
    {
        lock (Said)
        {
            Said.Add(text);
        }
    }
}
