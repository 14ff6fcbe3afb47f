using System.Diagnostics;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>A server of its own, with durable settings, that is stopped or runs out of disk.</summary>
public sealed class ServerFaultTests
{
    [Fact]
    public async Task Run_ServerStoppedAtOnceAndStarted_CompletesByItselfExactly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The server is stopped by a signal.");
        await using OwnServer server = await OwnServer.StartAsync();
        await using SmallWorld world = await server.CreateWorldAsync();
        Golden golden = await Golden.RunAsync(world);
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        world.ConnectionString = proxy.ConnectionString;

        PipelineResult result = await server.RestartDuringARunAsync(world, proxy);

        Assert.Null(result.Fault);
        await golden.RequireAsync(world, "server stopped and started");
    }

    [Fact]
    public async Task Run_DiskFull_EndsResumableAndIsResumedExactly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small disk needs root on Linux: mount -t tmpfs.");
        await using OwnServer server = await OwnServer.StartAsync();
        string disk = server.DataDirectory + "-disk";
        Directory.CreateDirectory(disk);
        string owner = await ToolAsync("stat", "-c", "%u", Path.Combine(server.DataDirectory, "data"));
        string? mounted = await TryToolAsync("mount", "-t", "tmpfs", "-o", $"size=1m,mode=0700,uid={owner}", "tmpfs", disk);
        Assert.SkipWhen(mounted is null, "A small disk could not be mounted here (mount -t tmpfs needs CAP_SYS_ADMIN).");
        try
        {
            await using SmallWorld world = await server.CreateWorldAsync();
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
            await server.StopAsync();
            await TryToolAsync("umount", disk);
            Directory.Delete(disk);
        }
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
