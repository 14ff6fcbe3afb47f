using System.Text;
using System.Text.Json;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Names that would break out of their quotes if anything put them into SQL or JSON as they are.</summary>
public sealed class HostileNamesTests(PostgresServer server)
{
    private const string Schema = "hub\"; drop schema staging cascade; --";
    private const string Table = "thé 'ings'; delete from x";
    private const string Key = "key\"\"') or 1=1 --";
    private const string Id = "id; $1 \\ {0}";
    private const string Property = "näme\"';select/**/pg_sleep(9);--";
    private const string Column = "Na\"me; = 'x' --";

    [Fact]
    public async Task Run_HostileNamesEverywhere_DoesWhatItSays()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"""
            create schema {Quote(Schema)};
            create table {Quote(Schema)}.{Quote(Table)} ({Quote(Id)} bigint primary key, {Quote(Key)} text, {Quote(Property)} text);
            insert into {Quote(Schema)}.{Quote(Table)} values (1, '10', 'old'), (2, '11', 'same');
            create table public.x (a int); insert into public.x values (1);
            """);
        string folder = Directory.CreateTempSubdirectory("recon-hostile-").FullName;
        try
        {
            const string File = "fi'le; $(rm -rf x) \"q\" é.csv";
            await System.IO.File.WriteAllTextAsync(
                Path.Combine(folder, File), $"Id,\"{Column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n10,\"new'); drop table x; --\"\n11,same\n12,none\n",
                TestContext.Current.CancellationToken);
            PipelineResult result = await RunAsync(database, folder, Definition(File));

            Assert.Null(result.Fault);
            Assert.Equal((2, 1, 1), (result.Counts.Matched, result.Counts.Unmatched, result.Counts.WithChanges));
            Assert.Equal("new'); drop table x; --", await database.QueryValueAsync<string>(
                $"select properties_to_update ->> '{Property.Replace("'", "''", StringComparison.Ordinal)}' from staging.things_ü where légacy = '10'"));
            Assert.Equal(1, await database.QueryValueAsync<long>("select count(*) from public.x"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("things; drop table x")]
    [InlineData("thin\"gs")]
    [InlineData("things\n")]
    [InlineData("a_name_that_leaves_no_room_for_the_suffix_of_an_attempt")]
    public void Definition_HostileNameOfAStagingTable_IsRefused(string name)
    {
        string json = Definition("a.csv").Replace("things_ü", JsonEncodedText.Encode(name).ToString(), StringComparison.Ordinal);

        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), "hostile.json");

        Assert.Contains(reading.Problems, problem => problem.ToString().Contains("table", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    public void Definition_PathOutsideItsFolder_IsRefused(string path)
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(Definition(path)), "hostile.json");

        Assert.Contains("allowPathsOutside", Assert.Single(reading.Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name'; drop table x")]
    [InlineData("a name")]
    public void Definition_HostileNameOfAProperty_IsRefused(string name)
    {
        string json = Definition("a.csv").Replace(Json(Property), Json(name), StringComparison.Ordinal);

        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), "hostile.json");

        Assert.NotEmpty(reading.Problems);
    }

    private static async Task<PipelineResult> RunAsync(TestDatabase database, string folder, string json)
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), "hostile.json");
        Assert.Empty(reading.Problems);
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(database.ConnectionString, new DataSourceOptions());
        var request = new RunRequest { Definition = reading.Definition!, BaseDirectory = folder, Fingerprint = reading.FingerprintOf };
        return await new PipelineRunner(new RunContext(sources, request, reading.Definition!.Pipelines[0]))
            .RunAsync(Guid.CreateVersion7(), CancellationToken.None, CancellationToken.None);
    }

    private static string Definition(string file) => $$"""
        {
          "pipelines": [{
            "name": "things",
            "blocks": [
              { "kind": "csv", "path": {{Json(file)}}, "id": "Id" },
              { "kind": "batch", "rows": 2 },
              { "kind": "lookup", "name": "match", "table": {{Json($"{Schema}.{Table}")}}, "key": {{Json(Key)}}, "id": {{Json(Id)}} },
              { "kind": "diff", "properties": [{ "property": {{Json(Property)}}, "column": {{Json(Column)}} }] },
              { "kind": "stage", "table": "things_ü", "legacyId": "légacy", "hubspotId": "hubspot", "columns": [] }
            ]
          }]
        }
        """;

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
