using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Samples;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class DefinitionCommandTests(PostgresServer server)
{
    [Fact]
    public async Task Definition_WithOldSpelling_RunsAndWarnsOnceOnStandardError()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        string path = folder.File("pipeline.json");
        string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            path, text.Replace("\"where\":", "\"keep\":", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        CliRun run = await CliRun.OfAsync("run", "companies", "--definition", path, "--postgres", database.ConnectionString);
        CliRun quiet = await CliRun.OfAsync("run", "companies", "--quiet", "--definition", path, "--postgres", database.ConnectionString);
        CliRun mapping = await CliRun.OfAsync("mapping", "--json", "--definition", path);

        Assert.Equal((0, 0), (run.ExitCode, quiet.ExitCode));
        string warning = Assert.Single(run.Error.Split('\n'), line => line.Contains("'keep'", StringComparison.Ordinal));
        Assert.Equal(
            $"{path}:55:11: $.pipelines[0].blocks[2].keep: warning: 'keep' is now 'where'; the old spelling still works (10 places; this is the first).",
            warning);
        Assert.Equal("", quiet.Error);
        Assert.Equal((await CliRun.OfAsync("mapping", "--json", "--definition", DemoDatabase.Definition)).Out, mapping.Out);
    }

    [Fact]
    public async Task Mapping_WithFallback_ShowsItsKeysAndConditions()
    {
        using TempFolder folder = new();
        string path = folder.File("pipeline.json");
        await File.WriteAllTextAsync(path, """
            { "pipelines": [{ "name": "companies", "blocks": [
              { "kind": "csv", "path": "in.csv", "id": "Id" }, { "kind": "batch" },
              { "kind": "lookup", "table": "hubspot.companies", "key": "legacy", "where": [{ "column": "archived", "equals": "false" }] },
              { "kind": "lookup", "role": "fallback", "name": "by-phone", "on": [
                { "column": "Phone", "convert": ["phone"], "property": "phone" }, { "column": "city", "property": "city", "ignoreCase": true, "convertMirror": false }] },
              { "kind": "diff", "properties": [
                { "property": "name", "column": "Name" },
                { "property": "revenue", "column": "Revenue", "convert": ["number"], "mirror": { "column": "revenue_text", "convert": [{ "kind": "number", "culture": "en" }] } }] },
              { "kind": "stage", "table": "t", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }] }] }
            """, TestContext.Current.CancellationToken);

        CliRun text = await CliRun.OfAsync("mapping", "--definition", path);
        CliRun json = await CliRun.OfAsync("mapping", "--json", "--definition", path);

        Assert.Contains(
            "else by-phone: Phone = phone (phone) and city (lower in the file only) in hubspot.companies, where archived equals false (of the match lookup)\n", text.Out, StringComparison.Ordinal);
        Assert.Contains("revenue (column revenue_text; read by number)", text.Out, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(json.Out);
        Assert.Equal("number", Assert.Single(
            document.RootElement.GetProperty("pipelines")[0].GetProperty("properties")[1].GetProperty("mirror_conversions").EnumerateArray()).GetString());
        Assert.Contains("\"fallbacks\"", json.Out, StringComparison.Ordinal);
        Assert.Contains("\"archived equals false\"", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Graph_OfShippedDefinition_IsAsApproved()
    {
        CliRun run = await CliRun.OfAsync("graph", "--definition", DemoDatabase.Definition);

        Assert.Equal(0, run.ExitCode);
        await Golden.CheckAsync("graph.mmd", run.Out);
    }

    [Fact]
    public async Task Schema_IsTheShippedFile()
    {
        CliRun run = await CliRun.OfAsync("schema");

        string shipped = Path.Combine(Repository.Root, "docs", "pipeline.schema.json");
        Assert.Equal(await File.ReadAllTextAsync(shipped, TestContext.Current.CancellationToken), run.Out);
    }

    [Fact]
    public async Task Generate_WritesSampleAndItsFacts()
    {
        using TempFolder folder = new();

        CliRun run = await CliRun.OfAsync("generate", "--rows", "500", "--seed", "3", "--out", folder.Path);

        SampleFacts facts = await new SampleGenerator(new SampleOptions { Rows = 500, Seed = 3 }).CountAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("The number of records that a run of the shipped definition", run.Out, StringComparison.Ordinal);
        Assert.EndsWith($":\n\n{facts.ToMarkdown()}", run.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("mirror.sql")));
        Assert.True(File.Exists(folder.File("Bronze_Communication.csv")));
    }
}
