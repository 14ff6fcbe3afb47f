using Recon.Testing;

namespace Recon.Cli.Tests.Library;

[Trait("Category", "Sweep")]
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-package-").FullName;

    [Fact(Explicit = true)]
    public async Task Pack_LibrariesAndTool_InstallsAndRunsFromALocalFolder()
    {
        foreach (string project in (string[])["Recon.Dataflow", "Recon.Postgres", "Recon.Postgres.Embedded", "Recon.Cli"])
        {
            (int code, string text, _) = await DotnetTool.RunAsync(
                "dotnet", Repository.Root, [], "pack", $"src/{project}", "-c", "Release", "-o", _folder, "--nologo", "-v", "q");
            Assert.True(code == 0, text);
        }

        string[] packages = [.. Directory.GetFiles(_folder, "*.nupkg").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        string version = packages[0]["Recon.Dataflow.".Length..^".nupkg".Length];
        Assert.Equal(
            [
                $"Recon.Dataflow.{version}.nupkg", $"Recon.Postgres.{version}.nupkg",
                $"Recon.Postgres.Embedded.{version}.nupkg", $"recon.{version}.nupkg",
            ],
            packages);

        string config = Path.Combine(_folder, "nuget.config");
        await File.WriteAllTextAsync(config, $"""
            <configuration><packageSources><clear /><add key="local" value="{_folder}" /></packageSources></configuration>
            """);
        (int installed, string output, string error) = await DotnetTool.RunAsync(
            "dotnet", _folder, new() { ["NUGET_PACKAGES"] = Path.Combine(_folder, "cache") },
            "tool", "install", "recon", "--tool-path", "tools", "--configfile", config, "--version", version);
        Assert.True(installed == 0, output + error);

        (int ran, string shown, string said) = await DotnetTool.RunAsync(
            Path.Combine(_folder, "tools", OperatingSystem.IsWindows() ? "recon.exe" : "recon"), _folder, [], "--version");
        Assert.True(ran == 0, said);
        Assert.StartsWith(version, shown, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
