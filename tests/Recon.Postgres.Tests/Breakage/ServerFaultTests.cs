using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Recon.Postgres.Embedded;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

#pragma warning disable CA2000 // The world that takes the database, and the rig that takes the world, dispose them.

namespace Recon.Postgres.Tests.Breakage;

/// <summary>A server of its own, with durable settings, that is stopped or runs out of disk.</summary>
public sealed class ServerFaultTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "recon-broken-" + Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task Run_ServerStoppedAtOnceAndStarted_CompletesByItselfExactly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The server is stopped by a signal.");
        EmbeddedPostgres server = await StartAsync();
        try
        {
            await using SmallWorld world = await SmallWorld.CreateAsync(await DatabaseAsync(server), 200);
            world.BatchRows = 2;
            Golden golden = await Golden.RunAsync(world);
            await using var proxy = new FaultProxy(world.Database.ConnectionString);
            world.ConnectionString = proxy.ConnectionString;
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

            using (Process kill = Process.Start("kill", ["-QUIT", server.ServerProcessId!.Value.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            await server.DisposeAsync();
            server = await StartAsync();
            proxy.Retarget(server.ConnectionString);
            world.Move(server.ConnectionString);
            PipelineResult result = await running;

            Assert.Null(result.Fault);
            await golden.RequireAsync(world, "server stopped and started");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Run_DiskFull_EndsResumableAndIsResumedExactly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small disk needs root on Linux: mount -t tmpfs.");
        await using EmbeddedPostgres server = await StartAsync();
        string disk = _folder + "-disk";
        Directory.CreateDirectory(disk);
        string owner = await ToolAsync("stat", "-c", "%u", Path.Combine(server.DataDirectory, "data"));
        string? mounted = await TryToolAsync("mount", "-t", "tmpfs", "-o", $"size=1m,mode=0700,uid={owner}", "tmpfs", disk);
        Assert.SkipWhen(mounted is null, "A small disk could not be mounted here (mount -t tmpfs needs CAP_SYS_ADMIN).");
        try
        {
            await using SmallWorld world = await SmallWorld.CreateAsync(await DatabaseAsync(server));
            Golden golden = await Golden.RunAsync(world);
            await world.Database.ExecuteAsync($"create tablespace small location '{disk}'");
            await world.Database.ExecuteAsync($"alter database {world.Database.Name} set default_tablespace = 'small'");
            string ballast = Path.Combine(disk, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[(1 << 20) - (28 << 10)], TestContext.Current.CancellationToken);

            PipelineResult full = await world.RunAsync();
            File.Delete(ballast);
            PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

            Fault fault = PostgresFaults.Classify(full.Fault!, "s", FaultPhase.Command);
            Assert.Equal((FaultKind.Stop, 4), (fault.Kind, fault.ExitCode));
            Assert.Equal(RunOutcome.Completed, resumed.Outcome);
            await golden.RequireAsync(world, "disk full");
        }
        finally
        {
            await server.DisposeAsync();
            await TryToolAsync("umount", disk);
            Directory.Delete(disk);
        }
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

    private static async Task<TestDatabase> DatabaseAsync(EmbeddedPostgres server)
    {
        await new TestDatabase(server.ConnectionString, server.ConnectionString, "postgres").ExecuteAsync("create database broken");
        return new TestDatabase(
            server.ConnectionString, new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "broken" }.ConnectionString, "broken");
    }

    private static async Task<string> ToolAsync(string program, params string[] arguments)
        => await TryToolAsync(program, arguments) ?? throw new InvalidOperationException($"{program} failed.");

    private static async Task<string?> TryToolAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? output.Trim() : null;
    }
}
