using System.Text;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Text;
using Recon.Postgres.Queries;

namespace Recon.Cli.Rendering;

/// <summary>What is shown of the statistics.</summary>
internal sealed record StatsView(bool RejectedValues, bool Suppressed, bool Parents, bool Withheld, bool Warnings, bool Mask);

/// <summary>Statistics as text and as JSON.</summary>
internal static class StatsText
{
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Draw(IReadOnlyList<PipelineStats> stats, StatsView view, int? width)
    {
        StringBuilder text = new();
        if (view.Warnings)
        {
            text.AppendJoin("\n", stats.Select(s => $"{Wrapped(WarningsHead(s))}{string.Concat(s.Warned?.Warnings.Select(warning => Wrapped($"  {warning}")) ?? [])}")).Append('\n');
        }
        else
        {
            Counts();
        }

        if (view.RejectedValues)
        {
            text.Append(Table(
                ["pipeline", "property", "?column", "?reason", "/sample", ">values"],
                stats.SelectMany(s => Rejected(s).Select(entry => (string[])[
                    s.Pipeline, entry.Key.Property, entry.Key.Column, entry.Key.Reason, entry.Key.Sample is null ? "(others)" : Cell(entry.Key.Sample, view), Show.Count(entry.Value)]))));
        }

        if (view.Suppressed)
        {
            text.Append(Table(
                ["pipeline", "no difference by", ">values"],
                stats.SelectMany(s => Suppressed(s).Select(count => Row(s, count)))));
        }

        if (view.Parents)
        {
            text.Append(Table(
                ["pipeline", "unresolved parent", "/legacy id", ">rows blocked"],
                stats.SelectMany(s => s.UnresolvedParents.Select(parent => (string[])[
                    s.Pipeline, parent.Lookup, Value(parent.LegacyId, view)!, Show.Count(parent.Count)]))));
        }

        if (view.Withheld)
        {
            text.AppendJoin("", stats.Select(s => WithheldText.Samples(
                s.Pipeline, s.LastRun ?? new BatchCounts(), WithheldSamples.MostShown, view.Mask, width)));
        }

        return text.ToString().TrimEnd('\n').Replace("\n\n\n", "\n\n", StringComparison.Ordinal) + "\n";

        void Counts()
        {
            text.Append(Table(["pipeline", "status", ">rows"], stats.SelectMany(s => s.Statuses.Concat(OfStatuses(s)).Select(count => Row(s, count)))));
            text.Append(Table(
                ["pipeline", "property to update", ">rows"], stats.SelectMany(s => s.PropertyChanges.Select(count => Row(s, count)))));
            if (stats.Any(s => s.LastRun?.ByReason.Count > 0))
            {
                text.Append(Table(["pipeline", "records rejected", ">rows"], stats.SelectMany(s => Rejects(s).Select(count => Row(s, count)))));
            }

            if (!view.Withheld)
            {
                string[] lines =
                [
                    .. from s in stats
                       let line = WithheldText.Line(s.LastRun ?? new BatchCounts(), $" ('recon stats --withheld {s.Pipeline}' shows them)")
                       where line is not null
                       select Wrapped($"{s.Pipeline}: {line}"),
                ];
                text.Append(string.Concat(lines)).Append(lines.Length == 0 ? "" : "\n");
            }
        }

        string Wrapped(string line) => TextWrap.ToTerminal(line, width) + "\n";

        string Table(IReadOnlyList<TableColumn> columns, IEnumerable<IReadOnlyList<string>> rows) => TextTable.Draw(width, columns, [.. rows]) + "\n";
    }

    /// <param name="missing">Pipelines that have no staging table yet.</param>
    public static string Json(IReadOnlyList<PipelineStats> stats, IReadOnlyList<string> missing, StatsView view) => JsonText.Of(
        new StatsDocument([.. stats.Select(s => Document(s, view))], missing), StatsJson.Default.StatsDocument);

