using System.Text.Json;
using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Each failure: its exit code, and one clear message without a stack trace.</summary>
public sealed class FailureTests(PostgresServer server)
{
    [Fact]
    public async Task UnknownPipeline_Exits2WithSuggestion()
    {
        CliRun run = await CliRun.OfAsync("run", "compnies", "--definition", DemoDatabase.Definition);

        AssertRefused(run, 2, "There is no pipeline 'compnies'. Did you mean 'companies'?");
    }

    [Theory]
    [InlineData("recon: Unknown command 'rnu'. Did you mean 'run'?\nRun 'recon --help'", "rnu")]
    [InlineData("recon: Unknown command 'frobnicate'.\nRun 'recon --help'", "frobnicate", "companies")]
    [InlineData("recon: Unknown option '--jsno'. Did you mean '--json'?\nRun 'recon --help'", "--jsno")]
    [InlineData("recon: 'recon run' has no option '--limt'. Did you mean '--limit'?\nRun 'recon run --help' for its options.", "run", "--limt", "5")]
    [InlineData("'recon run' has no option '--limt=5'. Did you mean '--limit'?", "run", "companies", "--limt=5")]
    [InlineData("'recon check' has no option '--record'. Did you mean '--records'?", "check", "--record", "5")]
    [InlineData("'recon log' has no option '--jsn'. Did you mean '--json'?", "log", "--jsn")]
    [InlineData("There is no pipeline '--limt'", "run", "--", "--limt")]
    [InlineData("--status takes matched, unmatched, ambiguous or conflict, not 'match'. Did you mean 'matched'?", "show", "companies", "--status", "match")]
    [InlineData("The query takes match, unmatched, stats or updates, not 'update'. Did you mean 'updates'?", "sql", "companies", "update")]
    [InlineData("--metrics takes none, console and otlp, not 'prometheus'", "run", "--metrics", "console,prometheus")]
    [InlineData("'recon stats' has no metrics to export", "stats", "--metrics", "console")]
    [InlineData("--input needs exactly one pipeline", "run", "--input", "x.csv")]
    [InlineData("--resume continues the run that --fresh discards", "run", "--resume", "--fresh")]
    [InlineData("--limit takes a number of records, at least 1", "run", "--limit", "0")]
    [InlineData("--max-rejects takes a number such as 100 or a percentage such as 5%", "run", "--max-rejects", "many")]
    [InlineData("--limit takes a whole number, not 'abc'.", "run", "--limit", "abc")]
    [InlineData("--min-confidence takes a number, not 'x'.", "export", "companies", "--min-confidence", "x")]
    [InlineData("--ids and --ids-file both say which records to run", "run", "--ids", "1", "--ids-file", "ids")]
    [InlineData("cannot both read standard input", "run", "companies", "--input", "-", "--ids-file", "-")]
    [InlineData("There is no pipeline '@nope'", "run", "@nope")]
    [InlineData("nope.json:1:1: $: error: there is no such file", "run", "--definition", "nope.json")]
    public async Task Usage_Wrong_Exits2AndSaysWhatToWrite(string message, params string[] args)
    {
        string[] definition = args.Contains("--definition") || args[0] is "rnu" or "frobnicate" or "--jsno" ? [] : ["--definition", DemoDatabase.Definition];

        AssertRefused(await CliRun.OfAsync([.. definition, .. args]), 2, message);
    }

    [Fact]
    public async Task Explain_IdBelowZero_IsNoOption()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("explain", "companies", "-5");

