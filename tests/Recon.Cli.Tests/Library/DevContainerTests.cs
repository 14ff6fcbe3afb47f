using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary><c>.devcontainer/devcontainer.json</c>, beside what builds and tests need.</summary>
public sealed partial class DevContainerTests
{
    // https://containers.dev/implementors/json_reference names these, among others.
    private static readonly string[] s_known = ["name", "image", "features", "onCreateCommand", "containerEnv", "hostRequirements", "customizations"];

    private static readonly JsonObject s_container = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer", "devcontainer.json")),
        documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();

    [Fact]
    public void Keys_AreThoseOfTheSpecification() => Assert.Empty(s_container.Select(each => each.Key).Except(s_known));

    [Fact]
    public void Sdk_IsOfTheVersionThatGlobalJsonAsksFor()
    {
        string asked = (string)JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "global.json")))!["sdk"]!["version"]!;
        JsonNode feature = s_container["features"]!.AsObject().Single(each => each.Key.Contains("/dotnet:", StringComparison.Ordinal)).Value!;

        Assert.StartsWith($"{(string?)feature["version"]}.", asked, StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_AreAllThatCiInstallsAndAServerWithItsClient()
    {
        string[] installed = [.. Packages((string)s_container["onCreateCommand"]!)];
        string[] asked = [.. ((string[])["run", "native"]).SelectMany(script => Packages(File.ReadAllText(Path.Combine(Repository.Root, ".ci", script))))];

        Assert.Contains("chromium", asked);
        Assert.Contains("clang", asked);
        Assert.Empty(asked.Concat(["postgresql", "postgresql-client", "npm"]).Except(installed));
    }

    private static IEnumerable<string> Packages(string script)
        => Install().Matches(script).SelectMany(match => match.Groups["packages"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"apt-get install -y --no-install-recommends(?<packages>( [a-z0-9][a-z0-9.+-]*)+)")]
    private static partial Regex Install();
}
