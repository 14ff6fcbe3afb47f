using System.Text.Json.Serialization;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;

namespace Recon.Cli.Rendering;

/// <summary>The document of <c>recon run --json</c>.</summary>
internal sealed record RunsDocument(IReadOnlyList<RunDocument> Runs)
{
    public static string Write(IReadOnlyList<RunReport> reports, bool mask)
        => JsonText.Of(new RunsDocument([.. reports.Select(report => RunDocument.Of(report, mask))]), RunJson.Default.RunsDocument);
}

internal sealed record RunDocument(
    string Pipeline,
    string? RunId,
    string Outcome,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? DryRun,
    long Read,
    long Staged,
    long Folded,
    long Filtered,
    long Rejected,
    long Matched,
    long Unmatched,
    long Ambiguous,
    long Conflict,
    long WithChanges,
    IReadOnlyDictionary<string, long> PropertyChanges,
    double Seconds,
    long RowsPerSecond,
    string? Bottleneck,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<UnmappedValue>? Unmapped,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    IReadOnlyDictionary<string, long> Withheld,
    long Contested,
    long Latest)
{
    public static RunDocument Of(RunReport report, bool mask)
    {
        BatchCounts c = report.Counts;
        return new(
            report.Pipeline,
            report.RunId?.ToString(),
            report.Outcome,
            report.IsDryRun ? true : null,
            c.Read, c.Staged, c.Folded, c.Filtered, c.Rejected, c.Matched, c.Unmatched, c.Ambiguous, c.Conflict, c.WithChanges,
            JsonText.Object(c.PropertyChanges.OrderBy(entry => entry.Key, StringComparer.Ordinal)),
            Math.Round(report.Elapsed.TotalSeconds, 3),
            Show.Rate(c.Read, report.Elapsed),
            report.Bottleneck,
            report.IsDryRun ? [.. report.Unmapped.Select(value => mask ? value with { Value = Mask.Of(value.Value) } : value)] : null,
            report.Error,
            JsonText.Object(WithheldText.ByRule(c)),
            c.Contested,
            c.Latest);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunsDocument))]
internal sealed partial class RunJson : JsonSerializerContext;
