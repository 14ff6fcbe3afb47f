using System.Text.Json.Nodes;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

/// <summary>The CycloneDX document that packing recon leaves in <c>artifacts/sbom</c>.</summary>
public sealed class BillOfMaterialsTests(BillOfMaterialsTests.WrittenSbom sbom) : IClassFixture<BillOfMaterialsTests.WrittenSbom>
{
    private readonly JsonNode _document = sbom.Document;

    // What only the build uses is named, too, as excluded.
    private JsonObject[] Components => [.. _document["components"]!.AsArray()
        .Select(component => component!.AsObject()).Where(component => (string?)component["scope"] != "excluded")];

    [Fact]
    public void Sbom_IsCycloneDxOfThisProgram()
    {
        Assert.Equal("CycloneDX", (string?)_document["bomFormat"]);
        Assert.Equal("1.6", (string?)_document["specVersion"]);
        Assert.Equal(1, (int?)_document["version"]);
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", (string?)_document["serialNumber"]);
        Assert.Equal("recon", (string?)_document["metadata"]!["component"]!["name"]);
        Assert.Equal("application", (string?)_document["metadata"]!["component"]!["type"]);
    }

    [Fact]
    public void Sbom_NamesEveryLibraryThatShips()
    {
        JsonNode deps = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "recon.deps.json")))!;
        string[] shipped = [.. deps["libraries"]!.AsObject().Select(library => library.Key).Where(key => !key.StartsWith("recon/", StringComparison.Ordinal))];

        string[] named = [.. Components.Select(component => $"{component["name"]}/{component["version"]}")];

        // ASP.NET Core brings its own of some packages, in the place of which the build ships none; the native executable holds them. Orleans'
        // packages bring what works in the compiler.
        string[] brought = [.. named.Except(shipped)];

        Assert.Contains(shipped, name => name.StartsWith("Npgsql/", StringComparison.Ordinal));
        Assert.Empty(shipped.Except(named));
        Assert.All(brought, name => Assert.Matches(@"^Microsoft\.(Extensions\.|AspNetCore\.|CodeAnalysis\.Analyzers/|Orleans\.(Analyzers|CodeGenerator|Sdk)/)", name));
        Assert.DoesNotContain(brought, name => File.Exists(Path.Combine(AppContext.BaseDirectory, name.Split('/')[0] + ".dll")));
    }

    [Fact]
    public void Sbom_TellsOriginLicenseAndHashOfEveryPackage() => Assert.All(Components, component =>
    {
        Assert.Equal($"pkg:nuget/{component["name"]}@{component["version"]}", (string?)component["purl"]);
        if (!((string?)component["name"])!.StartsWith("Recon.", StringComparison.Ordinal))
        {
            JsonArray licenses = component["licenses"]!.AsArray();
            Assert.NotEmpty(licenses);
            Assert.All(licenses, license => Assert.False(string.IsNullOrEmpty((string?)(license!["expression"] ?? license["license"]!["id"]))));
            JsonNode hash = Assert.Single(component["hashes"]!.AsArray())!;
            Assert.Equal("SHA-512", (string?)hash["alg"]);
            Assert.Matches("^[0-9A-F]{128}$", (string?)hash["content"]);
        }
    });

    [Fact]
    public void Sbom_TellsWhatNeedsWhat()
    {
        Dictionary<string, string[]> needs = _document["dependencies"]!.AsArray().ToDictionary(
            entry => (string)entry!["ref"]!, entry => (entry!["dependsOn"]?.AsArray() ?? []).Select(need => (string)need!).ToArray());

        Assert.All(Components, component => Assert.Contains((string)component["bom-ref"]!, needs.Keys));
        Assert.Contains(needs, pair => pair.Key.StartsWith("pkg:nuget/Recon.Postgres@", StringComparison.Ordinal)
            && pair.Value.Any(need => need.StartsWith("pkg:nuget/Npgsql@", StringComparison.Ordinal)));
    }

    public sealed class WrittenSbom : IAsyncLifetime
    {
        public JsonNode Document { get; private set; } = new JsonObject();

        public async ValueTask InitializeAsync()
        {
            (int code, string output, string error) = await DotnetTool.RunAsync(
                "dotnet", Repository.Root, [], "msbuild", "src/Recon.Cli/Recon.Cli.csproj", "-t:WriteSbom", "-v:q", "-nologo");
            Assert.True(code == 0, output + error);
            Document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "artifacts", "sbom", "recon.cdx.json")))!;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