    private static PipelineStatsDocument Document(PipelineStats s, StatsView view) => new(
        s.Pipeline,
        JsonText.Object(s.Statuses),
        s.WithChanges,
        JsonText.Object(s.PropertyChanges),
        !view.RejectedValues ? null : [.. Rejected(s).Select(entry => new RejectedValueDocument(
            entry.Key.Property, entry.Key.Column, entry.Key.Reason, Value(entry.Key.Sample, view), entry.Value))],
        !view.Suppressed ? null : JsonText.Object(Suppressed(s)),
        !view.Parents ? null : [.. s.UnresolvedParents.Select(parent => parent with { LegacyId = Value(parent.LegacyId, view)! })],
        JsonText.Object(WithheldText.ByRule(s.LastRun ?? new BatchCounts())),
        !view.Withheld ? null : [.. WithheldText.ByProperty(s.LastRun ?? new BatchCounts()).Select(each => new WithheldDocument(
            each.Property, each.Rule, WithheldRules.InWords(each.Rule), each.Count, [.. each.Samples.Select(sample => new WithheldSampleDocument(
                Value(sample.LegacyId, view)!, Value(sample.Hubspot, view), Value(sample.Legacy, view)))]))],
        s.LastRun?.Contested ?? 0,
        s.LastRun?.Latest ?? 0,
        s.RefusedBy.Count == 0 ? null : s.RefusedBy,
        JsonText.Object(WithheldText.Suspicious(s.LastRun ?? new BatchCounts())),
        JsonText.Object(Rejects(s)),
        view.Warnings ? s.Warned?.Warnings ?? [] : null);

    private static string WarningsHead(PipelineStats s) => s.Warned is not { } run ? $"{s.Pipeline}: no run has ended yet"
        : $"{s.Pipeline}: {Show.Count(run.Warnings.Count, "warning")} of the run of {run.Started.TrimEnd('Z').Replace('T', ' ')} UTC, {run.Outcome}";

    private static IEnumerable<KeyValuePair<string, long>> Rejects(PipelineStats s) => RunSummary.ByReason(s.LastRun ?? new BatchCounts());

    // What the last full run says of the rows of a status.
    private static IEnumerable<KeyValuePair<string, long>> OfStatuses(PipelineStats s)
        => new[]
        {
            KeyValuePair.Create("ambiguous: claimed by several", s.LastRun?.Contested ?? 0),
            KeyValuePair.Create("latest of rows that disagree", s.LastRun?.Latest ?? 0),
        }.Where(count => count.Value > 0);

    private static string[] Row(PipelineStats s, KeyValuePair<string, long> count) => [s.Pipeline, count.Key, Show.Count(count.Value)];

    private static IEnumerable<KeyValuePair<RejectedValue, long>> Rejected(PipelineStats s)
        => (s.LastRun?.RejectedValues ?? []).OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key.Property, StringComparer.Ordinal).ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, long>> Suppressed(PipelineStats s)
        => (s.LastRun?.Suppressed ?? []).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal);

    private static string Cell(string? value, StatsView view) => TextTable.Cell(Value(value, view), 40);

    private static string? Value(string? value, StatsView view) => view.Mask ? Mask.Of(value) : value;
}

internal sealed record StatsDocument(IReadOnlyList<PipelineStatsDocument> Pipelines, IReadOnlyList<string> Missing);

internal sealed record PipelineStatsDocument(
    string Pipeline,
    IReadOnlyDictionary<string, long> Statuses,
    long WithChanges,
    IReadOnlyDictionary<string, long> PropertyChanges,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RejectedValueDocument>? RejectedValues,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Suppressed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<UnresolvedParent>? UnresolvedParents,
    IReadOnlyDictionary<string, long> Withheld,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<WithheldDocument>? WithheldValues,
    long Contested,
    long Latest,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? RefusedBy,
    IReadOnlyDictionary<string, long> Suspicious,
    IReadOnlyDictionary<string, long> Rejects,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings);

/// <param name="Count">All of them; of the samples there are only some.</param>
internal sealed record WithheldDocument(
    string Property, string Rule, string Meaning, long Count, IReadOnlyList<WithheldSampleDocument> Samples);

internal sealed record WithheldSampleDocument(string LegacyId, string? Hubspot, string? Legacy);

internal sealed record RejectedValueDocument(string Property, string Column, string Reason, string? Sample, long Count);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StatsDocument))]
internal sealed partial class StatsJson : JsonSerializerContext;
