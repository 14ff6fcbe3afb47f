using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Text;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Live;

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
    long Latest,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RejectedValuesDocument>? RejectedValues,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<UnresolvedParentsDocument>? UnresolvedParents,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ExceededGateDocument>? Gates,
    IReadOnlyDictionary<string, long> Suspicious,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<BlockDocument> Blocks,
    VerdictProgress? Verdict,
    IReadOnlyDictionary<string, long> Rejects,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FormerDocument? Former,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Way,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WayReason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Written,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Skipped,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DecisionTally? Decisions)
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
            c.Latest,
            OrNull(report.Findings.Values.Where(values => values.IsNotable).Select(values => RejectedValuesDocument.Of(values, report.Findings, mask))),
            OrNull(report.Findings.Parents.Where(parents => parents.IsNotable).Select(parents => UnresolvedParentsDocument.Of(parents, mask))),
            OrNull(report.Gates.Select(gate => new ExceededGateDocument(gate.Name, gate.Limit, [.. gate.Excesses.Select(excess => excess.ToString())]))),
            JsonText.Object(WithheldText.Suspicious(c)),
            [.. report.Warnings.Select(warning => warning.Text), .. report.Findings.Notable(mask ? value => Mask.Of(value)! : null).Select(finding => finding.ToString())],
            [.. report.Blocks.Select(BlockDocument.Of)],
            report.Verdict is { } verdict ? VerdictProgress.Of(verdict) : null,
            JsonText.Object(RunSummary.ByReason(c)),
            FormerDocument.Of(report.Former),
            report.Way?.Name,
            report.Way?.Reason,
            report.Written,
            report.Skipped > 0 ? report.Skipped : null,
            report.Decisions == DecisionTally.None ? null : report.Decisions);
    }

    private static T[]? OrNull<T>(IEnumerable<T> items) => items.ToArray() is { Length: > 0 } some ? some : null;
}

/// <summary>The result that was replaced.</summary>
/// <param name="Started">When its run began.</param>
internal sealed record FormerDocument(
    DateTimeOffset Started, long Read, long Staged, long Matched, long Unmatched, long Ambiguous, long Conflict, long WithChanges, long Rejected)
{
    public static FormerDocument? Of(FormerResult? former) => former is not { StartedAt: { } started, Counts: { } c }
        ? null : new(started, c.Read, c.Staged, c.Matched, c.Unmatched, c.Ambiguous, c.Conflict, c.WithChanges, c.Rejected);
}

/// <summary>Where the time of a block's workers went; the four add up to it.</summary>
/// <param name="Workers">0 for the block that is only a queue.</param>
internal sealed record BlockDocument(
    string Name, int Workers, double BusySeconds, double WaitingSeconds, double IdleSeconds, double BlockedSeconds, long Batches)
{
    public static BlockDocument Of(BlockStats block)
    {
        BlockTimes times = block.Times;
        return new(
            block.Name, block.Workers, Seconds(times.Busy), Seconds(times.Waiting), Seconds(times.Idle), Seconds(times.Blocked), block.Batches);
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}

/// <summary>A gate that kept the result from being published, or would have.</summary>
internal sealed record ExceededGateDocument(string Name, string Limit, IReadOnlyList<string> Messages);

/// <summary>Values of a property that were not staged.</summary>
/// <param name="Values">Those that were not empty: rejected and accepted.</param>
internal sealed record RejectedValuesDocument(
    string Property, string Column, string Reason, long Count, long Values, string? Sample, IReadOnlyList<RemedyDocument> Remedies, string Message)
{
    public static RejectedValuesDocument Of(RejectedValues values, RunFindings findings, bool mask)
        => new(
            values.Property,
            values.Column,
            values.Reason,
            values.Count,
            values.Values,
            mask ? Mask.Of(values.Sample) : values.Sample,
            [.. values.Remedies.Select(remedy => new RemedyDocument(new RawJson(remedy.Convert), remedy.Fits, values.Samples, remedy.Misread))],
            findings.Tell(values, mask ? value => Mask.Of(value)! : null).ToString());
}

/// <summary>Conversions that read values which the declared ones refuse.</summary>
/// <param name="Convert">The property's <c>convert</c>, to paste.</param>
/// <param name="Misread">What is then wrong with values that were accepted.</param>
internal sealed record RemedyDocument(
    RawJson Convert, int Fits, int Samples, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Misread);

/// <summary>Ids of a parent that led to no single HubSpot record.</summary>
internal sealed record UnresolvedParentsDocument(
    string Lookup, string Table, string Key, string Column, long Count, long Ids, IReadOnlyDictionary<string, long> Reasons, string? Sample)
{
    public static UnresolvedParentsDocument Of(UnresolvedParents parents, bool mask) => new(
        parents.Lookup.Label,
        parents.Lookup.Table,
        parents.Lookup.Key,
        parents.Lookup.From,
        parents.Count,
        parents.Ids,
        JsonText.Object(parents.Reasons),
        mask ? Mask.Of(parents.Sample) : parents.Sample);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunsDocument))]
internal sealed partial class RunJson : JsonSerializerContext;
