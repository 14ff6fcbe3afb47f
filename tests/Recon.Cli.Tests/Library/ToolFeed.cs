using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary>A folder as the only source of packages, and tools that are installed from it.</summary>
internal sealed class ToolFeed(TempFolder folder)
{
    /// <summary>The names of the packages, in order.</summary>
    public string[] Packages => [.. Directory.GetFiles(Folder, "*.nupkg").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private string Folder => folder.File("feed");

    /// <summary>Packs a project of the product into it.</summary>
    public async Task PackAsync(string project, params string[] args)
        => await RequireAsync(Repository.Root, ["pack", $"src/{project}", "-c", "Release", "-o", Folder, "--nologo", "-v", "q", .. args]);

    /// <summary>Installs recon.</summary>
    /// <returns>The path of the command.</returns>
    public async Task<string> InstallAsync()
    {
        await RequireAsync(folder.Path, "tool", "install", "recon", "--tool-path", "tools", "--prerelease", "--configfile", await SourcesAsync());
        return Path.Combine(folder.Path, "tools", OperatingSystem.IsWindows() ? "recon.exe" : "recon");
    }

    /// <summary>Runs recon without installing it.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> ExecuteAsync(params string[] args)
        => await RequireAsync(folder.Path, ["dnx", "recon", "--prerelease", "--yes", "--configfile", await SourcesAsync(), "--", .. args]);

    private async Task<string> SourcesAsync()
    {
        string config = folder.File("nuget.config");
        await File.WriteAllTextAsync(config, $"""
            <configuration><packageSources><clear /><add key="local" value="{Folder}" /></packageSources></configuration>
            """);
        return config;
    }

    private async Task<string> RequireAsync(string working, params string[] args)
    {
        Dictionary<string, string> environment = args[0] is "pack"
            ? new() { ["RunAnalyzers"] = "false" }
            : new() { ["NUGET_PACKAGES"] = folder.File("cache") };
        (int code, string output, string error) = await DotnetTool.RunAsync("dotnet", working, environment, args);
        Assert.True(code == 0, output + error);
        return output;
    }
}
