using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Postgres.Queries;

namespace Recon.Cli.Rendering;

/// <summary>What is shown of the statistics.</summary>
internal sealed record StatsView(bool RejectedValues, bool Suppressed, bool Parents, bool Mask);

/// <summary>Statistics as text and as JSON.</summary>
internal static class StatsText
{
    /// <summary>The statistics for people.</summary>
    public static string Draw(IReadOnlyList<PipelineStats> stats, StatsView view)
    {
        StringBuilder text = new();
        text.Append(Table(["pipeline", "status", ">rows"], stats.SelectMany(s => s.Statuses.Select(count => Row(s, count)))));
        text.Append(Table(
            ["pipeline", "property to update", ">rows"], stats.SelectMany(s => s.PropertyChanges.Select(count => Row(s, count)))));
        if (view.RejectedValues)
        {
            text.Append(Table(
                ["pipeline", "property", "column", "reason", "sample", ">values"],
                stats.SelectMany(s => Rejected(s).Select(entry => (string[])[
                    s.Pipeline, entry.Key.Property, entry.Key.Column, entry.Key.Reason, Cell(entry.Key.Sample, view), Show.Count(entry.Value)]))));
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
                ["pipeline", "unresolved parent", "legacy id", ">rows blocked"],
                stats.SelectMany(s => s.MissingParents.Select(parent => (string[])[
                    s.Pipeline, parent.Lookup, Cell(parent.LegacyId, view), Show.Count(parent.Blocks)]))));
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>The statistics as a document.</summary>
    /// <param name="missing">Pipelines that have no staging table yet.</param>
    public static string Json(IReadOnlyList<PipelineStats> stats, IReadOnlyList<string> missing, StatsView view) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("pipelines");
        foreach (PipelineStats s in stats)
        {
            json.WriteStartObject();
            json.WriteString("pipeline", s.Pipeline);
            json.WriteCounts("statuses", s.Statuses);
            json.WriteNumber("with_changes", s.WithChanges);
            json.WriteCounts("property_changes", s.PropertyChanges);
            WriteDetails(json, s, view);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("missing");
        foreach (string name in missing)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }) + "\n";

    private static void WriteDetails(Utf8JsonWriter json, PipelineStats s, StatsView view)
    {
        if (view.RejectedValues)
        {
            json.WriteStartArray("rejected_values");
            foreach ((RejectedValue value, long count) in Rejected(s))
            {
                json.WriteStartObject();
                json.WriteString("property", value.Property);
                json.WriteString("column", value.Column);
                json.WriteString("reason", value.Reason);
                json.WriteString("sample", view.Mask ? Mask.Of(value.Sample) : value.Sample);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (view.Suppressed)
        {
            json.WriteCounts("suppressed", Suppressed(s));
        }

        if (view.Parents)
        {
            json.WriteStartArray("missing_parents");
            foreach (MissingParent parent in s.MissingParents)
            {
                json.WriteStartObject();
                json.WriteString("lookup", parent.Lookup);
                json.WriteString("legacy_id", view.Mask ? Mask.Of(parent.LegacyId) : parent.LegacyId);
                json.WriteNumber("blocks", parent.Blocks);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private static string[] Row(PipelineStats s, KeyValuePair<string, long> count) => [s.Pipeline, count.Key, Show.Count(count.Value)];

    private static string Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
        => TextTable.Draw(headers, [.. rows]) + "\n";

    private static IEnumerable<KeyValuePair<RejectedValue, long>> Rejected(PipelineStats s)
        => (s.LastRun?.RejectedValues ?? []).OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key.Property, StringComparer.Ordinal).ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, long>> Suppressed(PipelineStats s)
        => (s.LastRun?.Suppressed ?? []).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal);

    private static string Cell(string? value, StatsView view) => TextTable.Cell(view.Mask ? Mask.Of(value) : value, 40);
}
