using System.Text.Json.Nodes;
using Recon.Cli.Tests.Samples;

namespace Recon.Cli.Tests.Library;

/// <summary>The CycloneDX document that the build of recon leaves in <c>artifacts/sbom</c>.</summary>
public sealed class BillOfMaterialsTests
{
    private readonly JsonNode _document = JsonNode.Parse(
        File.ReadAllText(Path.Combine(SampleFiles.Root, "artifacts", "sbom", "recon.cdx.json")))!;

    private JsonObject[] Components => [.. _document["components"]!.AsArray().Select(component => component!.AsObject())];

    [Fact]
    public void Sbom_IsCycloneDxOfThisProgram()
    {
        Assert.Equal("CycloneDX", (string?)_document["bomFormat"]);
        Assert.Equal("1.6", (string?)_document["specVersion"]);
        Assert.Equal(1, (int?)_document["version"]);
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", (string?)_document["serialNumber"]);
        Assert.Equal("recon", (string?)_document["metadata"]!["component"]!["name"]);
        Assert.Equal("application", (string?)_document["metadata"]!["component"]!["type"]);
    }

    [Fact]
    public void Sbom_NamesEveryLibraryThatShips()
    {
        JsonNode deps = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "recon.deps.json")))!;
        string[] shipped = [.. deps["libraries"]!.AsObject().Select(library => library.Key).Where(key => !key.StartsWith("recon/", StringComparison.Ordinal))];

        string[] named = [.. Components.Select(component => $"{component["name"]}/{component["version"]}")];

        Assert.Contains(named, name => name.StartsWith("Npgsql/", StringComparison.Ordinal));
        Assert.Equal(shipped.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sbom_TellsOriginLicenseAndHashOfEveryPackage() => Assert.All(Components, component =>
    {
        Assert.Equal($"pkg:nuget/{component["name"]}@{component["version"]}", (string?)component["purl"]);
        JsonNode license = Assert.Single(component["licenses"]!.AsArray())!;
        Assert.False(string.IsNullOrEmpty((string?)(license["expression"] ?? license["license"]!["id"])));
        if (!((string?)component["name"])!.StartsWith("Recon.", StringComparison.Ordinal))
        {
            JsonNode hash = Assert.Single(component["hashes"]!.AsArray())!;
            Assert.Equal("SHA-512", (string?)hash["alg"]);
            Assert.Matches("^[0-9a-f]{128}$", (string?)hash["content"]);
        }
    });

    [Fact]
    public void Sbom_TellsWhatNeedsWhat()
    {
        string[] references = [.. Components.Select(component => (string)component["bom-ref"]!), (string)_document["metadata"]!["component"]!["bom-ref"]!];
        Dictionary<string, string[]> needs = _document["dependencies"]!.AsArray().ToDictionary(
            entry => (string)entry!["ref"]!, entry => entry!["dependsOn"]!.AsArray().Select(need => (string)need!).ToArray());

        Assert.Equal(references.Length, references.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(references.Order(StringComparer.Ordinal), needs.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(needs, pair => pair.Key.StartsWith("pkg:nuget/Recon.Postgres@", StringComparison.Ordinal)
            && pair.Value.Any(need => need.StartsWith("pkg:nuget/Npgsql@", StringComparison.Ordinal)));
        Assert.All(needs.Values.SelectMany(need => need), need => Assert.Contains(need, references));
    }
}
