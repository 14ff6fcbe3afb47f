using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class DecisionsCommandTests(PostgresServer server)
{
    private const string OtherCompany = """
        select max(hubspot_company_id)::text from staging.companies_reconciliation where reconciliation_status = 'matched' and legacy_company_id <> '1001'
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decide_ThenUndo_IsInTheRowTheListAndTheStory()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await RequireAsync(database, "run", "companies", "--quiet");
        string other = (await database.QueryValueAsync<string>(OtherCompany))!;

        JsonElement decided = Json(await RequireAsync(database, "decide", "companies", "1001", "--hubspot", other, "--note", "same VAT number", "--by", "Ada", "--json"));
        Assert.Equal(("applied", "match", "Ada"), (Text(decided, "state"), Text(decided.GetProperty("decision"), "decision"), Text(decided.GetProperty("decision"), "decided_by")));
        JsonElement row = Json(await RequireAsync(database, "show", "companies", "--id", "1001", "--json")).GetProperty("rows")[0];
        Assert.Equal(("matched", "decision"), (Text(row, "reconciliation_status"), Text(row, "match_rule")));
        Assert.Contains("1001", (await RequireAsync(database, "decisions")).Out, StringComparison.Ordinal);
        JsonElement story = Json(await RequireAsync(database, "explain", "companies", "1001", "--json"));
        Assert.Contains("decided by Ada on ", story.ToString(), StringComparison.Ordinal);

        CliRun clear = await database.ReconAsync("clear", "companies", "--yes");
        Assert.Contains("1 decision about its records is kept", clear.Error, StringComparison.Ordinal);
        JsonElement run = Json(await RequireAsync(database, "run", "companies", "--quiet", "--json")).GetProperty("runs")[0];
        Assert.Equal(1, run.GetProperty("decisions").GetProperty("applied").GetInt64());
        await RequireAsync(database, "decide", "companies", "1001", "--undo");
        Assert.Empty(Json(await RequireAsync(database, "decisions", "--json")).GetProperty("decisions").EnumerateArray());
        row = Json(await RequireAsync(database, "show", "companies", "--id", "1001", "--json")).GetProperty("rows")[0];
        Assert.Equal("legacy-id", Text(row, "match_rule"));
    }

    [Theory]
    [InlineData("one of --hubspot ID, --none", "decide", "companies", "1001")]
    [InlineData("one of --hubspot ID, --none", "decide", "companies", "1001", "--none", "--undo")]
    [InlineData("has no result yet", "decide", "companies", "1001", "--none")]
    [InlineData("none of list, export and import", "decisions", "remove")]
    [InlineData("takes a file", "decisions", "export")]
    [InlineData("is none of ambiguous", "decisions", "export", "x.csv", "--undecided", "--status", "matched")]
    public async Task Decide_WhatCannotBe_ExitsWith2(string message, params string[] args)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        CliRun run = await database.ReconAsync(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sheet_ExportedFilledInAndImported_DecidesAllOrNothing()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        await RequireAsync(database, "run", "companies", "--quiet");
        string sheet = folder.File("open.csv");
        await RequireAsync(database, "decisions", "export", sheet, "--undecided", "--pipeline", "companies", "--status", "unmatched");
        string[] lines = await File.ReadAllLinesAsync(sheet, Token);
        Assert.InRange(lines.Length, 3, int.MaxValue);
        string hubspotId = (await database.QueryValueAsync<string>(OtherCompany))!;
        string[] Filled(string first, string second) => [.. lines.Take(3).Select((line, index) => index == 0 ? line : Fill(line, index == 1 ? "no-match" : "match", index == 1 ? first : second))];

        await File.WriteAllLinesAsync(sheet, Filled("", "4711"), Token);
        CliRun refused = await database.ReconAsync("decisions", "import", sheet, "--by", "Bo");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"{sheet}:3: hubspot_id: HubSpot record 4711 is not in", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was imported", refused.Out, StringComparison.Ordinal);
        JsonElement partial = Json(await database.ReconAsync("decisions", "import", sheet, "--by", "Bo", "--partial", "--json"));
        Assert.Equal((1, 1), (partial.GetProperty("imported").GetInt64(), partial.GetProperty("problems").GetArrayLength()));
        await File.WriteAllLinesAsync(sheet, Filled("", hubspotId).Select(line => line.Replace(',', ';')), Token);
        JsonElement imported = Json(await RequireAsync(database, "decisions", "import", sheet, "--by", "Bo", "--json"));
        Assert.Equal((1, 1, 1), (imported.GetProperty("imported").GetInt64(), imported.GetProperty("applied").GetInt64(), imported.GetProperty("unchanged").GetInt64()));

        CliRun list = await RequireAsync(database, "decisions", "export", "-");
        Assert.Equal(3, list.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation where match_rule = 'decision'"));
    }

    private static string Fill(string line, string decision, string hubspotId)
    {
        string[] cells = line.Split(',');
        (cells[2], cells[3]) = (decision, hubspotId);
        return string.Join(',', cells);
    }

    private static async Task<CliRun> RequireAsync(TestDatabase database, params string[] args)
    {
        CliRun run = await database.ReconAsync(args);
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        return run;
    }

    private static JsonElement Json(CliRun run) => JsonDocument.Parse(run.Out).RootElement;

    private static string? Text(JsonElement from, string name) => from.GetProperty(name).GetString();
}
