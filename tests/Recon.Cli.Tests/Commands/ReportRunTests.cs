using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
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

        // Runs of one time begin alike: their ids have to be written further, and both are named.
        string secondRun = second.GetProperty("run").GetProperty("run_id").GetString()!;
        string common = string.Concat(firstRun.Zip(secondRun).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First));
        CliRun ambiguous = await ReconAsync("report", "companies", "--run", common);
        Assert.Equal(2, ambiguous.ExitCode);
        Assert.Contains($"'{common}' begins or ends the ids of 2 runs. Write more of it.\n  {secondRun}  ", ambiguous.Error, StringComparison.Ordinal);
        Assert.Contains($"\n  {firstRun}  ", ambiguous.Error, StringComparison.Ordinal);

        JsonElement withoutRecords = (await ReportAsync("--no-compare")).GetProperty("pipelines")[0].GetProperty("comparison");
        Assert.Equal((JsonValueKind.Null, firstRun), (withoutRecords.GetProperty("records").ValueKind, withoutRecords.GetProperty("run_id").GetString()));
        Assert.Equal("It was not asked for (--no-compare).", withoutRecords.GetProperty("not_compared").GetString());

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

    [Fact]
    public async Task Report_CourseOfARun_IsThatOfTheLog()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        string[] where = ["--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
        Assert.Equal(0, (await CliRun.OfAsync(["run", "companies", "--quiet", .. where])).ExitCode);
        async Task<JsonElement> SpeedAsync() => JsonDocument.Parse((await CliRun.OfAsync(["report", "companies", "--json", .. where])).Out).RootElement
            .GetProperty("pipelines")[0].GetProperty("speed");

        // The run took no five seconds.
        JsonElement before = await SpeedAsync();
        Assert.Empty(before.GetProperty("committed").EnumerateArray());
        Assert.StartsWith("Nothing is told over time: the records were read in a few seconds", before.GetProperty("not_told").GetString(), StringComparison.Ordinal);

        // As if it had taken six: 300 records, 50 of them in each second, and of each block other times.
        await database.ExecuteAsync("""
            update staging.reconciliation_log set details = details || jsonb_build_object('course', jsonb_build_object(
                'milliseconds', array_fill(1000, array[6]), 'records', array_fill(50, array[6]),
                'blocks', (select jsonb_agg(jsonb_build_object('busy', array_fill(n, array[6]), 'waiting', array_fill(1000 - n, array[6]), 'idle', array_fill(0, array[6]), 'blocked', array_fill(0, array[6])) order by n)
                    from generate_series(1, jsonb_array_length(details -> 'blocks')) n)))
            """);
        JsonElement speed = await SpeedAsync();
        JsonElement[] committed = [.. speed.GetProperty("committed").EnumerateArray()];
        Assert.Equal([0.0, 1, 2, 3, 4, 5], committed.Select(part => part.GetProperty("second").GetDouble()));
        Assert.Equal(300, committed.Sum(part => part.GetProperty("records").GetInt64()));
        Assert.Equal(JsonValueKind.Null, speed.GetProperty("not_told").ValueKind);
        foreach ((int index, JsonElement block) in speed.GetProperty("blocks").EnumerateArray().Index())
        {
            Assert.All(block.GetProperty("over_time").EnumerateArray(), times => Assert.Equal(
                ((index + 1) / 1000.0, (999 - index) / 1000.0), (times.GetProperty("busy_seconds").GetDouble(), times.GetProperty("waiting_seconds").GetDouble())));
        }

        // Less than the run has read: an earlier process has read the rest.
        await database.ExecuteAsync("update staging.reconciliation_log set details = jsonb_set(details, '{course,records}', to_jsonb(array_fill(40, array[6])))");
        Assert.StartsWith("This run was interrupted and continued", (await SpeedAsync()).GetProperty("not_told").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_HostileRecords_AreShownAsTheyAreAndNothingElse()
    {
        const string Script = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        string csv = folder.File("bronze_layer/Bronze_Company.csv");
        string[] lines = await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken);
        string[] header = lines[0].TrimStart('\uFEFF').Split(',');
        string Record(int line, string name)
        {
            string[] fields = lines[line].Split(',');
            fields[Array.IndexOf(header, "Comp_Name")] = name;
            return string.Join(',', fields);
        }

        // Names of records that would change, and a record of too few fields.
        int[] simple = [.. Enumerable.Range(1, 50).Where(line => !lines[line].Contains('"', StringComparison.Ordinal) && lines[line].Split(',').Length == header.Length).Take(4)];
        string[] names = [Script, "\u202E חברת הדוגמה", new string('w', 65_536), "{{7*7}} ${x}"];
        foreach ((int index, string name) in names.Index())
        {
            lines[simple[index]] = Record(simple[index], name);
        }

        await File.WriteAllLinesAsync(csv, [.. lines, $"{Script},too few"], TestContext.Current.CancellationToken);
        string[] where = ["--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString];
        Assert.Equal(0, (await CliRun.OfAsync(["run", "companies", "--quiet", "--max-rejects", "50%", .. where])).ExitCode);

        CliRun html = await CliRun.OfAsync(["report", "companies", .. where]);
        CliRun markdown = await CliRun.OfAsync(["report", "companies", "--format", "markdown", .. where]);

        IDocument page = await new HtmlParser().ParseDocumentAsync(html.Out, TestContext.Current.CancellationToken);
        Assert.Empty(page.QuerySelectorAll("script,img"));
        Assert.All(page.All, element => Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal)));
        Assert.Contains(page.QuerySelectorAll(".raw"), raw => raw.TextContent.Contains(Script, StringComparison.Ordinal));
        Assert.DoesNotContain("\u202E", html.Out, StringComparison.Ordinal);
        Assert.InRange(html.Out.Length, 1, 400_000);
        Assert.Equal(0, markdown.ExitCode);
        Assert.DoesNotContain("<script>", markdown.Out.Replace($"`{Script}", "", StringComparison.Ordinal), StringComparison.Ordinal);
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
