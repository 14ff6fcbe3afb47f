using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Review.Web;
using Recon.Testing;

namespace Recon.Review.Tests.Web;

/// <summary>A file and a mirror that hold what pages must bear: markup, texts without end, words without a gap, writing from right to left.</summary>
internal sealed class PageWorld : IAsyncDisposable
{
    public const string Hostile = "<script>document.title='owned'</script><img src=\"http://example.com/x.png\" onerror=document.title='owned'> \u202Eגנב' \" & </td></tr></table>";

    public const int Longest = 65_536;

    private readonly TestDatabase _database;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recon-page-");
    private readonly ReconDataSources _sources;

    private PageWorld(TestDatabase database)
    {
        _database = database;
        _sources = ReconDataSources.ForConnectionString(database.ConnectionString, new DataSourceOptions());
    }

    public TestDatabase Database => _database;

    public static async Task<PageWorld> CreateAsync(PostgresServer server)
    {
        var world = new PageWorld(await server.CreateDatabaseAsync());
        await world._database.ExecuteAsync($"""
            create schema hubspot;
            create table hubspot.companies (hs_object_id bigint primary key, legacy_id text, name text, city text, note text);
            create index on hubspot.companies (legacy_id);
            insert into hubspot.companies select 1000 + i, i::text, 'Name ' || i, 'Lille', null from generate_series(1, 50) i;
            insert into hubspot.companies select 2000 + i, i::text, $h${Hostile}$h$, repeat('W', 400), 'x' from generate_series(1, 2) i;
            update hubspot.companies set name = repeat('V', {Longest}) where hs_object_id = 1012;
            """);
        string endless = string.Concat(Enumerable.Repeat("Lorem ipsum dolor sit amet ", Longest))[..Longest];
        StringBuilder csv = new("Id,Name,City,Note,Parent,Deleted\n");
        for (int i = 1; i <= 60; i++)
        {
            string name = i switch
            {
                3 => Hostile.Replace("\"", "\"\"", StringComparison.Ordinal),
                4 => new string('W', 2000),
                5 => "שלום עולם עם טקסט מימין לשמאל",
                6 => endless,
                _ => $"name {i}",
            };
            csv.Append(CultureInfo.InvariantCulture, $"{i},\"{name}\",{(i % 2 == 0 ? "LILLE" : "Metz")},{(i is 6 or 12 ? endless : "n")},{(i % 3 == 0 ? "nobody" : "1")},{(i == 60 ? "yes" : "")}\n");
        }

        csv.Append(CultureInfo.InvariantCulture, $"1,one more,,,,\n,\"{Hostile.Replace("\"", "\"\"", StringComparison.Ordinal)}\",x,y,z,\n");
        await File.WriteAllTextAsync(Path.Combine(world._folder.FullName, "companies.csv"), csv.ToString());
        await File.WriteAllTextAsync(Path.Combine(world._folder.FullName, "none.csv"), "Id,Name\n");
        await File.WriteAllTextAsync(Path.Combine(world._folder.FullName, "pipeline.json"), """
            {
              "hubspot": { "portal": 1234567 },
              "pipelines": [{
                "name": "companies", "maxRejects": "50%",
                "blocks": [
                  { "kind": "csv", "path": "companies.csv", "id": "Id", "exclude": [{ "column": "Deleted", "in": ["yes"] }] },
                  { "kind": "batch", "rows": 20 },
                  { "kind": "lookup", "name": "match", "table": "hubspot.companies", "key": "legacy_id" },
                  { "kind": "lookup", "name": "parent", "role": "parent", "table": "hubspot.companies", "key": "legacy_id", "from": "Parent" },
                  { "kind": "diff", "properties": [
                    { "property": "name", "column": "Name" },
                    { "property": "city", "column": "City", "compare": "text-ignoring-whitespace" },
                    { "property": "note", "column": "Note", "policy": "fill-blank" }] },
                  { "kind": "stage", "table": "companies", "legacyId": "legacy_id", "hubspotId": "hubspot_id", "columns": [
                    { "name": "legacy_name", "legacy": "Name" }, { "name": "legacy_parent_id", "parentLegacyId": "parent" }, { "name": "hubspot_parent_id", "parentHubspotId": "parent" }] }
                ]
              }, {
                "name": "none",
                "blocks": [
                  { "kind": "csv", "path": "none.csv", "id": "Id" },
                  { "kind": "batch" },
                  { "kind": "lookup", "name": "match", "table": "hubspot.companies", "key": "legacy_id" },
                  { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
                  { "kind": "stage", "table": "none", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
                ]
              }]
            }
            """);
        return world;
    }

    public async Task RunAsync()
    {
        RunRequest request = RunRequest.Of(Read());
        foreach (ValidPipeline pipeline in request.Definition.Pipelines)
        {
            PipelineResult result = await new PipelineRunner(new RunContext(_sources, request, pipeline)).RunAsync(Guid.CreateVersion7(), CancellationToken.None, CancellationToken.None);
            Assert.Null(result.Fault);
        }
    }

    public Task<ReviewServer> ServeAsync(bool masked = false, int port = 0)
    {
        DefinitionReading reading = Read();
        return ReviewServer.StartAsync(
            new ReviewSettings
            {
                Reading = reading,
                Pipelines = reading.Definition!.Pipelines,
                Sources = _sources,
                Reviewer = "Ada <b>",
                IsMasked = masked,
                ToolVersion = "0",
                Clock = TimeProvider.System,
                Logger = NullLogger.Instance,
                Stopping = TestContext.Current.CancellationToken,
            },
            ReviewPages.All,
            port,
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _sources.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private DefinitionReading Read()
    {
        DefinitionReading reading = DefinitionReader.Read(Path.Combine(_folder.FullName, "pipeline.json"));
        Assert.Empty(reading.Problems);
        return reading;
    }
}
