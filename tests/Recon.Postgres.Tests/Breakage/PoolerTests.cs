using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Recon.Postgres.Embedded;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

#pragma warning disable CA2000 // The world that takes the database disposes it.

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Runs behind PgBouncer in transaction mode, where a session is somebody else's at the next transaction.</summary>
public sealed class PoolerTests(PostgresServer server, ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "recon-pooled-" + Guid.NewGuid().ToString("N"));

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
        EmbeddedPostgres own = await StartAsync();
        try
        {
            await new TestDatabase(own.ConnectionString, own.ConnectionString, "postgres").ExecuteAsync("create database pooled");
            await using SmallWorld world = await SmallWorld.CreateAsync(
                new TestDatabase(own.ConnectionString, Database(own), "pooled", ownServer: true), 200);
            world.BatchRows = 2;
            Golden golden = await Golden.RunAsync(world);
            await using var proxy = new FaultProxy(world.Database.ConnectionString);
            await using PgBouncer bouncer = await PgBouncer.StartAsync(proxy.ConnectionString);
            world.ConnectionString = bouncer.ConnectionString;
            world.AutoPrepare = false;
            var patient = new RetrySettings { MaxRetries = 100, Delay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(1) };
            world.Tuning = Golden.QuickRetries with { Start = patient, Lookups = patient, Batches = patient, Ending = patient };
            Task<PipelineResult> running = world.RunAsync();
            await Until.TrueAsync(
                "three batches in the ledger",
                async () =>
                {
                    Assert.False(running.IsCompleted, "The run ended before the server was stopped.");
                    return await world.CountAsync("select count(*) from staging.reconciliation_ledger") >= golden.Batches + 3;
                },
                TestContext.Current.CancellationToken);

            using (Process kill = Process.Start("kill", ["-QUIT", own.ServerProcessId!.Value.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            await own.DisposeAsync();
            own = await StartAsync();
            proxy.Retarget(own.ConnectionString);
            world.Move(own.ConnectionString);
            PipelineResult result = await running;

            Assert.Null(result.Fault);
            await golden.RequireAsync(world, "server restarted behind PgBouncer");
        }
        finally
        {
            await own.DisposeAsync();
        }
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

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(
        new EmbeddedPostgresOptions { DataDirectory = _folder, MaxConnections = 50 }, TestContext.Current.CancellationToken);

    private static string Database(EmbeddedPostgres own)
        => new NpgsqlConnectionStringBuilder(own.ConnectionString) { Database = "pooled" }.ConnectionString;
}
