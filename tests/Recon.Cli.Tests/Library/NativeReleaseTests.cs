using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary>What a release makes of the executable that RECON_EXECUTABLE names: the publishing before left nothing to compile again.</summary>
public sealed class NativeReleaseTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Container_HoldsTheExecutable()
    {
        SkipWithoutExecutable();

        ContainerImage image = await ContainerImage.PublishAsync(_folder, "publish", "-t:PublishContainer");

        (string _, UnixFileMode mode, long size) = Assert.Single(image.Files);
        Assert.True(mode.HasFlag(UnixFileMode.OtherExecute));
        Assert.False(mode.HasFlag(UnixFileMode.OtherWrite));
        Assert.Equal(new FileInfo(CliProcess.Named!).Length, size);
    }

    [Fact]
    public async Task ToolPackages_InstalledAndExecuted_RunTheExecutable()
    {
        SkipWithoutExecutable();
        var feed = new ToolFeed(_folder);
        await feed.PackAsync("Recon.Cli", "-r", "linux-x64");
        await feed.PackAsync("Recon.Cli");
        string version = (await CliProcess.RunAsync([], CliProcess.Named!, "--version")).Out;
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        string tool = await feed.InstallAsync();
        string executed = await feed.ExecuteAsync("--version");
        CliRun installed = await CliProcess.RunAsync([], tool, "--version");
        CliRun run = await CliProcess.RunAsync(
            [], tool, "run", "companies", "--json", "--definition", DemoDatabase.Definition, "--postgres", database.ConnectionString);

        Assert.Equal((version, version), (executed, installed.Out));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(94, (int?)JsonNode.Parse(run.Out)!["runs"]![0]!["with_changes"]);
        Assert.Equal(new FileInfo(CliProcess.Named!).Length, new FileInfo(File.ResolveLinkTarget(tool, returnFinalTarget: true)!.FullName).Length);
    }

    public void Dispose() => _folder.Dispose();

    private static void SkipWithoutExecutable() => Assert.SkipUnless(
        CliProcess.Named is not null && OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture is Architecture.X64,
        "RECON_EXECUTABLE names no executable beside the build, or this is another platform than linux-x64. .ci/run publishes a native one.");
}
