using System.Globalization;
using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The recon executable killed after random commits of <c>recon run</c>, then <c>recon run --resume</c>.</summary>
public sealed class KilledProcessTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Kills = 20;

    [Fact]
    public Task Recon_KilledSometimes_IsResumedExactlyEachTime() => KillAsync(2, isEarly: true);

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public Task Recon_KilledTwentyTimes_IsResumedExactlyEachTime() => Task.WhenAll(KillAsync(Kills / 2), KillAsync(Kills / 2));

    // A run is killed after a random number of commits; RECON_SEED repeats them. Two at a time: a resume waits for a dead holder's beats.
    // Of few kills, none may come so late that the run has ended.
    private async Task KillAsync(int kills, bool isEarly = false)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("RECON_SEED"), CultureInfo.InvariantCulture, out int stated)
            ? stated
            : Random.Shared.Next();
        var random = new Random(seed);
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        await RunAsync(folder, database);
        int batches = (int)(await BatchesAfterAsync(database, Guid.Empty))!;
        string golden = await PublishedContent.ReadAsync(database);
        int unfinished = 0;
        for (int kill = 1; kill <= kills; kill++)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"kill {kill} of seed {seed}");
            await database.ExecuteAsync(kill % 2 == 0
                ? "drop schema staging cascade"
                : "update staging.companies_reconciliation set notes = 'former'; update staging.communications_reconciliation set notes = 'former'");
            Guid last = kill % 2 == 0 ? Guid.Empty : await database.QueryValueAsync<Guid>(
                "select run_id from staging.reconciliation_ledger order by run_id desc limit 1");
            int commits = random.Next((isEarly ? batches / 2 : batches) + 1);
            await using CliProcess process = Start(folder, database);
            await Until.TrueAsync(
                $"{commits} of {batches} batches in the ledger ({what})",
                async () => process.HasExited || await BatchesAfterAsync(database, last) >= commits,
                TestContext.Current.CancellationToken);
            process.Kill();
            CliRun killed = await process.EndAsync();
            unfinished += killed.ExitCode == 0 ? 0 : 1;

            await RunAsync(folder, database, "--resume");

            await PublishedContent.RequireAsync(database, golden, what);
        }

        output.WriteLine($"{unfinished} of {kills} runs were killed before their end; seed {seed}.");
        Assert.True(unfinished * 4 >= kills, $"Only {unfinished} of {kills} runs were killed before their end; seed {seed}.");
    }

    // Null until the run has made its tables.
    private static async Task<long?> BatchesAfterAsync(TestDatabase database, Guid run)
    {
        try
        {
            return await database.QueryValueAsync<long>($"select count(*) from staging.reconciliation_ledger where run_id > '{run}'");
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return null;
        }
    }

    private static async Task RunAsync(TempFolder folder, TestDatabase database, params string[] options)
    {
        await using CliProcess process = Start(folder, database, options);
        CliRun run = await process.EndAsync();
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private static CliProcess Start(TempFolder folder, TestDatabase database, params string[] options)
        => CliProcess.Start(folder.Path, [], ["run", .. PublishedContent.Pipelines, .. options, "--postgres", database.ConnectionString]);
}
