using System.Globalization;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary><c>recon run --workers</c> and <c>recon worker</c>, as processes of their own.</summary>
public sealed class WorkerTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Kills = 10;

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
    public async Task Run_WhoseCoordinatorIsKilled_IsFinishedByAWorker() => await KillAsync(1);

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Run_WhoseCoordinatorIsKilledAtRandom_IsFinishedByAWorkerEachTime() => await KillAsync(Kills);

    [Theory]
    [InlineData("run --workers 2 --dry-run", "--dry-run writes nothing")]
    [InlineData("run --workers 2 --limit 5", "--limit, --ids and --ids-file")]
    [InlineData("run companies --workers 2 --ids 1", "--limit, --ids and --ids-file")]
    [InlineData("run --workers 65", "from 0 to 64")]
    [InlineData("run --listen auto", "are for runs with --workers")]
    [InlineData("worker --job x", "--job takes the id of a run")]
    public async Task Command_ThatContradictsWorkers_IsRefused(string line, string why)
    {
        using TempFolder folder = PublishedContent.SmallBatches();
        await using CliProcess process = CliProcess.Start(folder.Path, [], line.Split(' '));
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
        long batches = await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_ledger");
        List<double> seconds = [];
        for (int kill = 1; kill <= kills; kill++)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"kill {kill} of seed {seed}");
            long before = await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_ledger");
            long commits = before + random.Next((int)batches / 2);
            await using CliProcess process = Start(folder, database, "run", [.. PublishedContent.Pipelines, "--workers", "2", "--full"]);
            await Until.TrueAsync(
                $"batches in the ledger ({what})",
                async () => process.HasExited
                    || (await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_ledger") >= commits
                        && await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_split where worker is not null") > 0),
                TestContext.Current.CancellationToken);
            process.Kill();
            long killed = TimeProvider.System.GetTimestamp();
            string was = await database.QueryValueAsync<string>("select coordinator from staging.reconciliation_job order by started_at desc limit 1") ?? "";
            await Until.TrueAsync(
                $"another coordinator or the end ({what})",
                async () => await database.QueryValueAsync<long>(
                    $"select count(*) from staging.reconciliation_job where coordinator = '{was}' and ended_at is null") == 0,
                TestContext.Current.CancellationToken);
            seconds.Add(TimeProvider.System.GetElapsedTime(killed).TotalSeconds);
            await Until.TrueAsync(
                $"the end of the job ({what})",
                async () => await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_job where ended_at is null") == 0,
                TestContext.Current.CancellationToken);
            await PublishedContent.RequireAsync(database, golden, what);
            await process.EndAsync();
        }

        output.WriteLine($"Taken over after {string.Join(", ", seconds.Order().Select(time => time.ToString("0.0", CultureInfo.InvariantCulture)))} s; seed {seed}.");
    }

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
        => CliProcess.Start(folder.Path, [], [command, .. options, "--postgres", database.ConnectionString]);
}
