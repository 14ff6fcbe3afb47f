using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class ExplainCommandTests(PostgresServer server)
{
    [Fact]
    public async Task Explain_RecordOfTheSample_TellsItsStoryInTextAndJson()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun text = await database.ReconAsync("explain", "companies", "1001");
        CliRun json = await database.ReconAsync("explain", "companies", "1001", "--json");
        CliRun masked = await database.ReconAsync("explain", "companies", "1001", "--mask");
        CliRun maskedJson = await database.ReconAsync("explain", "companies", "1001", "--json", "--mask");
        CliRun unknown = await database.ReconAsync("explain", "companies", "999999999");

        Assert.Equal((0, 0, 0, 0, 2), (text.ExitCode, json.ExitCode, masked.ExitCode, maskedJson.ExitCode, unknown.ExitCode));
        Assert.StartsWith("companies 1001: matched, HubSpot ", text.Out, StringComparison.Ordinal);
        Assert.Contains("bronze_layer/Bronze_Company.csv, line 2, byte ", text.Out, StringComparison.Ordinal);
        Assert.Contains("hubspot.companies  icalps_company_id = 1001", text.Out, StringComparison.Ordinal);
        Assert.Contains("domain: liavelbor0.example.com", text.Out, StringComparison.Ordinal);
        JsonElement record = JsonDocument.Parse(json.Out).RootElement.GetProperty("records")[0];
        Assert.Equal("matched", record.GetProperty("outcome").GetString());
        Assert.Equal(15, record.GetProperty("properties").GetArrayLength());
        Assert.Equal(20, record.GetProperty("cells").GetArrayLength());
        Assert.DoesNotContain("Liavelbor", masked.Out, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Liavelbor", maskedJson.Out, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("no record in bronze_layer/Bronze_Company.csv has the id 999999999", unknown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_AmbiguousRecord_ShowsWhereItsCandidatesDiffer()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("""
            insert into hubspot.companies select (jsonb_populate_record(c, '{"hs_object_id": 77, "city": "Nowhere"}')).* from hubspot.companies c where icalps_company_id = '1001'
            """);

        CliRun text = await database.ReconAsync("explain", "companies", "1001");
        CliRun json = await database.ReconAsync("explain", "companies", "1001", "--json");
        CliRun masked = await database.ReconAsync("explain", "companies", "1001", "--mask");

        Assert.StartsWith("companies 1001: ambiguous", text.Out, StringComparison.Ordinal);
        Assert.Matches("Where the HubSpot records differ\nproperty +77 +[0-9]+ *\ncity +Nowhere +[^ ]", text.Out.ReplaceLineEndings("\n"));
        JsonElement[] candidates = [.. JsonDocument.Parse(json.Out).RootElement.GetProperty("records")[0].GetProperty("candidates").EnumerateArray()];
        Assert.Equal(2, candidates.Length);
        Assert.Equal("77 Nowhere", $"{candidates[0].GetProperty("hubspot_id")} {candidates[0].GetProperty("values").GetProperty("city")}");
        Assert.Single(candidates[1].GetProperty("values").EnumerateObject());
        Assert.DoesNotContain("Nowhere", masked.Out, StringComparison.Ordinal);
    }

    // Also where the fallback names none itself: "none" alone does not say that rows were left out.
    [Theory]
    [InlineData("", "where legacy has a value (of the match lookup)", true)]
    [InlineData(""", "where": [{ "column": "name", "equals": "x" }]""", "where name equals x", false)]
    public async Task Explain_FallbackThatFindsNothing_ShowsTheConditionsInEffect(string where, string shown, bool isInherited)
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("create schema hubspot; create table hubspot.companies (hs_object_id bigint, legacy text, name text)");
        using TempFolder folder = new();
        string path = folder.File("pipeline.json");
        await File.WriteAllTextAsync(folder.File("in.csv"), "Id,Name\n1,One\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, $$"""
            { "pipelines": [{ "name": "companies", "blocks": [
              { "kind": "csv", "path": "in.csv", "id": "Id" }, { "kind": "batch" },
              { "kind": "lookup", "table": "hubspot.companies", "key": "legacy", "where": [{ "column": "legacy", "isNull": false }] },
              { "kind": "lookup", "role": "fallback", "name": "by-name", "on": [{ "column": "Name", "property": "name" }]{{where}} },
              { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
              { "kind": "stage", "table": "t", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }] }] }
            """, TestContext.Current.CancellationToken);

        CliRun text = await CliRun.OfAsync("explain", "companies", "1", "--definition", path, "--postgres", database.ConnectionString);
        CliRun json = await CliRun.OfAsync("explain", "companies", "1", "--json", "--definition", path, "--postgres", database.ConnectionString);

        Assert.Contains($"by-name looks only at rows {shown}\n", text.Out, StringComparison.Ordinal);
        JsonElement lookup = JsonDocument.Parse(json.Out).RootElement.GetProperty("records")[0].GetProperty("lookups")[1];
        Assert.Equal(isInherited, lookup.GetProperty("inherits_where").GetBoolean());
        Assert.Equal(1, lookup.GetProperty("where").GetArrayLength());
    }
}
