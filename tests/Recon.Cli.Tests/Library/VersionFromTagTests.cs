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
    [InlineData("10.20.31-alpha.0.1", "init", "commit", "tag v10.20.30", "commit")]
    public async Task Version_FollowsFromTheLastTag(string expected, params string[] history)
    {
        foreach (string step in history)
        {
            await RunAsync("git", step switch
            {
                "init" => ["init", "-q"],
                "commit" => ["-c", "user.name=Ada", "-c", "user.email=ada@crm.example", "commit", "-q", "--allow-empty", "-m", "some change"],
                _ => step.Split(' '),
            });
        }

        Directory.CreateDirectory(_folder.File("src"));
        File.Copy(Path.Combine(Repository.Root, "src", "Version.targets"), _folder.File("src/Version.targets"));
        await File.WriteAllTextAsync(
            _folder.File("a.proj"),
            """<Project><PropertyGroup><Version>0.1.0</Version></PropertyGroup><Import Project="src/Version.targets" /></Project>""",
            TestContext.Current.CancellationToken);
        string version = await RunAsync("dotnet", "msbuild", "a.proj", "-nologo", "-t:TakeVersionFromTag", "-getProperty:PackageVersion");

        Assert.Equal(expected, version.Trim());
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> RunAsync(string program, params string[] args)
    {
        (int code, string output, string error) = await DotnetTool.RunAsync(program, _folder.Path, [], args);
        Assert.True(code == 0, output + error);
        return output;
    }
}
