using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>Findings as SARIF 2.1.0 (OASIS), which code scanners and editors read: what passed is left out.</summary>
internal static class SarifText
{
    public static string Draw(IReadOnlyList<Finding> findings, string version)
    {
        Finding[] told = [.. findings.Where(finding => finding.Severity != FindingSeverity.Ok)];
        FindingCode[] rules = [.. told.Select(finding => FindingCode.Of(finding.Subject)).DistinctBy(code => code.Id)];
        return JsonText.Of(
            new SarifDocument(
                "https://json.schemastore.org/sarif-2.1.0.json",
                "2.1.0",
                [
                    new SarifRun(
                        new SarifTool(new SarifDriver(
                            "recon", version, [.. rules.Select(rule => new SarifRule(rule.Id, new SarifMessage(rule.Description)))])),
                        "utf16CodeUnits",
                        [.. told.Select(finding => Result(finding, rules))]),
                ]),
            SarifJson.Default.SarifDocument);
    }

    private static SarifResult Result(Finding finding, FindingCode[] rules) => new(
        finding.Code,
        Array.FindIndex(rules, rule => rule.Id == finding.Code),
        finding.Severity == FindingSeverity.Error ? "error" : "warning",
        new SarifMessage(finding.Sentence),
        [
            new SarifLocation(
                new SarifPlace(new SarifArtifact(UriOf(finding.File)), new SarifRegion(finding.At.Line, finding.At.Column)),
                [new SarifLogicalPlace(finding.At.JsonPath)]),
        ],
        finding.Pipeline.Length == 0 ? null : new SarifProperties(finding.Pipeline));

    // A relative path stays one: whoever reads the document knows the folder.
    private static string UriOf(string file)
    {
        if (Path.IsPathFullyQualified(file))
        {
            return new Uri(file).AbsoluteUri;
        }

        IEnumerable<string> parts = file.Replace(Path.DirectorySeparatorChar, '/').Split('/').Select(Uri.EscapeDataString);
        return string.Join('/', parts);
    }
}

internal sealed record SarifDocument([property: JsonPropertyName("$schema")] string Schema, string Version, IReadOnlyList<SarifRun> Runs);

internal sealed record SarifRun(SarifTool Tool, string ColumnKind, IReadOnlyList<SarifResult> Results);

internal sealed record SarifTool(SarifDriver Driver);

internal sealed record SarifDriver(string Name, string Version, IReadOnlyList<SarifRule> Rules);

internal sealed record SarifRule(string Id, SarifMessage ShortDescription);

internal sealed record SarifMessage(string Text);

internal sealed record SarifResult(
    string RuleId, int RuleIndex, string Level, SarifMessage Message, IReadOnlyList<SarifLocation> Locations, SarifProperties? Properties);

internal sealed record SarifLocation(SarifPlace PhysicalLocation, IReadOnlyList<SarifLogicalPlace> LogicalLocations);

internal sealed record SarifPlace(SarifArtifact ArtifactLocation, SarifRegion Region);

internal sealed record SarifArtifact(string Uri);

internal sealed record SarifRegion(int StartLine, int StartColumn);

internal sealed record SarifLogicalPlace(string FullyQualifiedName);

internal sealed record SarifProperties(string Pipeline);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SarifDocument))]
internal sealed partial class SarifJson : JsonSerializerContext;
