using System.Text.Encodings.Web;
using System.Text.Json;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Review.Markup;

namespace Recon.Review.Model;

/// <summary>Values that could not be read, and what would have them read.</summary>
internal static class RejectedValuesPart
{
    public static IEnumerable<RejectedValueFacts> Of(PipelineEvidence evidence, ReportDetail detail, ValueShow show)
        => from entry in evidence.Counts.RejectedValues
           group entry by (entry.Key.Property, entry.Key.Column, entry.Key.Reason) into kind
           let count = kind.Sum(entry => entry.Value)
           orderby count descending, kind.Key.Property, kind.Key.Reason
           select Of(evidence, kind.Key, count, [.. kind.Where(entry => entry.Key.Sample is not null)
               .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key.Sample!, entry.Value))], detail, show);

    private static RejectedValueFacts Of(
        PipelineEvidence evidence,
        (string Property, string Column, string Reason) kind,
        long count,
        KeyValuePair<string, long>[] samples,
        ReportDetail detail,
        ValueShow show)
    {
        RejectedValues? known = evidence.Rejected(kind.Property, kind.Reason);
        ValueSampleFacts[] told =
        [
            .. samples.Take(detail.Values).Select(sample =>
            {
                UnmappedValue? unmapped = kind.Reason == ValueRejectReasons.Unmapped ? evidence.Unmapped(kind.Property, sample.Key) : null;
                return new ValueSampleFacts(show.Of(sample.Key, sample.Key.Length), sample.Value, unmapped?.Nearest, unmapped?.Option);
            }),
        ];
        (IReadOnlyList<string> paste, string? into) = Paste(evidence, kind, known, show.Masked ? [] : [.. samples.Take(detail.Values).Select(sample => sample.Key)]);
        return new RejectedValueFacts(
            kind.Property,
            kind.Column,
            kind.Reason,
            kind.Reason == ValueRejectReasons.RequiredMissing ? "no value, and one is required" : RejectedValuesText.What(kind.Reason),
            count,
            known?.Values ?? evidence.Counts.ConvertedValues.GetValueOrDefault(kind.Property),
            known is null ? [] : Advice(known, evidence.TimeZone, told.Length > 0),
            told,
            count - told.Sum(sample => sample.Count),
            paste,
            into);
    }

    // Where the values are told, nobody has to be sent to look for them.
    private static string[] Advice(RejectedValues known, string timeZone, bool areTold)
        => [.. RejectedValuesText.Advice(known, timeZone, _ => "…").Select(advice => areTold ? advice.Replace(" (recon run --dry-run lists them)", "", StringComparison.Ordinal) : advice)];

    // What would be shown otherwise than it is must not be pasted.
    private static (IReadOnlyList<string> Lines, string? Into) Paste(
        PipelineEvidence evidence, (string Property, string Column, string Reason) kind, RejectedValues? known, IReadOnlyList<string> samples)
    {
        (IReadOnlyList<string> lines, string? into) = PasteAny(evidence, kind, known, samples);
        string[] faithful = [.. lines.Where(line => VisibleText.Of(line) == line)];
        return (faithful, faithful.Length == 0 ? null : into);
    }

    private static (IReadOnlyList<string> Lines, string? Into) PasteAny(
        PipelineEvidence evidence, (string Property, string Column, string Reason) kind, RejectedValues? known, IReadOnlyList<string> samples)
    {
        if (known?.Remedies is [var remedy, ..])
        {
            return ([$"\"convert\": {remedy.Convert}"], $"the property {kind.Property}");
        }

        UnmappedValue[] near = kind.Reason != ValueRejectReasons.Unmapped ? []
            : [.. samples.Select(sample => evidence.Unmapped(kind.Property, sample)).OfType<UnmappedValue>().Where(value => value.Option is not null)];
        if (near.Length == 0)
        {
            return ([], null);
        }

        MapFileDefinition? file = evidence.Pipeline.Diff.Properties.First(property => property.Property == kind.Property).Convert.OfType<MapFileDefinition>().FirstOrDefault();
        return file is null
            ? ([.. near.Select(value => $"{Json(value.Value!)}: {Json(value.Option!)},")], $"\"values\" of the map of {kind.Property}, if that is meant")
            : ([.. near.Select(value => CsvCell.Line(value.Value, value.Option).TrimEnd())], $"the file {file.Path}, if that is meant");
    }

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
