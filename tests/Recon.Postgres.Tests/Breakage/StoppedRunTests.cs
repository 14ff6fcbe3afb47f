using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Runs in processes of their own that are stopped for longer than their lease. Recon.Cli.Tests kills recon itself.</summary>
public sealed class StoppedRunTests(PostgresServer server)
{
    [Fact]
    public async Task Run_StoppedForLongerThanItsLease_CannotCommitAfterTheTakeover()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "SIGSTOP exists on Unix only.");
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 200);
        world.BatchRows = 2;
        world.Tuning = Golden.QuickRetries with { Lease = RunProcess.Timing };
        Golden golden = await Golden.RunAsync(world);
        using Process zombie = await StartAsync(world);
        await StopInsideABatchAsync(world, zombie);

        // The zombie's sessions stand: until its lease expires, it holds the pipeline.
        PipelineResult? taken = null;
        await Until.TrueAsync(
            "the takeover",
            async () =>
            {
                try
                {
                    taken = await world.RunAsync(request => request with { Resume = true });
                    return true;
                }
                catch (PipelineHeldException held)
                {
                    Assert.Contains(zombie.Id.ToString(CultureInfo.InvariantCulture), held.Message, StringComparison.Ordinal);
                    return false;
                }
            },
            TestContext.Current.CancellationToken);

        await SignalAsync(zombie, "CONT");
        string told = await zombie.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await zombie.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(RunOutcome.Completed, taken!.Outcome);
        Assert.Equal(5, zombie.ExitCode);
        Assert.Contains("took over", told, StringComparison.Ordinal);
        await golden.RequireAsync(world, "after the zombie woke up");
    }

    // A laptop that was closed for a while: the server has ended the sessions, and what keeps connections alive notices it
    // before anybody uses them.
    [Fact]
    public Task Run_AsleepWhileItsSessionsEnd_CompletesByItselfExactly() => SleepAsync(1);

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public Task Run_AsleepAgainAndAgain_CompletesByItselfExactly() => SleepAsync(3);

    private async Task SleepAsync(int runs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "SIGSTOP exists on Unix only.");
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 200);
        world.BatchRows = 2;
        Golden golden = await Golden.RunAsync(world);
        for (int run = 0; run < runs; run++)
        {
            using Process sleeper = await StartAsync(world, ";Keepalive=1");
            await StopInsideABatchAsync(world, sleeper);
            await world.Database.ExecuteAsync("""
                select pg_terminate_backend(pid, 10000) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """);
            NpgsqlConnection.ClearAllPools();
            string awake = await world.Database.QueryValueAsync<string>("select (clock_timestamp() + interval '2 seconds')::text") ?? "";
            await Until.TrueAsync(
                "two seconds on the server's clock",
                async () => await world.Database.QueryValueAsync<bool>($"select clock_timestamp() > '{awake}'"),
                TestContext.Current.CancellationToken);

            await SignalAsync(sleeper, "CONT");
            string told = await sleeper.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await sleeper.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.True(sleeper.ExitCode == 0, told);
            await golden.RequireAsync(world, "after the sleeper woke up");
        }
    }

    private static async Task<Process> StartAsync(SmallWorld world, string connectionSettings = "")
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Recon.Testing.dll");
        string definition = await world.WriteDefinitionAsync();
        var start = new ProcessStartInfo(
            "dotnet", ["exec", program, "run", definition, world.Database.ConnectionString + connectionSettings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line == "running", line is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : line);
        return process;
    }

    // A lock that its batches need holds the run inside a transaction until it is stopped.
    private static async Task StopInsideABatchAsync(SmallWorld world, Process process)
    {
        await using var connection = new NpgsqlConnection(world.Database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("lock table staging.reconciliation_rejects in exclusive mode", connection))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await Until.TrueAsync(
            "a batch that waits for the lock",
            async () =>
            {
                Assert.False(process.HasExited, "The run ended before it could be stopped.");
                return await world.CountAsync(
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0;
            },
            TestContext.Current.CancellationToken);

        await SignalAsync(process, "STOP");
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
