using System.Text.Json.Serialization;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>What <c>recon check --json</c> prints.</summary>
internal sealed record CheckDocument(int Errors, int Warnings, IReadOnlyList<FindingDocument> Findings)
{
    public static CheckDocument Of(CheckReport report) => new(
        report.Errors,
        report.Warnings,
        [
            .. report.Findings.Select(finding => new FindingDocument(
                finding.Severity.ToString().ToLowerInvariant(),
                finding.Pipeline,
                finding.Subject,
                finding.Message,
                finding.Fix,
                finding.Place,
                finding.Code)),
        ]);
}

internal sealed record FindingDocument(string Severity, string Pipeline, string Subject, string Message, string? Fix, string Place, string Code);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CheckDocument))]
internal sealed partial class CheckJson : JsonSerializerContext;
