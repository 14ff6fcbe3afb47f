using System.Diagnostics;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Reruns;

/// <summary>Runs of changes in processes of their own that are killed: the next one starts again, from the result that is published.</summary>
/// <remarks>On a server of its own: a transaction of another test that was open all the while would make a run write everything.</remarks>
public sealed class RerunKillTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Records = 400;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(25)]
    public async Task Run_AfterOneThatWasKilled_LeavesWhatAWholeRunLeaves(int batches)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server, Records);
        world.Tuning = world.Tuning with { Lease = RunProcess.Timing };
        var changes = new RandomChanges(world, new Random(batches), Records);
        await Reruns.CompleteAsync(world);
        string before = await world.ContentAsync();
        await changes.MakeAsync();
        using Process killed = await StartAsync(world);
        await Until.TrueAsync(
            $"{batches} batches",
            async () => killed.HasExited || await world.CountAsync(
                "select count(*) from staging.reconciliation_ledger where run_id = (select run_id from staging.reconciliation_log order by started_at desc limit 1)") >= batches,
            Token);
        killed.Kill();
        await killed.WaitForExitAsync(Token);
        Assert.True(killed.ExitCode == 0 || await world.ContentAsync() == before, "A killed run has changed what is published.");
        await changes.MakeAsync();

        PipelineResult? rerun = null;
        await Until.TrueAsync(
            "the dead run's lease to expire",
            async () =>
            {
                try
                {
                    rerun = await Reruns.CompleteAsync(world);
                    return true;
                }
                catch (PipelineHeldException)
                {
                    return false;
                }
            },
            Token);

        Assert.True(rerun!.Way!.Name == RunWay.Changes, rerun.Way.Reason);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    private static async Task<Process> StartAsync(SmallWorld world)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Recon.Testing.dll");
        string definition = await world.WriteDefinitionAsync();
        var process = Process.Start(
            new ProcessStartInfo("dotnet", ["exec", program, "run", definition, world.Database.ConnectionString, "0"])
            {
                RedirectStandardOutput = true,
            })!;
        Assert.Equal("running", await process.StandardOutput.ReadLineAsync(Token));
        return process;
    }
}
