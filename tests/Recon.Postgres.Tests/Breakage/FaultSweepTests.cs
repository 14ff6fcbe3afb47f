using System.Diagnostics;
using System.Globalization;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>
/// Cuts the connection at one message after the other of a small full run, until a run passes undisturbed. After each
/// cut the run goes on by itself or is resumed, and everything has to be as if nothing had happened.
/// </summary>
public sealed class FaultSweepTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Records = 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Run_CutAtEveryFewMessages_IsResumedExactly(bool stayDown)
        => SweepAsync(first: stayDown ? 5 : 1, step: 97, stayDown ? "down" : "cut", k => new FaultPlan { CutAtMessage = k, StayDown = stayDown }, Resume);

    [Fact]
    public Task Run_CutAtEveryFewMessages_CompletesByItself()
        => SweepAsync(first: 3, step: 89, "retry", k => new FaultPlan { CutAtMessage = k }, CompleteByItself);

    [Fact]
    public Task Run_CommitReplySwallowed_IsResumedExactly()
        => SweepAsync(1, 1, "commit", n => new FaultPlan { SwallowCommit = n }, Resume);

    [Fact]
    public Task Run_CommitReplySwallowed_CompletesByItself()
        => SweepAsync(1, 1, "commit, retry", n => new FaultPlan { SwallowCommit = n }, CompleteByItself);

    // The ways take turns. RECON_SWEEP=1 cuts at each message, which takes minutes; otherwise at each eleventh.
    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public Task Run_CutAllOverARun_EndsExactly()
        => SweepAsync(
            2,
            Environment.GetEnvironmentVariable("RECON_SWEEP") == "1" ? 1 : 11,
            "sweep",
            k => new FaultPlan { CutAtMessage = k, StayDown = k % 5 == 4 },
            (world, golden, what) => what[^1] is '0' or '2' or '5' or '7' ? CompleteByItself(world, golden, what) : Resume(world, golden, what));

    [Fact]
    public Task Run_CutWhileConnecting_CompletesByItself()
        => SweepAsync(1, 7, "connecting", k => new FaultPlan { CutAtMessage = k, CountStart = true }, CompleteByItself, most: 8);

    private async Task SweepAsync(
        int first, int step, string name, Func<int, FaultPlan> plan, Func<SmallWorld, Golden, string, Task> run, int most = int.MaxValue)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        Golden golden = await Golden.RunAsync(world);
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        var watch = Stopwatch.StartNew();
        int cuts = 0;
        for (int point = first; cuts < most; point += step, cuts++)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"{name} at {point}");

            // Half of the runs find nothing, half a former result that must stay until theirs is there.
            await world.Database.ExecuteAsync(cuts % 2 == 0
                ? "drop schema staging cascade"
                : "update staging.things set notes = 'former'");
            proxy.Arm(plan(point));
            world.ConnectionString = proxy.ConnectionString;
            await run(world, golden, what);
            await golden.RequireAsync(world, what);
            if (!proxy.HasCut)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name}: {cuts} cuts in {watch.Elapsed.TotalSeconds:0.0} s; a run has {proxy.Messages} messages, {proxy.Commits} commits"));
                Assert.True(cuts > 3, $"{name}: only {cuts} cuts");
                return;
            }
        }
    }

    private static async Task CompleteByItself(SmallWorld world, Golden golden, string what)
    {
        world.Tuning = Golden.QuickRetries;
        PipelineResult result = await world.RunAsync();
        Assert.True(result.Outcome == RunOutcome.Completed, $"{what}: {result.Outcome} {result.Fault}");
    }

    private static async Task Resume(SmallWorld world, Golden golden, string what)
    {
        world.Tuning = Golden.NoRetries;
        string before = await SeenAsync(world);
        try
        {
            PipelineResult broken = await world.RunAsync();
            if (broken.Outcome == RunOutcome.Completed)
            {
                return;
            }

            Assert.Equal(RunOutcome.Failed, broken.Outcome);
            Golden.RequireUnderstood(broken.Fault!, what);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Golden.RequireUnderstood(exception, what);
        }

        string after = await SeenAsync(world);
        Assert.True(after == before || after == golden.Content, $"{what}: readers lost the former result, or see half of the new one:\n{after}");
        world.ConnectionString = null;
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });
        Assert.True(resumed.Outcome == RunOutcome.Completed, $"{what}, resumed: {resumed.Outcome} {resumed.Fault}");
    }

    private static async Task<string> SeenAsync(SmallWorld world)
        => await world.Database.QueryValueAsync<string>("select to_regclass('staging.things')::text") is null
            ? ""
            : await world.ContentAsync();
}
