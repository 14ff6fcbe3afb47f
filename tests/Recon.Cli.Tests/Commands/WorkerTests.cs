using System.Globalization;
using System.Text.Json;
using Npgsql;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary><c>recon run --workers</c> and <c>recon worker</c>, as processes of their own.</summary>
public sealed class WorkerTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Kills = 3;
    private const int Disturbances = 3;

    [Fact]
    public async Task Run_WithTwoWorkers_GivesTheContentOfARunWithout()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);

        CliRun run = await RunAsync(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "2", "--quiet"]);

        Assert.True(run.ExitCode == 0, run.Error);
        await PublishedContent.RequireAsync(database, golden, "two workers");
        Assert.Equal("completed", await database.QueryValueAsync<string>("select outcome from staging.reconciliation_job"));
        Assert.Equal(0L, await database.QueryValueAsync<long>("select count(*) from recon_cluster.orleansmembershiptable"));
    }

    [Fact]
    public async Task Worker_FromAnotherProcess_JoinsARunThatWaits()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);
        await using CliProcess worker = Start(folder, database, "worker", ["--once"]);
        await worker.WaitForErrorAsync("Waiting for a run with workers.");

        CliRun run = await RunAsync(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "0"]);
        CliRun ended = await worker.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Contains("Joined run", ended.Error, StringComparison.Ordinal);
        await PublishedContent.RequireAsync(database, golden, "a worker of its own");
    }

    [Fact]
    public async Task Worker_WithoutTheCertificateOfTheRun_SaysSoAndLeavesItToOthers()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);
        string certificate = Certificates.Write(folder.File("recon.pfx"));
        string another = Certificates.Write(folder.File("another.pfx"));
        await using CliProcess without = Start(folder, database, "worker", ["--once"]);
        await using CliProcess withAnother = Start(folder, database, "worker", ["--once", "--cluster-certificate", another]);
        await without.WaitForErrorAsync("Waiting for a run with workers.");
        await withAnother.WaitForErrorAsync("Waiting for a run with workers.");

        await using CliProcess run = Start(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "0", "--cluster-certificate", certificate]);
        await without.WaitForErrorAsync("is not joined: its processes have a certificate, and this one was started without --cluster-certificate.");
        await withAnother.WaitForErrorAsync("is not joined: its processes have a different certificate from the one that --cluster-certificate named when this one was started.");
        CliRun worker = await RunAsync(folder, database, "worker", ["--once", "--cluster-certificate", certificate]);
        CliRun ended = await run.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.True(worker.ExitCode == 0, worker.Error);
        Assert.DoesNotContain("cannot be reached", worker.Error, StringComparison.Ordinal);
        await PublishedContent.RequireAsync(database, golden, "a worker with the certificate");
    }

    [Fact]
    public async Task Worker_OfARunThatIsCancelled_SaysSoAndEndsWithFour()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        await using CliProcess run = Start(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "0"]);
        await run.WaitForErrorAsync("Waiting for workers");
        await using CliProcess worker = Start(folder, database, "worker", ["--once"]);
        await using (var connection = new NpgsqlConnection(database.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using NpgsqlTransaction held = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("lock table staging.reconciliation_ledger in share mode", connection, held);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await worker.WaitForErrorAsync("Joined run");
            run.Signal(15);
            await run.WaitForErrorAsync("Stopping");
        }

        CliRun cancelled = await run.EndAsync();
        CliRun left = await worker.EndAsync();

        Assert.Equal(143, cancelled.ExitCode);
        Assert.Equal("cancelled", await database.QueryValueAsync<string>("select outcome from staging.reconciliation_job"));
        Assert.True(left.ExitCode == 4, left.Error);
        Assert.Contains("The run was cancelled, and can be resumed.", left.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_OfARunThatFails_SaysSoAndEndsWithFour()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        await GoldenAsync(folder, database);
        await using CliProcess worker = Start(folder, database, "worker", ["--once"]);
        await worker.WaitForErrorAsync("Waiting for a run with workers.");

        CliRun run = await RunAsync(folder, database, "run", ["companies", "--workers", "0", "--full", "--max-rejects", "0"]);
        CliRun left = await worker.EndAsync();

        Assert.True(run.ExitCode == 3, run.Error);
        Assert.True(left.ExitCode == 4, left.Error);
        Assert.Contains("The run has failed; its coordinator and 'recon log' say why.", left.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_LoadsTheClusterForWorkersOnly(bool hasWorkers)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        await GoldenAsync(folder, database);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction held = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand("lock table staging.reconciliation_ledger in share mode", connection, held);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await using CliProcess process = Start(folder, database, "run", ["companies", "--full", .. hasWorkers ? (string[])["--workers", "1"] : []]);
        await Until.TrueAsync(
            "a batch that waits",
            () => database.QueryValueAsync<bool>(
                "select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%reconciliation_ledger%')"),
            TestContext.Current.CancellationToken);

        Assert.True(process.HasLoaded("Npgsql"));
        Assert.Equal(hasWorkers, process.HasLoaded("Orleans"));
        await held.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, (await process.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Run_WhoseCoordinatorIsStoppedForAWhile_TellsWhatItsSuccessorMade()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);
        long before = await LedgerAsync(database);
        string rejects = folder.File("rejects.csv");
        await using CliProcess process = Start(
            folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "2", "--full", "--json", "--rejects", rejects]);
        await AtWorkAsync(process, database, before + 1, "the first batches");

        process.Signal(19);
        await EndOfJobAsync(database, "the end of the job");
        process.Signal(18);
        CliRun run = await process.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("Another process has taken over the run.", run.Error, StringComparison.Ordinal);
        await PublishedContent.RequireAsync(database, golden, "a coordinator that was stopped");
        Assert.Equal(
            PublishedContent.Pipelines.Select(pipeline => (pipeline, "completed")),
            JsonDocument.Parse(run.Out).RootElement.GetProperty("runs").EnumerateArray()
                .Select(report => (report.GetProperty("pipeline").GetString()!, report.GetProperty("outcome").GetString()!)));
        foreach (string pipeline in PublishedContent.Pipelines)
        {
            long count = await database.QueryValueAsync<long>($"select count(*) from staging.reconciliation_rejects where pipeline = '{pipeline}'");
            Assert.Contains($"{pipeline}: {Show.Count(count)} rejects written to {rejects}.", run.Error, StringComparison.Ordinal);
        }
    }

    // As whatever restarts what died does, such as Kubernetes.
    [Fact]
    public async Task Run_StartedAgainWhileAWorkerFinishesIt_WaitsAndTellsHowItEnded()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);
        string[] options = [.. PublishedContent.Pipelines, "--workers", "2", "--full", "--resume", "--json"];
        await using CliProcess first = Start(folder, database, "run", options);
        await AtWorkAsync(first, database, await LedgerAsync(database) + 1, "the first batches");
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction held = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand("lock table staging.reconciliation_ledger in share mode", connection, held);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        first.Kill();

        await using CliProcess again = Start(folder, database, "run", options);
        await again.WaitForErrorAsync("Another process is continuing it. This one waits until it ends");
        await held.RollbackAsync(TestContext.Current.CancellationToken);
        CliRun run = await again.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("The run has ended: completed.", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_job"));
        Assert.Equal(
            PublishedContent.Pipelines,
            JsonDocument.Parse(run.Out).RootElement.GetProperty("runs").EnumerateArray().Select(report => report.GetProperty("pipeline").GetString()!));
        await PublishedContent.RequireAsync(database, golden, "a run that was started again");
        await first.EndAsync();
    }

    [Fact]
    public async Task Run_StartedAgainWhenNobodyIsLeft_GoesOnItself()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);
        await using CliProcess first = Start(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "0", "--full"]);
        await first.WaitForErrorAsync("Waiting for workers");
        first.Kill();

        CliRun run = await RunAsync(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "2", "--full", "--resume"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("This process takes it over.", run.Error, StringComparison.Ordinal);
        await PublishedContent.RequireAsync(database, golden, "a run that was started again");
        Assert.Equal(
            "abandoned, completed",
            await database.QueryValueAsync<string>("select string_agg(outcome, ', ' order by started_at) from staging.reconciliation_job"));
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Run_DisturbedAtRandom_GivesTheContentOfARunWithout()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("RECON_SEED"), CultureInfo.InvariantCulture, out int stated) ? stated : Random.Shared.Next();
        var random = new Random(seed);
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);
        long batches = await LedgerAsync(database);
        string[] disturbances = ["kill a worker", "stop a worker", "stop the coordinator", "kill both", "end all sessions"];
        foreach (string disturbance in disturbances.OrderBy(_ => random.Next()).Take(Disturbances))
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"{disturbance}, seed {seed}");
            await using CliProcess process = Start(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "3", "--full"]);
            await AtWorkAsync(process, database, await LedgerAsync(database) + random.Next((int)batches / 2), what);
            IReadOnlyList<int> workers = process.Children();
            int worker = workers[random.Next(workers.Count)];
            switch (disturbance)
            {
                case "kill a worker":
                    CliProcess.Signal(9, worker);
                    break;
                case "stop a worker":
                    CliProcess.Signal(19, worker);
                    await UntilEndedOrAsync(
                        database, what, $"not exists (select 1 from staging.reconciliation_split where worker like '%-{worker}-%')");
                    CliProcess.Signal(18, worker);
                    break;
                case "stop the coordinator":
                    string coordinator = await database.QueryValueAsync<string>("select coordinator from staging.reconciliation_job where ended_at is null") ?? "";
                    process.Signal(19);
                    await UntilEndedOrAsync(
                        database, what, $"exists (select 1 from staging.reconciliation_job where ended_at is null and coordinator not in ('', '{coordinator}'))");
                    process.Signal(18);
                    break;
                case "kill both":
                    CliProcess.Signal(9, worker);
                    process.Kill();
                    break;
                default:
                    await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
                    break;
            }

            await EndOfJobAsync(database, $"the end of the job ({what})");
            CliRun run = await process.EndAsync();
            Assert.True(disturbance == "kill both" || run.ExitCode == 0, $"{what}: {run.Error}");
            await PublishedContent.RequireAsync(database, golden, what);
        }
    }

    [Fact]
    public async Task Worker_OfAJobThatNeverWas_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        var job = Guid.CreateVersion7();

        CliRun run = await RunAsync(folder, database, "worker", ["--job", job.ToString()]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--job {job}: staging.reconciliation_job has no such run.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_OfAJobThatHasFailed_EndsWithFour()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        CliRun run = await RunAsync(folder, database, "run", ["companies", "--workers", "1", "--max-rejects", "0"]);
        Assert.True(run.ExitCode == 3, run.Error);
        Guid job = await database.QueryValueAsync<Guid>("select job_id from staging.reconciliation_job");

        CliRun late = await RunAsync(folder, database, "worker", ["--job", job.ToString(), "--json"]);

        Assert.True(late.ExitCode == 4, late.Error);
        Assert.Contains($"Run {job} has ended: The run has failed", late.Error, StringComparison.Ordinal);
        Assert.Equal("failed", JsonDocument.Parse(late.Out).RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Run_WhoseCoordinatorIsKilled_IsFinishedByAWorker() => await KillAsync(1);

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Run_WhoseCoordinatorIsKilledAtRandom_IsFinishedByAWorkerEachTime() => await KillAsync(Kills);

    [Theory]
    [InlineData("run --workers 2 --dry-run", "--dry-run writes nothing")]
    [InlineData("run --workers 2 --limit 5", "--limit, --ids and --ids-file")]
    [InlineData("run companies --workers 2 --ids 1", "--limit, --ids and --ids-file")]
    [InlineData("run companies --workers 2 --input https://store.example/a.csv?sig=x", "--input with a user or anything after ?")]
    [InlineData("run companies --workers 2 --input https://user:pass@store.example/a.csv", "--input with a user")]
    [InlineData("run --workers 65", "from 0 to 64")]
    [InlineData("run --listen auto", "are for runs with --workers")]
    [InlineData("worker --job x", "--job takes the id of a run")]
    [InlineData("worker --listen a:b:c", "--listen takes an address, a name or auto")]
    [InlineData("worker --cluster-certificate none.pfx", "--cluster-certificate none.pfx: there is no such file.")]
    [InlineData("worker --cluster-certificate pipeline.json", "--cluster-certificate pipeline.json cannot be read")]
    public async Task Command_ThatContradictsWorkers_IsRefused(string line, string why)
    {
        using TempFolder folder = PublishedContent.SmallBatches();
        await using CliProcess process = CliProcess.StartBuilt(folder.Path, line.Split(' '));
        CliRun run = await process.EndAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    private async Task KillAsync(int kills)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("RECON_SEED"), CultureInfo.InvariantCulture, out int stated) ? stated : Random.Shared.Next();
        var random = new Random(seed);
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        string golden = await GoldenAsync(folder, database);
        long batches = await LedgerAsync(database);
        List<double> seconds = [];
        for (int kill = 1; kill <= kills; kill++)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"kill {kill} of seed {seed}");
            long before = await LedgerAsync(database);
            long commits = before + random.Next((int)batches / 2);
            await using CliProcess process = Start(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "2", "--full"]);
            await AtWorkAsync(process, database, commits, what);
            process.Kill();
            long killed = TimeProvider.System.GetTimestamp();
            string was = await database.QueryValueAsync<string>("select coordinator from staging.reconciliation_job order by started_at desc limit 1") ?? "";
            await Until.TrueAsync(
                $"another coordinator or the end ({what})",
                async () => await database.QueryValueAsync<long>(
                    $"select count(*) from staging.reconciliation_job where coordinator = '{was}' and ended_at is null") == 0,
                TestContext.Current.CancellationToken);
            seconds.Add(TimeProvider.System.GetElapsedTime(killed).TotalSeconds);
            await EndOfJobAsync(database, $"the end of the job ({what})");
            await PublishedContent.RequireAsync(database, golden, what);
            await process.EndAsync();
        }

        output.WriteLine($"Taken over after {string.Join(", ", seconds.Order().Select(time => time.ToString("0.0", CultureInfo.InvariantCulture)))} s; seed {seed}.");
    }

    private static Task<long> LedgerAsync(TestDatabase database) => database.QueryValueAsync<long>("select count(*) from staging.reconciliation_ledger");

    // Some batches are committed, and workers have more.
    private static Task AtWorkAsync(CliProcess process, TestDatabase database, long commits, string what) => Until.TrueAsync(
        $"batches in the ledger ({what})",
        async () => process.HasExited
            || (await LedgerAsync(database) >= commits
                && await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_split where worker is not null") > 0),
        TestContext.Current.CancellationToken);

    private static Task EndOfJobAsync(TestDatabase database, string what) => UntilEndedOrAsync(database, what, "false");

    private static Task UntilEndedOrAsync(TestDatabase database, string what, string condition) => Until.TrueAsync(
        what,
        () => database.QueryValueAsync<bool>($"select not exists (select 1 from staging.reconciliation_job where ended_at is null) or {condition}"),
        TestContext.Current.CancellationToken);

    private static async Task<string> GoldenAsync(TempFolder folder, TestDatabase database)
    {
        CliRun run = await RunAsync(folder, database, "run", PublishedContent.Pipelines);
        Assert.True(run.ExitCode == 0, run.Error);
        return await PublishedContent.ReadAsync(database);
    }

    private static async Task<CliRun> RunAsync(TempFolder folder, TestDatabase database, string command, IReadOnlyList<string> options)
    {
        await using CliProcess process = Start(folder, database, command, options);
        return await process.EndAsync();
    }

    private static CliProcess Start(TempFolder folder, TestDatabase database, string command, IReadOnlyList<string> options)
        => CliProcess.StartBuilt(folder.Path, [command, .. options, "--postgres", database.ConnectionString]);
}
