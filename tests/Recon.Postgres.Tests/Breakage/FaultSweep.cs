using System.Diagnostics;
using System.Globalization;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>
/// One run after the other over a world of its own, each broken at a later point, until a run passes undisturbed. After
/// each everything has to be as if nothing had happened.
/// </summary>
/// <param name="Name">What is broken, for messages.</param>
/// <param name="Plan">What is broken at a point.</param>
/// <param name="Run">Runs the world that is broken at a point, until it has completed.</param>
internal sealed record FaultSweep(string Name, Func<int, FaultPlan> Plan, Func<FaultSweep.Broken, Task> Run)
{
    /// <summary>The first point.</summary>
    public int First { get; init; } = 1;

    /// <summary>From one point to the next.</summary>
    public int Step { get; init; } = 1;

    /// <summary>Most runs.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Records of the world.</summary>
    public int Records { get; init; } = 30;

    /// <summary>Whether the run of this number (0, 1 …) finds a former result, which must stay until its own is there, or
    /// no schema at all.</summary>
    public Func<int, bool> FindsFormer { get; init; } = run => run % 2 == 1;

    /// <summary>Sweeps.</summary>
    /// <param name="server">The server.</param>
    /// <returns>One line that tells what was done.</returns>
    public async Task<string> SweepAsync(PostgresServer server)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, Records);
        Golden golden = await Golden.RunAsync(world);
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        var watch = Stopwatch.StartNew();
        for ((int point, int cuts) = (First, 0); ; point += Step, cuts++)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"{Name} at {point}");
            await world.Database.ExecuteAsync(
                FindsFormer(cuts) ? "update staging.things set notes = 'former'" : "drop schema staging cascade");
            proxy.Arm(Plan(point));
            world.ConnectionString = proxy.ConnectionString;
            await Run(new Broken(world, golden, point, what));
            await golden.RequireAsync(world, what);
            if (!proxy.HasCut || cuts + 1 == Most)
            {
                Assert.True(cuts > 3, $"{Name}: only {cuts} cuts");
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Name}: {cuts} cuts in {watch.Elapsed.TotalSeconds:0.0} s; a run has {proxy.Messages} messages, {proxy.Commits} commits");
            }
        }
    }

    /// <summary>A run that goes on by itself.</summary>
    public static async Task CompleteByItselfAsync(Broken broken)
    {
        broken.World.Tuning = Golden.QuickRetries;
        PipelineResult result = await broken.World.RunAsync();
        Assert.True(result.Outcome == RunOutcome.Completed, $"{broken.What}: {result.Outcome} {result.Fault}");
    }

    /// <summary>A run that ends with the fault, and one that resumes it.</summary>
    public static async Task ResumeAsync(Broken broken)
    {
        (SmallWorld world, Golden golden, _, string what) = broken;
        world.Tuning = Golden.NoRetries;
        string before = await SeenAsync(world);
        try
        {
            PipelineResult failed = await world.RunAsync();
            if (failed.Outcome == RunOutcome.Completed)
            {
                return;
            }

            Assert.Equal(RunOutcome.Failed, failed.Outcome);
            Golden.RequireUnderstood(failed.Fault!, what);
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

    /// <summary>A run to be broken.</summary>
    /// <param name="World">Its world.</param>
    /// <param name="Golden">What it has to end with.</param>
    /// <param name="Point">Where it is broken.</param>
    /// <param name="What">The same for messages.</param>
    internal sealed record Broken(SmallWorld World, Golden Golden, int Point, string What);
}
