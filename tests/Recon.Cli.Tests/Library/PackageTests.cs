using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Library;

[Trait("Category", "Sweep")]
public sealed class PackageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    // As on a platform that has no executable of its own.
    [Fact(Explicit = true)]
    public async Task Pack_LibrariesAndTool_InstallsAndRunsFromALocalFolder()
    {
        var feed = new ToolFeed(_folder);
        foreach (string project in (string[])["Recon.Dataflow", "Recon.ObjectStorage", "Recon.Postgres", "Recon.Postgres.Embedded"])
        {
            await feed.PackAsync(project);
        }

        await feed.PackAsync("Recon.Cli", "-r", "any");
        await feed.PackAsync("Recon.Cli", "-p:ToolPackageRuntimeIdentifiers=any");

        string version = feed.Packages[0]["Recon.Dataflow.".Length..^".nupkg".Length];
        Assert.Equal(
            [
                $"Recon.Dataflow.{version}.nupkg", $"Recon.ObjectStorage.{version}.nupkg", $"Recon.Postgres.{version}.nupkg",
                $"Recon.Postgres.Embedded.{version}.nupkg", $"recon.{version}.nupkg", $"recon.any.{version}.nupkg",
            ],
            feed.Packages);
        CliRun run = await CliProcess.RunAsync([], await feed.InstallAsync(), "--version");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(version, run.Out, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
