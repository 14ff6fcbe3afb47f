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
    public async Task Report_AfterPartialRunsAndClear_TellsWhatIsThere()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        folder.AddBronze("Bronze_Person.csv");
        async Task<CliRun> ReconAsync(params string[] args)
            => await CliRun.OfAsync([.. args, "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString]);
        async Task<JsonElement> ReportAsync(params string[] args)
            => JsonDocument.Parse((await ReconAsync(["report", "companies", "contacts", "--json", .. args])).Out).RootElement;
        async Task<string> RunIdAsync(string condition)
            => (await database.QueryValueAsync<Guid>($"select run_id from staging.reconciliation_log where pipeline = 'companies' and {condition} order by started_at desc limit 1")).ToString();

        // A whole run, another one of a record less, and a partial one on top of it.
        Assert.Equal(0, (await ReconAsync("run", "companies", "contacts", "--quiet")).ExitCode);
        string first = await RunIdAsync("true");
        string[] lines = await File.ReadAllLinesAsync(folder.File("bronze_layer/Bronze_Company.csv"), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(folder.File("bronze_layer/Bronze_Company.csv"), lines[..^1], TestContext.Current.CancellationToken);
        Assert.Equal(0, (await ReconAsync("run", "companies", "--quiet")).ExitCode);
        Assert.Equal(0, (await ReconAsync("run", "companies", "--limit", "5", "--quiet")).ExitCode);

        JsonElement merged = (await ReportAsync()).GetProperty("pipelines")[0];
        Assert.True(merged.GetProperty("published").GetBoolean());
        Assert.StartsWith("1 partial run changed rows since: there are ", merged.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        JsonElement comparison = merged.GetProperty("comparison");
        Assert.Equal(first, comparison.GetProperty("run_id").GetString());
        Assert.Equal(1, comparison.GetProperty("records").GetProperty("records").GetInt64());
        JsonElement partial = (await ReportAsync("--run", await RunIdAsync("partial"))).GetProperty("pipelines")[0];
        Assert.Equal(JsonValueKind.Null, partial.GetProperty("comparison").ValueKind);

        // Numbers and records are compared with the same run: with the last whole one, whose result the partial run has changed.
        string second = await RunIdAsync("not partial");
        Assert.Equal(0, (await ReconAsync("run", "companies", "--quiet")).ExitCode);
        JsonElement whole = (await ReportAsync()).GetProperty("pipelines")[0].GetProperty("comparison");
        Assert.Equal(second, whole.GetProperty("run_id").GetString());
        Assert.Equal(JsonValueKind.Null, whole.GetProperty("records").ValueKind);
        Assert.StartsWith($"The result of run {second} is not known any more", whole.GetProperty("not_compared").GetString(), StringComparison.Ordinal);

        // Rows that are gone are part of no number.
        Assert.Equal(0, (await ReconAsync("clear", "companies", "--yes")).ExitCode);
        JsonElement cleared = await ReportAsync();
        JsonElement[] pipelines = [.. cleared.GetProperty("pipelines").EnumerateArray()];
        Assert.False(pipelines[0].GetProperty("published").GetBoolean());
        Assert.StartsWith("the staging table holds 0 rows, and the run left ", pipelines[0].GetProperty("without_result").GetString(), StringComparison.Ordinal);
        Assert.Equal(pipelines[1].GetProperty("account").GetProperty("read").GetInt64(), cleared.GetProperty("account").GetProperty("read").GetInt64());

        // Nor are they when a partial run has left some since, or when somebody has deleted one.
        Assert.Equal(0, (await ReconAsync("run", "companies", "--limit", "5", "--quiet")).ExitCode);
        await database.ExecuteAsync("delete from staging.contacts_reconciliation_rows where ctid in (select ctid from staging.contacts_reconciliation_rows limit 1)");
        JsonElement less = await ReportAsync();
        Assert.StartsWith("the staging table holds 5 rows, and the run left ", less.GetProperty("pipelines")[0].GetProperty("without_result").GetString(), StringComparison.Ordinal);
        Assert.Contains("There is no result yet", less.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, less.GetProperty("account").GetProperty("read").GetInt64());
    }

    [Theory]
    [InlineData(200, 20.0, true)]
    [InlineData(119, 20.0, false)]
    [InlineData(200, 9.0, false)]
    public async Task Report_RateOverTime_IsOfLongRunsOnly(int batches, double seconds, bool isTold)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        string[] where = ["--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
        Assert.Equal(0, (await CliRun.OfAsync(["run", "companies", "--quiet", .. where])).ExitCode);
        await database.ExecuteAsync("delete from staging.reconciliation_ledger");
        await database.ExecuteAsync(FormattableString.Invariant($"""
            insert into staging.reconciliation_ledger
            select run_id, pipeline, n, 0, n, n + 1, n, n + 1, 10, 10, 0, 0, 0, '{"{}"}', started_at + make_interval(secs => {seconds} * (n - 1) / {batches - 1})
            from staging.reconciliation_log, generate_series(1, {batches}) n
            """));

        JsonElement[] committed = [.. JsonDocument.Parse((await CliRun.OfAsync(["report", "companies", "--json", .. where])).Out).RootElement
            .GetProperty("pipelines")[0].GetProperty("speed").GetProperty("committed").EnumerateArray()];

        Assert.Equal(isTold ? 10 * batches : 0, committed.Sum(part => part.GetProperty("records").GetInt64()));
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
