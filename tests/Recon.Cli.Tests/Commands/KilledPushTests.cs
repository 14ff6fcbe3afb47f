using System.Globalization;
using Recon.Cli.Tests.Support;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The recon executable killed at random points of <c>recon push</c>, then <c>recon push --resume</c>.</summary>
public sealed class KilledPushTests(PostgresServer server, ITestOutputHelper output)
{
    [Fact]
    public Task Push_KilledSometimes_EndsAsTheUndisturbedOne() => KillAsync(2);

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public Task Push_KilledTwentyTimes_EndsAsTheUndisturbedOne() => KillAsync(20);

    // Killed when the sandbox has seen a random number of calls; RECON_SEED repeats them.
    private async Task KillAsync(int kills)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("RECON_SEED"), CultureInfo.InvariantCulture, out int stated) ? stated : Random.Shared.Next();
        var random = new Random(seed);
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        string plan;
        SortedDictionary<string, SortedDictionary<string, string>> golden;
        int calls;
        await using (SandboxHost undisturbed = await SandboxHost.StartAsync(database))
        {
            plan = await PushCommandTests.PlanAsync(undisturbed, database, "communications");
            await undisturbed.RequireAsync(database, "push", plan, "--yes", "--verify", "none");
            (golden, calls) = (undisturbed.Snapshot(), undisturbed.Calls.Count);
        }

        int unfinished = 0;
        for (int kill = 1; kill <= kills; kill++)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"kill {kill} of seed {seed}");
            unfinished += await KillOnceAsync(database, plan, golden, random.Next(1, calls), calls, what) ? 1 : 0;
        }

        output.WriteLine($"{unfinished} of {kills} pushes were killed before their end; seed {seed}.");
        Assert.True(unfinished * 2 >= kills, $"Only {unfinished} of {kills} pushes were killed before their end; seed {seed}.");
    }

    private static async Task<bool> KillOnceAsync(
        TestDatabase database, string plan, SortedDictionary<string, SortedDictionary<string, string>> golden, int after, int calls, string what)
    {
        await database.ExecuteAsync("""
            update staging.push_item set state = 'approved', seen = null, written = null, undoing = false;
            update staging.push_link set state = 'approved';
            update staging.push_plan set state = 'planned'
            """);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database, "slow=20,on=update");
        await using CliProcess process = Start(sandbox, database, plan);
        await Until.TrueAsync(
            string.Create(CultureInfo.InvariantCulture, $"{after} of {calls} calls ({what})"),
            () => Task.FromResult(process.HasExited || sandbox.Calls.Count >= after),
            TestContext.Current.CancellationToken);
        process.Kill();
        bool isUnfinished = (await process.EndAsync()).ExitCode != 0;

        await sandbox.RequireAsync(database, "push", plan, "--yes", "--verify", "none");

        Assert.Equal(golden, sandbox.Snapshot());
        Assert.Equal(0, await database.QueryValueAsync<long>("select count(*) from staging.push_item where state in ('approved', 'sending', 'uncertain')"));
        Assert.InRange(sandbox.Calls.Count(call => call.Kind == CallKind.Update), 1, calls + 8);
        return isUnfinished;
    }

    private static CliProcess Start(SandboxHost sandbox, TestDatabase database, string plan)
        => CliProcess.Start(
            Path.GetDirectoryName(DemoDatabase.Definition)!,
            sandbox.Environment,
            "push", plan, "--yes", "--verify", "none", "--postgres", database.ConnectionString);
}
