using System.Globalization;
using System.Text.Json;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class RunOptionTests(PostgresServer server)
{
    [Fact]
    public async Task Run_Text_KeepsResultAndMessagesApart()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "communications");

        Assert.StartsWith("pipeline        outcome", run.Out, StringComparison.Ordinal);
        Assert.Contains("Result: staging.communications_reconciliation\nLook at it: psql -h 127.0.0.1 -p ", run.Out, StringComparison.Ordinal);
        Assert.Contains("the file ends in the middle of a record", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("may have been cut", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("rows/s", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_WritesNothingAndShowsMaskedChanges()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun plain = await database.ReconAsync("run", "companies", "--dry-run");
        CliRun masked = await database.ReconAsync("run", "companies", "--dry-run", "--mask");

        Assert.Equal(0, plain.ExitCode);
        Assert.Contains("companies 1001 (line 2) → HubSpot 10000000647\n  numberofemployees: (nothing) → \"56\"", plain.Out, StringComparison.Ordinal);
        Assert.Contains("numberofemployees: (nothing) → \"99\"", masked.Out, StringComparison.Ordinal);
        Assert.False(await database.QueryValueAsync<bool>("select to_regnamespace('staging') is not null"));
    }

    [Fact]
    public async Task DryRun_UnmappedValues_AreListedWithTheNearestOption()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        string input = folder.File("companies.csv");
        await File.WriteAllTextAsync(
            input,
            "Comp_CompanyId,Comp_Name,Comp_Type,Comp_WebSite,Comp_PhoneNumber,Comp_Territory,Comp_Sector,Comp_Employees,Comp_Revenue,"
            + "Comp_Source,Addr_Street1,Addr_City,Addr_State,Addr_PostCode,Addr_Country\n"
            + "1,A,client,,,,,,,,,,,,\n2,B,client,,,,,,,,,,,,\n3,C,Zebra,,,,,,,,,,,,\n4,D,Client,,,,,,,,,,,,\n",
            TestContext.Current.CancellationToken);

        CliRun text = await database.ReconAsync("run", "companies", "--input", input, "--dry-run");
        CliRun json = await database.ReconAsync("run", "companies", "--input", input, "--dry-run", "--json", "--mask");

        Assert.Matches(@"companies +type +Comp_Type +client +2 +Client → Customer\n", text.Out);
        Assert.Matches(@"companies +type +Comp_Type +Zebra +1 *\n", text.Out);
        using JsonDocument document = JsonDocument.Parse(json.Out);
        JsonElement first = document.RootElement.GetProperty("runs")[0].GetProperty("unmapped")[0];
        Assert.Equal(
            ["type", "Comp_Type", "xxxxxx", "Client", "Customer"],
            ((string[])["property", "column", "value", "nearest", "option"]).Select(name => first.GetProperty(name).GetString()!));
        Assert.Equal(2, first.GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task DryRun_Json_IsCompletedAndSaysThatItIsDry()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "communications", "--dry-run", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        JsonElement report = document.RootElement.GetProperty("runs")[0];
        Assert.Equal("completed", report.GetProperty("outcome").GetString());
        Assert.True(report.GetProperty("dry_run").GetBoolean());
        Assert.Contains("communications: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("the file ends in the middle of a record", run.Error, StringComparison.Ordinal);
        Assert.Contains("repeats of a legacy id are neither folded nor marked as conflicts", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_AreMadeCanonicalAndThoseThatAreNotFoundAreNamed()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--ids", "1001.0,99999999", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal(1, document.RootElement.GetProperty("runs")[0].GetProperty("staged").GetInt64());
        Assert.Contains("companies: 1 of the 2 ids given by --ids or --ids-file matched no record", run.Error, StringComparison.Ordinal);
        Assert.Contains(": 99999999.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_Malformed_AreRefused()
    {
        CliRun run = await CliRun.OfAsync("run", "companies", "--ids", "1001,1e3", "--definition", DemoDatabase.Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--ids: '1e3' is not a legacy id of 'companies': it is in scientific notation", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdsFile_RunsItsIdsAndIgnoresBlankLines()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.File("ids"), "\uFEFF1001\r\n\n 1003.0 \n", TestContext.Current.CancellationToken);

        CliRun run = await database.ReconAsync("run", "companies", "--ids-file", folder.File("ids"));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("1001,1003", await database.QueryValueAsync<string>(
            "select string_agg(legacy_company_id, ',' order by legacy_company_id) from staging.companies_reconciliation"));
    }

    [Theory]
    [InlineData("1001\n\n1e3\n", ", line 3: '1e3' is not a legacy id of 'companies'")]
    [InlineData("\n\n", " holds no id")]
    public async Task IdsFile_Mistake_IsToldWithFileAndLine(string content, string message)
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.File("ids"), content, TestContext.Current.CancellationToken);

        CliRun run = await CliRun.OfAsync(
            "run", "companies", "--ids-file", folder.File("ids"), "--definition", DemoDatabase.Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(folder.File("ids") + message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_OnePipelineNeverRan_ShowsTheOthersAndNamesIt()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        CliRun nothing = await database.ReconAsync("stats");
        await database.ReconAsync("run", "companies");

        CliRun text = await database.ReconAsync("stats", "companies", "deals");
        CliRun json = await database.ReconAsync("stats", "companies", "deals", "--json");

        Assert.Equal((2, 0, 0), (nothing.ExitCode, text.ExitCode, json.ExitCode));
        Assert.Matches(@"companies +matched +255\n", text.Out);
        Assert.Equal("deals: nothing is staged yet. 'recon run deals' does it.\n", text.Error.ReplaceLineEndings("\n"));
        using JsonDocument document = JsonDocument.Parse(json.Out);
        Assert.Equal("companies", Assert.Single(document.RootElement.GetProperty("pipelines").EnumerateArray()).GetProperty("pipeline").GetString());
        Assert.Equal("deals", Assert.Single(document.RootElement.GetProperty("missing").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Stats_PipelineThatRanOnAFileWithoutRecords_SaysThatItRan()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = new();
        string header = await File.ReadLinesAsync(Repository.Shipped("Bronze_Opportunity.csv"), TestContext.Current.CancellationToken).FirstAsync();
        await File.WriteAllTextAsync(folder.File("empty.csv"), header + "\n", TestContext.Current.CancellationToken);
        await database.ReconAsync("run", "deals", "--input", folder.File("empty.csv"));

        CliRun stats = await database.ReconAsync("stats", "deals");
        CliRun export = await database.ReconAsync("export", "deals", "--out", folder.File("updates"));

        Assert.Equal((0, 0), (stats.ExitCode, export.ExitCode));
        Assert.Equal("deals: the last run staged no records, of 0 read.\n", stats.Error.ReplaceLineEndings("\n"));
        Assert.Contains("at least 0 s; 0 of ", export.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quiet_AllWell_LeavesStandardErrorEmpty()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun[] runs =
        [
            await database.ReconAsync("run", "companies", "--quiet"),
            await database.ReconAsync("run", "companies", "--quiet", "--dry-run"),
            await database.ReconAsync("load", "companies", "--quiet"),
            await database.ReconAsync("stats", "--quiet"),
        ];

        Assert.All(runs, run => Assert.Equal((0, ""), (run.ExitCode, run.Error)));
    }

    [Fact]
    public async Task Quiet_Failure_IsToldWithItsWarnings()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--quiet", "--max-rejects", "0");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("recon: companies: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("holds U+FFFD", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_AfterAPartialRun_TellOfTheLastFullRun()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("run", "companies");
        CliRun before = await database.ReconAsync("stats", "companies", "--suppressed", "--rejected-values");
        await database.ReconAsync("run", "companies", "--ids", "1001");

        CliRun after = await database.ReconAsync("stats", "companies", "--suppressed", "--rejected-values");

        Assert.Equal(before.Out, after.Out);
    }

    [Fact]
    public async Task Rejects_DiskFull_IsAFailureOfTheFileAndNotOfTheRun()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs a device that is always full");
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "deals", "--rejects", "/dev/full", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal(
            ["companies completed", "deals completed"],
            document.RootElement.GetProperty("runs").EnumerateArray().Select(report =>
                $"{report.GetProperty("pipeline").GetString()} {report.GetProperty("outcome").GetString()}"));
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("companies: the result is published, but the rejects could not be written to /dev/full", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_RunMergesOnlyThem()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--ids", "1001,1003", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal(2, document.RootElement.GetProperty("runs")[0].GetProperty("staged").GetInt64());
        Assert.Equal("1001,1003", await database.QueryValueAsync<string>(
            "select string_agg(legacy_company_id, ',' order by legacy_company_id) from staging.companies_reconciliation"));
    }

    [Fact]
    public async Task Rejects_File_HoldsTheRunsRejectsForItsOwnerOnly()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = new();
        string path = folder.File("rejects.csv");
        await File.WriteAllTextAsync(path, RejectsHeader.Followed("open to everybody"), TestContext.Current.CancellationToken);

        CliRun run = await database.ReconAsync("run", "companies", "deals", "--rejects", path);

        string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("\"pipeline\",\"file\",\"line\"", text, StringComparison.Ordinal);
        Assert.Equal(8, text.Split("\r\n\"companies\",\"bronze_layer/Bronze_Company.csv\",").Length - 1);
        string[] deals = text.Split("\r\n\"deals\",\"bronze_layer/Bronze_Opportunity.csv\",\"")[1..];
        int[] lines = [.. deals.Select(rest => int.Parse(rest[..rest.IndexOf('"', StringComparison.Ordinal)], CultureInfo.InvariantCulture))];
        Assert.Equal(8, lines.Length);
        Assert.Equal(lines.Order(), lines);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Theory]
    [InlineData("pipeline.json", "the definition")]
    [InlineData("bronze_layer/Bronze_Company.csv", "the input of 'companies'")]
    [InlineData("linked/Bronze_Company.csv", "the input of 'companies'")]
    [InlineData("link.csv", "the input of 'companies'")]
    [InlineData("types.csv", "a map file of 'companies'")]
    [InlineData("ids", "the file of --ids-file")]
    [InlineData("somebody.txt", "does not begin as rejects do")]
    public async Task Rejects_FileThatIsNoneOfRejects_IsNotWrittenOver(string name, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need privileges there.");
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        string definition = await File.ReadAllTextAsync(folder.File("pipeline.json"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder.File("pipeline.json"),
            definition.Replace(
                "\"Comp_PhoneNumber\", \"convert\": [\"phone\"], \"compare\": \"phone\"",
                "\"Comp_PhoneNumber\", \"convert\": [{ \"kind\": \"map-file\", \"path\": \"types.csv\" }]",
                StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("types.csv"), "from,to\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("ids"), "1001\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("somebody.txt"), "somebody's own", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(folder.File("linked"), folder.File("bronze_layer"));
        File.CreateSymbolicLink(folder.File("link.csv"), folder.File("bronze_layer/Bronze_Company.csv"));
        byte[] before = await File.ReadAllBytesAsync(folder.File(name), TestContext.Current.CancellationToken);

        CliRun run = await CliRun.OfAsync(
            "run", "companies", "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString,
            "--ids-file", folder.File("ids"), "--rejects", folder.File(name));

        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(before, await File.ReadAllBytesAsync(folder.File(name), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("bronze_layer/*.csv", "linked/Rejects.csv")]
    [InlineData("linked/*.csv", "bronze_layer/Rejects.csv")]
    [InlineData("bronze_*/*.csv", "linked/Rejects.csv")]
    [InlineData("*/*_Company.csv", "linked/Other_Company.csv")]
    public async Task Rejects_NewFileOfAGlobbedInputByALinkedFolder_IsRefused(string pattern, string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need privileges there.");
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        Directory.CreateSymbolicLink(folder.File("linked"), folder.File("bronze_layer"));
        string definition = await File.ReadAllTextAsync(folder.File("pipeline.json"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder.File("pipeline.json"),
            definition.Replace("bronze_layer/Bronze_Company.csv", pattern, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        CliRun run = await CliRun.OfAsync(
            "run", "companies", "--definition", folder.File("pipeline.json"), "--postgres", "Host=nowhere.invalid", "--rejects", folder.File(name));

        Assert.Contains("the input of 'companies'", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
        Assert.False(File.Exists(folder.File(name)));
    }

    // The next run would read the rejects as records.
    [Fact]
    public async Task Rejects_FileThatJoinsTheInput_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");

        CliRun run = await CliRun.OfAsync(
            "run", "companies", "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString,
            "--input", folder.File("bronze_layer/*.csv"), "--rejects", folder.File("bronze_layer/rejects.csv"));

        Assert.Contains("would write over the file of --input", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
    }

    [Fact]
    public async Task Clear_WithoutYes_RefusesAndWithYesEmpties()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("run", "companies", "deals");

        CliRun refused = await database.ReconAsync("clear", "companies");
        long before = await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation");
        CliRun cleared = await database.ReconAsync("clear", "companies", "--yes");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("add --yes", refused.Error, StringComparison.Ordinal);
        Assert.Equal(283, before);
        Assert.Equal("companies: 283 rows removed.\n", cleared.Out.ReplaceLineEndings("\n"));
        Assert.Equal(0, await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation"));
        Assert.Equal(484, await database.QueryValueAsync<long>("select count(*) from staging.deals_reconciliation"));
    }

    [Fact]
    public async Task Clear_WhileTheRunOfAnotherHoldsThePipeline_ExitsWith5()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("setup");
        await database.ExecuteAsync("""
            insert into staging.reconciliation_lease
            select 'companies', gen_random_uuid(), 1, 'ann@host', pg_backend_pid(), clock_timestamp(), clock_timestamp() + interval '1 hour'
            """);

        CliRun held = await database.ReconAsync("clear", "companies", "--yes");

        Assert.Equal(5, held.ExitCode);
        Assert.Contains("ann@host", held.Error, StringComparison.Ordinal);
        Assert.Contains("recon clear --release companies", held.Error, StringComparison.Ordinal);

        CliRun released = await database.ReconAsync("clear", "--release", "companies", "--yes");
        CliRun again = await database.ReconAsync("clear", "--release", "companies", "deals", "--json");
        CliRun cleared = await database.ReconAsync("clear", "companies", "--yes");

        Assert.Matches("^companies: released; it was held by ann@host \\(since .* UTC, last sign of life .* UTC\\)\\.$", released.Out.Trim());
        Assert.Equal("""{"released":{"companies":null,"deals":null}}""", again.Out.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((0, 0, 0), (released.ExitCode, again.ExitCode, cleared.ExitCode));
    }

    [Fact]
    public async Task Clear_ReleaseWhileAnotherRunTakesThePipeline_LeavesItAndSaysWhoHoldsIt()
    {
        await using TestDatabase database = await HeldDatabaseAsync("companies");
        using var answers = new Answers(() =>
        {
            using var other = new NpgsqlConnection(database.ConnectionString);
            other.Open();
            using var take = new NpgsqlCommand(
                "update staging.reconciliation_lease set run_id = gen_random_uuid(), epoch = epoch + 1, holder = 'bob@host'", other);
            take.ExecuteNonQuery();
            return "y";
        });

        CliRun changed = await AnsweringAsync(database, answers, "clear", "--release", "companies");

        Assert.Equal(5, changed.ExitCode);
        Assert.Contains("Take companies from ann@host", changed.Error, StringComparison.Ordinal);
        Assert.Contains("companies was not released: it is now held by bob@host", changed.Error, StringComparison.Ordinal);
        Assert.Empty(changed.Out);
        Assert.Equal(1, await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_lease where run_id is not null and epoch = 2"));
    }

    [Theory]
    [InlineData("^companies: released; it was held by ann@host .*\\.\\s*$")]
    [InlineData("^\\{\\s*\"released\": \\{\\s*\"companies\": \"ann@host [^\"]*\"\\s*\\}\\s*\\}\\s*$", "--json")]
    public async Task Clear_ReleaseOfTwoOfWhichOneIsRefused_TellsOfTheOther(string told, params string[] options)
    {
        await using TestDatabase database = await HeldDatabaseAsync("companies", "deals");
        var said = new Queue<string>(["y", "n"]);
        using var answers = new Answers(said.Dequeue);

        CliRun refused = await AnsweringAsync(database, answers, ["clear", "--release", "companies", "deals", .. options]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Nothing else has changed.", refused.Error, StringComparison.Ordinal);
        Assert.Matches(told, refused.Out);
        Assert.Equal("deals", await database.QueryValueAsync<string>("select pipeline from staging.reconciliation_lease where run_id is not null"));
    }

    [Theory]
    [InlineData("--release needs the names", "clear", "--release", "--yes")]
    [InlineData("exclude each other", "clear", "companies", "--release", "--attempts", "--yes")]
    public async Task Clear_ReleaseOfNothingOrOfAttempts_IsAUsageError(string message, params string[] arguments)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun refused = await database.ReconAsync(arguments);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(message, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clear_Attempts_DropsThemAndLeavesTheResult()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("run", "companies");
        await database.ExecuteAsync("""
            create table staging.companies_reconciliation__0123456789ab ();
            insert into staging.reconciliation_log (run_id, pipeline, outcome, definition_fingerprint, input_fingerprint,
                tool_version, staging_version, attempt_table)
            values (gen_random_uuid(), 'companies', 'failed', '', '', '', 1, 'companies_reconciliation__0123456789ab')
            """);

        CliRun dropped = await database.ReconAsync("clear", "companies", "--attempts", "--yes");

        Assert.Equal("companies: 1 unfinished run discarded.\n", dropped.Out.ReplaceLineEndings("\n"));
        Assert.Null(await database.QueryValueAsync<string>(
            "select to_regclass('staging.companies_reconciliation__0123456789ab')::text"));
        Assert.Equal(283, await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation"));
    }

    [Fact]
    public async Task Setup_Twice_CreatesAllTablesOnce()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();

        CliRun first = await database.ReconAsync("setup");
        CliRun second = await database.ReconAsync("setup", "--json");

        Assert.Equal(0, first.ExitCode);
        using JsonDocument document = JsonDocument.Parse(second.Out);
        Assert.Equal(7, document.RootElement.GetProperty("tables").GetArrayLength());
        Assert.Equal(4, await database.QueryValueAsync<long>(
            "select count(*) from pg_class where relnamespace = 'staging'::regnamespace and relkind = 'p'"));
    }

    private async Task<TestDatabase> HeldDatabaseAsync(params string[] pipelines)
    {
        TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("setup");
        foreach (string pipeline in pipelines)
        {
            await database.ExecuteAsync($"""
                insert into staging.reconciliation_lease
                select '{pipeline}', gen_random_uuid(), 1, 'ann@host', pg_backend_pid(), clock_timestamp(), clock_timestamp()
                """);
        }

        return database;
    }

    private static async Task<CliRun> AnsweringAsync(TestDatabase database, Answers answers, params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        using var context = CliContext.Of(output, error, _ => null, TestContext.Current.CancellationToken, answers);
        int exitCode = await ReconCommandLine.InvokeAsync(
            [.. args, "--definition", DemoDatabase.Definition, "--postgres", database.ConnectionString], context);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    private sealed class Answers(Func<string> next) : TextReader
    {
        public override string ReadLine() => next();
    }
}