        Assert.Contains("no record in bronze_layer/Bronze_Company.csv has the id -5", run.Error + run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'recon log' has no option '--limt'. Did you mean '--limit'?", "log", "--limt", "--json")]
    [InlineData("There is no pipeline 'compnies'.", "stats", "compnies", "--json")]
    public async Task Json_Failure_IsOneDocumentWithMessageAndExitCode(string message, params string[] args)
    {
        CliRun run = await CliRun.OfAsync(["--definition", DemoDatabase.Definition, .. args]);

        JsonElement error = JsonDocument.Parse(run.Out).RootElement.GetProperty("error");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(2, error.GetProperty("exit_code").GetInt32());
        Assert.StartsWith(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_ProblemsOfTheDefinition_HaveTheirPlaces()
    {
        using TempFolder folder = new();
        string path = folder.File("pipeline.json");
        await File.WriteAllTextAsync(path, "{\n  \"piplines\": []\n}", TestContext.Current.CancellationToken);

        CliRun run = await CliRun.OfAsync("check", "--json", "--definition", path);

        JsonElement[] problems = [.. JsonDocument.Parse(run.Out).RootElement.GetProperty("error").GetProperty("problems").EnumerateArray()];
        JsonElement problem = Assert.Single(problems, each => each.GetProperty("path").GetString() == "$.piplines");
        Assert.Equal((path, 2), (problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32()));
        Assert.Contains("'pipelines'", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_InputOfTheOptionHasChanged_NamesThatFile()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = new();
        string input = folder.File("other.csv");
        File.Copy(Path.Combine(Repository.Root, "bronze_layer", "Bronze_Company.csv"), input);
        await database.ReconAsync("run", "companies", "--input", input);
        await database.ExecuteAsync("""
            create table staging.companies_reconciliation__0123456789ab ();
            update staging.reconciliation_log set outcome = 'failed', attempt_table = 'companies_reconciliation__0123456789ab'
            """);
        await File.AppendAllTextAsync(input, "\n", TestContext.Current.CancellationToken);

        AssertRefused(await database.ReconAsync("run", "companies", "--input", input, "--resume"), 2, $"the input ({input}) has changed since");
    }

    [Theory]
    [InlineData("The file of --rejects cannot be written: the folder of no-such/r.csv does not exist.", "run", "companies", "--rejects", "no-such/r.csv")]
    [InlineData("The file 'no-such/e.csv' cannot be written: the folder of no-such/e.csv does not exist.", "export", "companies", "--format", "csv", "--out", "no-such/e.csv")]
    public async Task File_CannotBeWritten_IsCalledByTheNameThatWasGiven(string message, params string[] args)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("setup");

        AssertRefused(await database.ReconAsync(args), 2, message);
    }

    [Fact]
    public async Task Definition_Folder_IsCalledOne()
    {
        using TempFolder folder = TempFolder.WithDefinition();

        CliRun run = await CliRun.OfAsync("run", "--definition", folder.Path);

        AssertRefused(run, 2, $"this is a folder; name the file in it, such as {folder.File("pipeline.json")}");
    }

    [Fact]
    public async Task Input_LinkOutOfTheFolder_NamesTheWaysOut()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        File.CreateSymbolicLink(folder.File("bronze_layer/Bronze_Company.csv"), Repository.Shipped("Bronze_Company.csv"));

        CliRun run = await CliRun.OfAsync(
            "run", "companies", "--definition", folder.File("pipeline.json"), "--postgres", database.ConnectionString);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("set \"allowPathsOutside\" in the definition", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definition_EightMistakes_AllReportedAndNothingStarted()
    {
        using TempFolder folder = new();
        string path = folder.File("pipeline.json");
        string text = await File.ReadAllTextAsync(DemoDatabase.Definition, TestContext.Current.CancellationToken);
        foreach ((string right, string wrong) in ((string, string)[])[
            ("\"postgres\": \"embedded\"", "\"postgre\": \"embedded\""),
            ("\"timeZone\": \"Europe/Paris\"", "\"timeZone\": \"Europe/Pari\""),
            ("\"name\": \"contacts\"", "\"name\": \"companies\""),
            ("{ \"kind\": \"batch\", \"rows\": 1000 }", "{ \"kind\": \"batch\", \"rows\": \"many\" }"),
            ("\"idType\": \"number\"", "\"idType\": \"nubmer\""),
            ("\"convert\": [\"phone\"]", "\"convert\": [\"fone\"]"),
            ("\"legacyId\": \"legacy_deal_id\",", ""),
            ("\"hubspot\": \"name\"", "\"hubspot\": 7")])
        {
            int at = text.IndexOf(right, StringComparison.Ordinal);
            text = text[..at] + wrong + text[(at + right.Length)..];
        }

        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);

        CliRun run = await CliRun.OfAsync("run", "--definition", path);

        string[] lines = [.. run.Error.Split('\n').Where(line => line.StartsWith(path, StringComparison.Ordinal))];
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.True(lines.Length >= 8, run.Error);
        Assert.All(lines, line => Assert.Matches(@"pipeline\.json:\d+:\d+: \$", line));
        Assert.Contains("did you mean 'postgres'", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File(".recon")));
    }

    [Fact]
    public async Task Rejects_AboveLimit_Exit3AndOtherPipelinesStillRun()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "deals", "--max-rejects", "0", "--json");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal(3, run.ExitCode);
        Assert.Equal(2, document.RootElement.GetProperty("runs").GetArrayLength());
        Assert.All(document.RootElement.GetProperty("runs").EnumerateArray(), one => Assert.Equal("failed", one.GetProperty("outcome").GetString()));
        Assert.Equal(0, await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation"));
    }

    [Fact]
    public async Task Rejects_AboveLimitButPublishAnyway_Publishes()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--max-rejects", "0", "--publish-anyway");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(283, await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation"));
    }

    [Fact]
    public async Task Server_NotThere_Exits4()
        => AssertRefused(
            await RunAsync("Host=127.0.0.1;Port=1;Username=recon;Database=nowhere"),
            4,
            "Nothing accepts connections at 127.0.0.1:1/nowhere as recon");

    [Fact]
    public async Task Server_UnknownHost_Exits4()
        => AssertRefused(
            await RunAsync("Host=no-such-host.invalid;Username=recon;Database=x"),
            4,
            "The host name of no-such-host.invalid:5432/x as recon could not be translated to an address");

    [Fact]
    public async Task Server_WrongPassword_Exits2WithoutSayingIt()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("RECON_TEST_POSTGRES") is null, "The stated server may ask for no password.");
        await using TestDatabase database = await server.CreateDatabaseAsync();
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "s3cret-and-wrong" };

        CliRun run = await RunAsync(wrong.ConnectionString);

        AssertRefused(run, 2, "password");
        Assert.DoesNotContain("s3cret", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mirror_MissingSchema_Exits2()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();

        CliRun run = await database.ReconAsync("run");

        AssertRefused(run, 2, "companies: The table hubspot.companies does not exist");
        Assert.Contains("Not run: contacts, deals, communications.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mirror_MissingColumn_Exits2()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("alter table hubspot.companies rename icalps_company_id to legacy");

        AssertRefused(await database.ReconAsync("run"), 2, "column \"icalps_company_id\" does not exist in hubspot.companies");
    }

    [Fact]
    public async Task Input_Missing_Exits2()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        AssertRefused(await database.ReconAsync("run", "companies", "--input", "nowhere.csv"), 2, "nowhere.csv");
    }

    [Fact]
    public async Task Verbose_Failure_ShowsStackTrace()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();

        CliRun run = await database.ReconAsync("run", "--verbose");

        Assert.Contains("   at Recon.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_WithoutStaging_Exits2AndNamesTheWayOut()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();

        AssertRefused(await database.ReconAsync("stats"), 2, "staging.companies_reconciliation does not exist. 'recon setup' creates it");
    }

    [Fact]
    public async Task Pipeline_HeldByAnother_Exits5()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("setup");
        await using var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand(
            """
            insert into staging.reconciliation_lease (pipeline, run_id, epoch, holder, backend_pid, acquired_at, heartbeat_at)
            values ('companies', gen_random_uuid(), 1, 'somebody@elsewhere', pg_backend_pid(), clock_timestamp(), clock_timestamp())
            """,
            holder);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        using TempFolder folder = new();
        string rejects = folder.File("rejects.csv");
        await File.WriteAllTextAsync(rejects, RejectsHeader.Followed("those of the last run"), TestContext.Current.CancellationToken);

        AssertRefused(
            await database.ReconAsync("run", "companies", "--rejects", rejects), 5, "is being run by somebody@elsewhere since");
        Assert.Equal(RejectsHeader.Followed("those of the last run"), await File.ReadAllTextAsync(rejects, TestContext.Current.CancellationToken));
    }

    private static Task<CliRun> RunAsync(string connection)
        => CliRun.OfAsync("run", "--definition", DemoDatabase.Definition, "--postgres", connection, "--insecure-tls");

    private static void AssertRefused(CliRun run, int exitCode, string message)
    {
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
