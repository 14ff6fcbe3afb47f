using Npgsql;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Runs behind PgBouncer in transaction mode, where a session is somebody else's at the next transaction.</summary>
public sealed class PoolerTests(PostgresServer server, ITestOutputHelper output)
{
    [Fact]
    public async Task Run_BehindPgBouncerInTransactionMode_GivesTheSame()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        Golden golden = await Golden.RunAsync(world);
        await using PgBouncer bouncer = await PgBouncer.StartAsync(world.Database.ConnectionString);
        world.ConnectionString = bouncer.ConnectionString;
        world.AutoPrepare = false;
        for (int run = 0; run < 3; run++)
        {
            PipelineResult result = await world.RunAsync();
            Assert.True(result.Outcome == RunOutcome.Completed, result.Fault?.ToString());
            await golden.RequireAsync(world, "PgBouncer");
        }
    }

    // From version 1.21 on, PgBouncer may know the statements that its clients prepare.
    [Fact]
    public async Task Run_BehindPgBouncerWithPreparedStatements_NamesTheSettingOrGivesTheSame()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        Golden golden = await Golden.RunAsync(world);
        await using PgBouncer bouncer = await PgBouncer.StartAsync(world.Database.ConnectionString);
        world.ConnectionString = bouncer.ConnectionString;
        world.Tuning = Golden.QuickRetries;
        Exception? fault;
        try
        {
            fault = (await world.RunAsync()).Fault;
        }
        catch (PostgresException exception)
        {
            fault = exception;
        }

        if (fault is null)
        {
            await golden.RequireAsync(world, "PgBouncer");
            return;
        }

        Fault told = PostgresFaults.Classify(fault, "s", FaultPhase.Command);
        Assert.True(told.ExitCode == 2, fault.ToString());
        Assert.Contains("Max Auto Prepare=0", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PostgresRestartedBehindPgBouncer_CompletesByItselfExactly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The server is stopped by a signal.");
        await using OwnServer own = await OwnServer.StartAsync();
        await using SmallWorld world = await own.CreateWorldAsync();
        Golden golden = await Golden.RunAsync(world);
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        await using PgBouncer bouncer = await PgBouncer.StartAsync(proxy.ConnectionString);
        world.ConnectionString = bouncer.ConnectionString;
        world.AutoPrepare = false;

        PipelineResult result = await own.RestartDuringARunAsync(world, proxy);

        Assert.Null(result.Fault);
        await golden.RequireAsync(world, "server restarted behind PgBouncer");
    }

    // What PgBouncer says when its server goes away, without PgBouncer.
    [Fact]
    public async Task Run_PoolerThatLosesItsServer_CompletesByItself()
    {
        byte[] crashed = "E\0\0\0)SFATAL\0C08P01\0Mserver conn crashed?\0\0"u8.ToArray();
        var sweep = new FaultSweep("pooler", k => new FaultPlan { CutAtMessage = k, LastWords = crashed }, FaultSweep.CompleteByItselfAsync)
        {
            First = 3,
            Step = 89,
        };
        output.WriteLine(await sweep.SweepAsync(server));
    }
}
