using System.Text.Json.Nodes;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary>The container image that publishing makes, on a made-up base that a registry on this machine serves.</summary>
public sealed class ContainerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Image_RunsTheExecutableAloneAndNotAsRoot()
    {
        string published = _folder.File("published");
        Directory.CreateDirectory(published);
        await File.WriteAllTextAsync(Path.Combine(published, "recon"), "stands for the executable", TestContext.Current.CancellationToken);

        ContainerImage image = await ContainerImage.PublishAsync(
            _folder, "msbuild", "-t:ComputeContainerConfig;_PublishSingleContainer", $"-p:PublishDir={published}/");

        JsonNode config = image.Config["config"]!;
        Assert.Equal("1654", (string?)config["User"]);
        Assert.Equal(["/app/recon"], config["Entrypoint"]!.AsArray().Select(part => (string)part!));
        Assert.Contains("PGGSSENCMODE=disable", config["Env"]!.AsArray().Select(variable => (string)variable!));
        Assert.Equal(("amd64", "linux"), ((string?)image.Config["architecture"], (string?)image.Config["os"]));
        JsonObject labels = config["Labels"]!.AsObject();
        Assert.Equal("recon", (string?)labels["org.opencontainers.image.title"]);
        Assert.Equal("MIT", (string?)labels["org.opencontainers.image.licenses"]);
        Assert.Matches(@"^\d+\.\d+\.\d+", (string?)labels["org.opencontainers.image.version"]);
        Assert.NotNull((string?)labels["org.opencontainers.image.description"]);
        Assert.Equal(["app/recon"], image.Files.Select(file => file.Name.TrimStart('/')));
        Assert.All(image.Files, file => Assert.False(file.Mode.HasFlag(UnixFileMode.OtherWrite), file.Name));
    }

    // Which base it is by itself: nothing is fetched to tell.
    [Fact]
    public async Task Image_Base_HasNoShellAndFitsTheExecutable()
    {
        (int code, string output, string error) = await DotnetTool.RunAsync(
            "dotnet", Repository.Root, [],
            "msbuild", "src/Recon.Cli/Recon.Cli.csproj", "-nologo", "-p:RuntimeIdentifier=linux-x64", "-t:ComputeContainerBaseImage", "-getProperty:ContainerBaseImage");

        Assert.True(code == 0, output + error);
        Assert.EndsWith("/runtime-deps:10.0-noble-chiseled", output.Trim(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
