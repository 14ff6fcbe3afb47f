using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Reports before, between and after runs.</summary>
public sealed class ReportRunTests(PostgresServer server)
{
    [Fact]
    public async Task Report_FromNoRunToASecondOne_TellsWhatIsThere()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        async Task<CliRun> ReconAsync(params string[] args)
            => await CliRun.OfAsync([.. args, "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString]);
        async Task<JsonElement> ReportAsync(params string[] args)
            => JsonDocument.Parse((await ReconAsync(["report", "companies", "--json", .. args])).Out).RootElement;

        JsonElement before = await ReportAsync();
        Assert.Equal("companies", before.GetProperty("without_run")[0].GetString());

        Assert.Equal(0, (await ReconAsync("run", "companies", "--quiet")).ExitCode);
        JsonElement first = (await ReportAsync()).GetProperty("pipelines")[0];
        string firstRun = first.GetProperty("run").GetProperty("run_id").GetString()!;
        Assert.Equal(JsonValueKind.Null, first.GetProperty("comparison").ValueKind);
        Assert.Empty(first.GetProperty("notes").EnumerateArray());

        // Without its last record, which is what differs from the run before.
        string[] lines = await File.ReadAllLinesAsync(folder.File("bronze_layer/Bronze_Company.csv"), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(folder.File("bronze_layer/Bronze_Company.csv"), lines[..^1], TestContext.Current.CancellationToken);
        Assert.Equal(0, (await ReconAsync("run", "companies", "--quiet")).ExitCode);
        JsonElement second = (await ReportAsync()).GetProperty("pipelines")[0];
        JsonElement comparison = second.GetProperty("comparison");
        Assert.Equal(firstRun, comparison.GetProperty("run_id").GetString());
        JsonElement read = comparison.GetProperty("numbers")[0];
        Assert.Equal(("read", 300, 299), (read.GetProperty("what").GetString(), read.GetProperty("before").GetInt64(), read.GetProperty("now").GetInt64()));
        JsonElement records = comparison.GetProperty("records");
        Assert.Equal(1, records.GetProperty("records").GetInt64());
        JsonElement gone = Assert.Single(records.GetProperty("statuses").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, gone.GetProperty("to").ValueKind);
        Assert.Equal("legacy", Assert.Single(records.GetProperty("causes").EnumerateArray()).GetProperty("cause").GetString());

        JsonElement replaced = (await ReportAsync("--run", firstRun)).GetProperty("pipelines")[0];
        Assert.False(replaced.GetProperty("published").GetBoolean());
        Assert.StartsWith("A later run has replaced", replaced.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(300, replaced.GetProperty("account").GetProperty("read").GetInt64());

        // A file that has lost most of its records is not published.
        await File.WriteAllLinesAsync(folder.File("bronze_layer/Bronze_Company.csv"), lines[..20], TestContext.Current.CancellationToken);
        Assert.Equal(3, (await ReconAsync("run", "companies", "--quiet")).ExitCode);
        JsonElement third = (await ReportAsync()).GetProperty("pipelines")[0];
        Assert.Equal(299, third.GetProperty("account").GetProperty("read").GetInt64());
        Assert.Contains("was not published (failed: maxShrink)", third.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfAFileWithoutRecords_IsOfZero()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        string header = (await File.ReadAllLinesAsync(Repository.Shipped("Bronze_Company.csv"), TestContext.Current.CancellationToken))[0];
        await File.WriteAllTextAsync(folder.File("bronze_layer/Bronze_Company.csv"), header + "\n", TestContext.Current.CancellationToken);
        string[] where = ["--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
        Assert.Equal(0, (await CliRun.OfAsync(["run", "companies", "--quiet", .. where])).ExitCode);

        CliRun html = await CliRun.OfAsync(["report", "companies", .. where]);
        CliRun markdown = await CliRun.OfAsync(["report", "companies", "--format", "markdown", .. where]);

        Assert.Equal((0, 0), (html.ExitCode, markdown.ExitCode));
        Assert.Contains("No record was read, so nothing would change in HubSpot.", html.Out, StringComparison.Ordinal);
        Assert.Contains("No record was read, so nothing would change in HubSpot.", markdown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html.Out, StringComparison.Ordinal);
    }
}
