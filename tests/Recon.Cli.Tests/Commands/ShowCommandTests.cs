using System.Text.Json;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

public sealed class ShowCommandTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    [Fact]
    public async Task Show_Default_ShowsTwentyAndSaysOfHowMany()
    {
        CliRun text = await sample.Database.ReconAsync("show", "companies");
        JsonElement json = await JsonAsync("companies");

        Assert.EndsWith("\nshowing 20 of 283 rows; --all shows all\n", text.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal((20, 283), (json.GetProperty("rows").GetArrayLength(), json.GetProperty("total").GetInt32()));
    }

    [Fact]
    public async Task Show_All_ShowsEveryRowInSeveralTables()
    {
        CliRun text = await sample.Database.ReconAsync("show", "communications", "--all");
        CliRun json = await sample.Database.ReconAsync("show", "communications", "--all", "--json");

        string[] lines = text.Out.ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(10, lines.Count(line => line.StartsWith("legacy_communication_id ", StringComparison.Ordinal)));
        Assert.Equal(9_964, lines.Count(line => line.Length > 0 && char.IsAsciiDigit(line[0])));
        Assert.Contains("showing 9,964 of 9,964 rows", lines);
        Assert.Equal(9_964, JsonDocument.Parse(json.Out).RootElement.GetProperty("rows").GetArrayLength());
        Assert.StartsWith("{\n  \"rows\": [\n    {\"", json.Out, StringComparison.Ordinal);
        Assert.EndsWith("}\n  ],\n  \"total\": 9964\n}\n", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_Changed_ShowsRowsWithUpdatesOnly()
    {
        JsonElement changed = await JsonAsync("companies", "--changed", "--all");

        Assert.Equal(94, changed.GetProperty("total").GetInt32());
        Assert.All(changed.GetProperty("rows").EnumerateArray(), row => Assert.NotEmpty(row.GetProperty("properties_to_update").EnumerateObject()));
    }

    [Fact]
    public async Task Show_Property_ShowsBothValues()
    {
        JsonElement changed = await JsonAsync("companies", "--property", "type", "--all");
        CliRun text = await sample.Database.ReconAsync("show", "companies", "--property", "type", "--limit", "1");
        CliRun masked = await sample.Database.ReconAsync("show", "companies", "--property", "type", "--limit", "1", "--mask");

        Assert.Equal(18, changed.GetProperty("total").GetInt32());
        Assert.All(changed.GetProperty("rows").EnumerateArray(), row => Assert.True(row.GetProperty("properties_to_update").TryGetProperty("type", out _)));
        JsonElement first = changed.GetProperty("rows")[0];
        Assert.Matches(
            $" {first.GetProperty("previous_values").GetProperty("type")} +{first.GetProperty("properties_to_update").GetProperty("type")}\n",
            text.Out.ReplaceLineEndings("\n"));
        Assert.DoesNotContain(first.GetProperty("properties_to_update").GetProperty("type").GetString()!, masked.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_Id_ShowsThatRowInTheFormOfThePipeline()
    {
        JsonElement row = await JsonAsync("companies", "--id", " 1001 ");

        Assert.Equal(("1001", 1), (row.GetProperty("rows")[0].GetProperty("legacy_company_id").GetString(), row.GetProperty("total").GetInt32()));
    }

    [Fact]
    public async Task Show_UnknownId_IsToldWithTheNearestAndExitsWith2()
    {
        CliRun none = await sample.Database.ReconAsync("show", "companies", "--id", "999999", "--json");
        CliRun zeros = await sample.Database.ReconAsync("show", "companies", "--id", "01001");
        CliRun left = await sample.Database.ReconAsync("show", "companies", "--id", "1001", "--status", "conflict");

        Assert.Equal(0, JsonDocument.Parse(none.Out).RootElement.GetProperty("total").GetInt32());
        Assert.Equal("recon: There is no record '999999' in the published result of 'companies'. 'recon explain companies 999999' looks for it in the file.\n", none.Error.ReplaceLineEndings("\n"));
        Assert.Contains("Did you mean '1001'?", zeros.Error, StringComparison.Ordinal);
        Assert.Equal((2, 2, 0), (none.ExitCode, zeros.ExitCode, left.ExitCode));
        Assert.Empty(left.Error);
    }

    [Theory]
    [InlineData("Use one of them", "--all", "--limit", "3")]
    [InlineData("Did you mean 'phone'?", "--property", "phoe")]
    [InlineData("'x y' is not a legacy id of 'companies'", "--id", "x y")]
    [InlineData("\"idType\": \"text\". Correct it.", "--id", "x y")]
    [InlineData("at least 1", "--limit", "0")]
    public async Task Show_WrongArgument_ExitsWith2(string message, params string[] args)
    {
        CliRun run = await sample.Database.ReconAsync(["show", "companies", .. args]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_OfCommandsThatPrintOrWriteTexts_IsADocument()
    {
        JsonElement sql = Parse(await sample.Database.ReconAsync("sql", "companies", "updates", "--json"));
        string file = Path.Combine(sample.Folder, "list.csv");
        JsonElement list = Parse(await sample.Database.ReconAsync("export", "companies", "--format", "csv", "--out", file, "--json"));

        Assert.Equal(("companies", "updates"), (sql.GetProperty("pipeline").GetString(), sql.GetProperty("query").GetString()));
        Assert.Equal((await sample.Database.ReconAsync("sql", "companies", "updates")).Out, sql.GetProperty("sql").GetString());
        Assert.Equal((94, file), (list.GetProperty("records").GetInt32(), list.GetProperty("file").GetString()));
    }

    private static JsonElement Parse(CliRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonDocument.Parse(run.Out).RootElement;
    }

    private async Task<JsonElement> JsonAsync(params string[] args) => Parse(await sample.Database.ReconAsync(["show", .. args, "--json"]));
}
