using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Review.Web;
using Recon.Testing;

namespace Recon.Review.Tests.Judging;

/// <summary>A reconciled result with work for people: fifty ambiguous records, five without a HubSpot record, five that disagree.</summary>
internal sealed class JudgeWorld : IAsyncDisposable
{
    public const int Ambiguous = 50;
    public const string Hostile = "<script>document.title='owned'</script><img src=x onerror=document.title='owned'> \u202Eגנב";

    private readonly TestDatabase _database;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recon-judge-");

    private JudgeWorld(TestDatabase database)
    {
        _database = database;
        Sources = ReconDataSources.ForConnectionString(database.ConnectionString, new DataSourceOptions());
    }

    public ReconDataSources Sources { get; }

    public TestDatabase Database => _database;

    public string DefinitionPath => Path.Combine(_folder.FullName, "people.json");

    public static async Task<JudgeWorld> CreateAsync(PostgresServer server)
    {
        var world = new JudgeWorld(await server.CreateDatabaseAsync());
        await world._database.ExecuteAsync("""
            create schema hubspot;
            create table hubspot.people (hs_object_id bigint primary key, legacy_id text, name text, city text, phone text, kind text);
            create index on hubspot.people (legacy_id);
            insert into hubspot.people select 1000 + i, i::text, 'name ' || i, 'Lille', '+33 1 42 68 53 ' || lpad(i::text, 2, '0'), 'Client' from generate_series(1, 60) i;
            insert into hubspot.people select 2000 + i, i::text, 'Another ' || i, 'Paris', null, 'Client' from generate_series(1, 50) i;
            insert into hubspot.people values (7777, null, 'Found by hand', 'Nantes', null, null);
            """);
        await world._database.ExecuteAsync("update hubspot.people set name = $hostile$" + Hostile + "$hostile$ where hs_object_id in (1003, 2004)");
        StringBuilder csv = new("Id,Name,City,Phone,Kind,Changed\n");
        for (int i = 1; i <= 70; i++)
        {
            string name = i == 3 ? Hostile.Replace("\"", "\"\"", StringComparison.Ordinal) : $"name {i}";
            csv.Append(CultureInfo.InvariantCulture, $"{i},\"{name}\",{(i % 2 == 0 ? "Lille" : "Metz")},01 42 68 53 {i:00},{(i == 52 ? "Clent" : "Client")},2024-01-01\n");
            if (i > 65)
            {
                csv.Append(CultureInfo.InvariantCulture, $"{i},changed {i},Lyon,,Client,2024-02-{i - 60:00}\n");
            }
        }

        await File.WriteAllTextAsync(Path.Combine(world._folder.FullName, "people.csv"), csv.ToString());
        await File.WriteAllTextAsync(world.DefinitionPath, """
            {
              // Kept by whoever writes into it.
              "pipelines": [{
                "name": "people",
                "blocks": [
                  { "kind": "csv", "path": "people.csv", "id": "Id", "idType": "number" },
                  { "kind": "batch", "rows": 20 },
                  { "kind": "lookup", "name": "match", "table": "hubspot.people", "key": "legacy_id" },
                  { "kind": "diff", "properties": [
                    { "property": "name", "column": "Name" },
                    { "property": "city", "column": "City" },
                    { "property": "phone", "column": "Phone", "convert": [{ "kind": "phone", "region": "FR" }], "compare": "phone" },
                    { "property": "kind", "column": "Kind", "convert": [{ "kind": "map", "values": { "Client": "Client", "Supplier": "Supplier" } }], "compare": "enumeration" }] },
                  { "kind": "stage", "table": "people", "legacyId": "legacy_id", "hubspotId": "hubspot_id", "columns": [
                    { "name": "legacy_name", "legacy": "Name" }, { "name": "legacy_changed", "legacy": "Changed" }] }
                ]
              }]
            }
            """);
        return world;
    }

    public DefinitionReading Read()
    {
        DefinitionReading reading = DefinitionReader.Read(DefinitionPath);
        Assert.Empty(reading.Problems);
        return reading;
    }

    public async Task RunAsync()
    {
        var request = RunRequest.Of(Read());
        PipelineResult result = await new PipelineRunner(new RunContext(Sources, request, request.Definition.Pipelines[0]))
            .RunAsync(Guid.CreateVersion7(), CancellationToken.None, CancellationToken.None);
        Assert.Null(result.Fault);
    }

    public async Task<ReviewServer> ServeAsync(bool readOnly = false, bool masked = false, ReconDataSources? sources = null)
    {
        DefinitionReading reading = Read();
        return await ReviewServer.StartAsync(
            new ReviewSettings
            {
                Reading = reading,
                Pipelines = reading.Definition!.Pipelines,
                Sources = sources ?? Sources,
                ReplaceDefinition = (_, after) => File.WriteAllBytes(DefinitionPath, after),
                Reviewer = "Ada",
                IsReadOnly = readOnly,
                IsMasked = masked,
                ToolVersion = "test",
                Clock = TimeProvider.System,
                Logger = NullLogger.Instance,
                Stopping = TestContext.Current.CancellationToken,
            },
            ReviewPages.All,
            0,
            TestContext.Current.CancellationToken);
    }

    public Task<long> CountAsync(string sql) => _database.QueryValueAsync<long>(sql);

    public async ValueTask DisposeAsync()
    {
        await Sources.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
