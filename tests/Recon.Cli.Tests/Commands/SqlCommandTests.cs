using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class SqlCommandTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    public static TheoryData<string, string, string> Stages => new()
    {
        { "companies", "legacy_company_id", "hubspot_company_id" },
        { "contacts", "legacy_contact_id", "hubspot_contact_id" },
        { "deals", "legacy_deal_id", "hubspot_deal_id" },
        { "communications", "legacy_communication_id", "hubspot_engagement_id" },
    };

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task Match_OfSample_IsThePipelinesResult(string pipeline, string legacy, string hubspot)
    {
        string staged = await StagedAsync($"{legacy} || '=' || {hubspot}", legacy, pipeline, "matched");

        JsonElement[] rows = await RowsAsync(pipeline, "match");

        Assert.NotEmpty(rows);
        Assert.Equal(staged, string.Join('\n', rows.Select(row => $"{row.GetProperty(legacy).GetString()}={row.GetProperty(hubspot).GetInt64()}")));
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task Unmatched_OfSample_IsThePipelinesResult(string pipeline, string legacy, string hubspot)
    {
        Assert.NotEmpty(hubspot);
        string staged = await StagedAsync(legacy, legacy, pipeline, "unmatched");

        JsonElement[] rows = await RowsAsync(pipeline, "unmatched");

        Assert.NotEmpty(rows);
        Assert.Equal(staged, string.Join('\n', rows.Select(row => row.GetProperty(legacy).GetString())));
    }

    [Theory]
    [InlineData("match")]
    [InlineData("unmatched")]
    [InlineData("stats")]
    [InlineData("updates")]
    public async Task Sql_Printed_RunsAsItIs(string query)
    {
        CliRun run = await sample.Database.ReconAsync("sql", "deals", query);

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith(";\n", run.Out, StringComparison.Ordinal);
        await sample.Database.ExecuteAsync(run.Out);
    }

    // What a query leaves out is in the SQL, for whoever gets it, and on standard error, for whoever runs it.
    [Theory]
    [InlineData("match", "\"idForm\" is not applied", "records that only they find are left out", "takes the latest of the others")]
    [InlineData("unmatched", "in another form count as unmatched", "may find some of these records by them", "takes the latest of the others")]
    [InlineData("updates", "although 'recon export' leaves them out")]
    [InlineData("stats")]
    public async Task Sql_PipelineThatDoesMore_SaysWhatIsLeftOut(string query, params string[] omissions)
    {
        string folder = Directory.CreateTempSubdirectory("recon-sql-").FullName;
        string path = Path.Combine(folder, "pipeline.json");
        JsonNode definition = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "pipeline.json")),
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        JsonObject deals = definition["pipelines"]!.AsArray().Single(each => (string?)each!["name"] == "deals")!.AsObject();
        deals["claims"] = "many";
        JsonArray blocks = deals["blocks"]!.AsArray();
        blocks.Single(block => (string?)block!["kind"] == "csv")!["idForm"] = "trim";
        JsonObject diff = blocks.Single(block => (string?)block!["kind"] == "diff")!.AsObject();
        diff["onConflict"] = "latest";
        diff["latestBy"] = "Oppo_TargetClose";
        blocks.Insert(3, JsonNode.Parse("""
            { "kind": "lookup", "role": "fallback", "name": "by-name", "on": [{ "column": "Oppo_Description", "property": "dealname" }] }
            """));
        await File.WriteAllTextAsync(path, definition.ToJsonString());

        CliRun run = await CliRun.OfAsync(["sql", "deals", query, "--definition", path, "--postgres", sample.Database.ConnectionString]);

        Directory.Delete(folder, recursive: true);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(omissions.Length, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (string omission in omissions)
        {
            Assert.Contains(run.Out.Split('\n'), line => line.StartsWith("-- ", StringComparison.Ordinal) && line.Contains(omission, StringComparison.Ordinal));
            Assert.Contains($"deals {query}: ", run.Error, StringComparison.Ordinal);
            Assert.Contains(omission, run.Error, StringComparison.Ordinal);
        }

        await sample.Database.ExecuteAsync(run.Out);
    }

    [Fact]
    public async Task Updates_Executed_AreThoseThatAreStaged()
    {
        JsonElement[] rows = await RowsAsync("companies", "updates");

        Assert.Equal(
            await sample.Database.QueryValueAsync<long>(
                "select count(*) from staging.companies_reconciliation where properties_to_update <> '{}'"),
            rows.Length);
        Assert.Equal(JsonValueKind.Object, rows[0].GetProperty("properties_to_update").ValueKind);
    }

    [Fact]
    public async Task Execute_AsCsvAndTable_HasTheSameRows()
    {
        CliRun csv = await sample.Database.ReconAsync("sql", "companies", "stats", "--execute", "--format", "csv");
        CliRun table = await sample.Database.ReconAsync("sql", "companies", "stats", "--execute");

        Assert.StartsWith("reconciliation_status,count,with_changes\r\nambiguous,2,0\r\nconflict,2,0\r\nmatched,255,94\r\n", csv.Out, StringComparison.Ordinal);
        Assert.Contains("matched", table.Out, StringComparison.Ordinal);
        Assert.Equal(csv.Out.Split('\n').Length, table.Out.Split('\n').Length);
    }

    [Fact]
    public async Task Sql_NotLoaded_SaysWhatToDo()
    {
        CliRun run = await sample.Database.ReconAsync("sql", "companies", "match", "--table", "bronze.nothing");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'recon load companies' creates it", run.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement[]> RowsAsync(string pipeline, string query)
    {
        CliRun run = await sample.Database.ReconAsync("sql", pipeline, query, "--execute", "--format", "json");
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    private async Task<string> StagedAsync(string column, string order, string pipeline, string status)
        => await sample.Database.QueryValueAsync<string>($"""
            select string_agg({column}, e'\n' order by {order} collate "C") from staging.{pipeline}_reconciliation
            where reconciliation_status = '{status}'
            """) ?? "";
}
