using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Checks;
using Recon.Postgres.Connections;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

/// <summary>A folder, a database with a good mirror, and a good definition: each test spoils one thing.</summary>
internal sealed class CheckBench : IAsyncDisposable
{
    public const string Good = """
        {
          "postgres": "env:RECON_DB",
          "pipelines": [
            { "name": "companies",
              "blocks": [
                { "kind": "csv", "path": "in.csv", "id": "Id", "idType": "number" },
                { "kind": "batch", "rows": 10 },
                { "kind": "lookup", "table": "hubspot.companies", "key": "legacy_id",
                  "where": [{ "column": "archived", "equals": "false" }] },
                { "kind": "diff", "properties": [
                  { "property": "name", "column": "Name" },
                  { "property": "employees", "column": "Staff", "convert": ["integer"] } ] },
                { "kind": "stage", "table": "companies_reconciliation", "legacyId": "legacy_company_id", "hubspotId": "hubspot_company_id" }
              ] } ] }
        """;

    private const string Mirror = """
        create schema hubspot;
        create table hubspot.companies (hs_object_id bigint, legacy_id text, name text, employees numeric, email varchar(100),
            archived boolean not null default false);
        create index on hubspot.companies (legacy_id);
        insert into hubspot.companies select 1000 + n, n::text, 'Company ' || n, n, 'a' || n || '@example.com'
            from generate_series(1, 50) n;
        analyze hubspot.companies;
        """;

    private readonly TestDatabase? _database;

    private CheckBench(PostgresServer server, TestDatabase? database, string folder)
    {
        _database = database;
        Folder = folder;
    }

    public string Folder { get; }

    public TestDatabase Database => _database!;

    /// <summary>A role that may connect and nothing else; it goes with the bench.</summary>
    public string Role => $"check_{Database.Name}";

    public static async Task<CheckBench> CreateAsync(PostgresServer server, bool mirror = true)
    {
        TestDatabase database = await server.CreateDatabaseAsync();
        CheckBench bench = new(server, database, Directory.CreateTempSubdirectory("recon-check-").FullName);
        await bench.WriteAsync("in.csv", "Id,Name,Staff\n1,Company 1,1\n2,Company 2,2\n");
        if (mirror)
        {
            await database.ExecuteAsync(Mirror);
        }

        return bench;
    }

    public Task WriteAsync(string name, string content) => WriteAsync(name, Encoding.UTF8.GetBytes(content));

    public Task WriteAsync(string name, byte[] content)
        => File.WriteAllBytesAsync(Path.Combine(Folder, name), content, TestContext.Current.CancellationToken);

    /// <summary>The good definition with texts replaced, which must occur.</summary>
    public static string With(params (string Find, string Replacement)[] changes)
    {
        string text = Good;
        foreach ((string find, string replacement) in changes)
        {
            Assert.Contains(find, text, StringComparison.Ordinal);
            text = text.Replace(find, replacement, StringComparison.Ordinal);
        }

        return text;
    }

    public Task CreateRoleAsync() => Database.ExecuteAsync($"create role {Role} login password 'check'");

    public async Task<CheckReport> CheckAsync(
        string definition = Good, CheckOptions? options = null, bool asRole = false, string? connectionString = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString ?? Database.ConnectionString) { Pooling = connectionString is null };
        if (asRole)
        {
            (builder.Username, builder.Password) = (Role, "check");
        }

        await using var sources = ReconDataSources.ForConnectionString(builder.ConnectionString, new DataSourceOptions());
        return await CheckAsync(definition, options, sources);
    }

    public Task<CheckReport> CheckFilesAsync(string definition = Good, CheckOptions? options = null)
        => CheckAsync(definition, options, null);

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        await Database.ExecuteAsync($"""
            do $$ begin
                if exists (select 1 from pg_roles where rolname = '{Role}') then
                    drop owned by {Role} cascade;
                    drop role {Role};
                end if;
            end $$
            """);
        await Database.DisposeAsync();
    }

    private async Task<CheckReport> CheckAsync(string definition, CheckOptions? options, ReconDataSources? sources)
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(definition), Path.Combine(Folder, "pipeline.json"));
        IReadOnlyList<ValidPipeline> pipelines = reading.Definition?.Pipelines ?? [];
        var checker = new PipelineChecker(options ?? new CheckOptions());
        return new CheckReport(await checker.CheckAsync(reading, pipelines, sources, TestContext.Current.CancellationToken));
    }
}

internal static class CheckAssertions
{
    /// <summary>The one finding of this severity whose subject is this, or starts with it and a space.</summary>
    public static Finding One(this CheckReport report, FindingSeverity severity, string subject)
    {
        Finding[] found = [.. report.Findings.Where(finding =>
            finding.Severity == severity && (finding.Subject + " ").StartsWith(subject + " ", StringComparison.Ordinal))];
        Assert.True(found.Length == 1, $"{found.Length} findings of {severity} '{subject}':\n{Text(report)}");
        return found[0];
    }

    /// <summary>The only finding that is not ok.</summary>
    public static Finding Only(this CheckReport report, FindingSeverity severity, string subject)
    {
        Finding[] bad = [.. report.Findings.Where(finding => finding.Severity != FindingSeverity.Ok)];
        Assert.True(bad.Length == 1, Text(report));
        return report.One(severity, subject);
    }

    public static void IsClean(this CheckReport report)
        => Assert.True(report.Findings.Count > 0 && report.Findings.All(finding => finding.Severity == FindingSeverity.Ok), Text(report));

    public static string Text(this CheckReport report) => string.Join("\n", report.Findings);
}
