using System.Runtime.Versioning;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary><c>src/Version.targets</c>, in a repository of its own.</summary>
public sealed class VersionFromTagTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("0.1.0-alpha.0")]
    [InlineData("0.1.0-alpha.0", "init")]
    [InlineData("0.1.0-alpha.0", "init", "commit")]
    [InlineData("0.1.0-alpha.0", "init", "commit", "tag nightly", "tag v2")]
    [InlineData("1.2.0", "init", "commit", "tag v1.2.0")]
    [InlineData("1.2.1-alpha.0.2", "init", "commit", "tag v1.2.0", "commit", "commit")]
    [InlineData("1.3.0-rc.1", "init", "commit", "tag v1.2.0", "commit", "tag v1.3.0-rc.1")]
    [InlineData("1.3.0-rc.1.2", "init", "commit", "tag v1.3.0-rc.1", "commit", "commit")]
    [InlineData("1.2.0", "init", "commit", "annotated v1.2.0-rc.1", "tag v1.2.0")]
    [InlineData("1.2.0", "init", "commit", "tag v1.2.0", "annotated v1.2.0-rc.1", "annotated v1.2.0-rc.2", "tag v1.2.0x", "tag other")]
    [InlineData("1.2.1-alpha.0.1", "init", "commit", "annotated v1.2.0-rc.1", "tag v1.2.0", "commit")]
    [InlineData("1.10.0-rc.10", "init", "commit", "annotated v1.10.0-rc.9", "tag v1.10.0-rc.10", "tag v1.9.0")]
    [InlineData("10.20.31-alpha.0.1", "init", "commit", "tag v10.20.30", "commit")]
    public async Task Version_FollowsFromTheLastTag(string expected, params string[] history)
    {
        await MakeAsync(history);

        string version = await RunAsync("dotnet", "msbuild", "src/Recon.Cli/Recon.Cli.csproj", "-nologo", "-t:TakeVersionFromTag", "-getProperty:PackageVersion");

        Assert.Equal(expected, version.Trim());
    }

    [Theory]
    [InlineData("9.9.9")]
    [InlineData("0.1.0")]
    [InlineData("9.9.9-beta.1", "tag v1.2.0")]
    public async Task Version_ThatIsGiven_IsTaken(string given, params string[] tags)
    {
        await MakeAsync(["init", "commit", .. tags]);

        string version = await RunAsync(
            "dotnet", "msbuild", "src/Recon.Cli/Recon.Cli.csproj", "-nologo", "-t:TakeVersionFromTag", $"-p:Version={given}", "-getProperty:Version");

        Assert.Equal(given, version.Trim());
    }

    [UnsupportedOSPlatform("windows")]
    [Theory]
    [InlineData("--latest", "v1.2.0", "tag v1.2.0")]
    [InlineData("--latest", "v1.10.0", "tag v1.9.0", "commit", "tag v1.10.0", "commit", "tag v2.0.0-rc.1", "back")]
    [InlineData("--latest=false", "v1.1.9", "tag v1.2.0", "commit", "tag v1.1.9")]
    [InlineData("--prerelease", "v1.3.0-rc.1", "tag v1.2.0", "commit", "tag v1.3.0-rc.1")]
    public async Task ReleaseMark_FollowsFromAllTags(string expected, string tag, params string[] history)
    {
        await MakeAsync(["init", "commit", .. history]);

        (int code, string output, string error) = await ReleaseAsync("mark", tag);

        Assert.True(code == 0, output + error);
        Assert.Equal(expected, output.Trim());
    }

    [UnsupportedOSPlatform("windows")]
    [Theory]
    [InlineData("v1.2.3foo", "tag v1.2.3foo")]
    [InlineData("v1.2.0-rc.1", "tag v1.2.0-rc.1", "annotated v1.2.0")]
    [InlineData("v1.1.0", "tag v1.1.0", "commit")]
    public async Task Release_OfAnotherVersionThanItsTag_IsRefused(string tag, params string[] history)
    {
        await MakeAsync(["init", "commit", .. history]);

        (int code, string output, string error) = await ReleaseAsync("sums", tag);

        Assert.True(code == 1, output + error);
        Assert.Contains($"The tag is {tag}, but the sources are of version ", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task MakeAsync(string[] history)
    {
        string[] somebody = ["-c", "user.name=Ada", "-c", "user.email=ada@crm.example"];
        foreach (string step in history)
        {
            await RunAsync("git", step.Split(' ') switch
            {
                ["init"] => ["init", "-q"],
                ["commit"] => [.. somebody, "commit", "-q", "--allow-empty", "-m", "some change"],
                ["annotated", var tag] => [.. somebody, "tag", "-a", "-m", "some version", tag],
                ["back"] => ["checkout", "-q", "HEAD~1"],
                var other => other,
            });
        }

        Directory.CreateDirectory(_folder.File("src/Recon.Cli"));
        Directory.CreateDirectory(_folder.File(".ci"));
        File.Copy(Path.Combine(Repository.Root, "src", "Version.targets"), _folder.File("src/Version.targets"));
        File.Copy(Path.Combine(Repository.Root, ".ci", "release"), _folder.File(".ci/release"));
        await File.WriteAllTextAsync(
            _folder.File("src/Recon.Cli/Recon.Cli.csproj"),
            """<Project><PropertyGroup><Version>0.1.0</Version></PropertyGroup><Import Project="../Version.targets" /></Project>""",
            TestContext.Current.CancellationToken);
    }

    private Task<(int Code, string Output, string Error)> ReleaseAsync(string part, string tag)
        => DotnetTool.RunAsync("bash", _folder.Path, new() { ["GITHUB_REF_TYPE"] = "tag", ["GITHUB_REF_NAME"] = tag }, ".ci/release", part);

    private async Task<string> RunAsync(string program, params string[] args)
    {
        (int code, string output, string error) = await DotnetTool.RunAsync(program, _folder.Path, [], args);
        Assert.True(code == 0, output + error);
        return output;
    }
}
