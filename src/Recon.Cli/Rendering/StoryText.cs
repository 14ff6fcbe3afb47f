using System.Globalization;
using System.Text;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Explain;
using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>Records' stories as people read them.</summary>
internal static class StoryText
{
    private const int Width = 60;

    public static string Draw(RecordExplanation explanation)
    {
        if (explanation.Records.Count == 0)
        {
            return $"{explanation.Pipeline}: no record in {string.Join(", ", explanation.Files)} has the id {explanation.LegacyId}.\n";
        }

        var text = new StringBuilder();
        foreach (RecordStory story in explanation.Records)
        {
            Draw(text, explanation.Pipeline, story);
        }

        return text.ToString();
    }

    public static string Verdict(VerdictKind kind) => kind switch
    {
        VerdictKind.Same => "same",
        VerdictKind.SameByMeaning => "same by meaning",
        VerdictKind.LegacyEmpty => "legacy empty",
        VerdictKind.Change => "change",
        VerdictKind.KeptBack => "withheld",
        VerdictKind.ValueRejected => "value rejected",
        VerdictKind.NotApplicable => "not applicable",
        _ => "no record",
    };

    // Of an ambiguous record there are several HubSpot records, not none.
    private static string[] InStory(RecordStory story, PropertyStory property)
        => property.Verdict == VerdictKind.NoRecord && story.Outcome == "ambiguous"
            ? ["not compared", "several HubSpot records"]
            : [Verdict(property.Verdict), property.Rule];

    private static void Draw(StringBuilder text, string pipeline, RecordStory story)
    {
        text.Append(CultureInfo.InvariantCulture, $"{pipeline} {story.LegacyId}: {story.Outcome}");
        text.Append(story.Reason is null ? "" : $" ({story.Reason})");
        text.Append(story.HubspotId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $", HubSpot {id} by {story.Rule}, confidence {story.Confidence:0.##}\n")
            : "\n");
        text.Append(CultureInfo.InvariantCulture, $"{story.File}, line {story.Line}, byte {story.ByteOffset}\n");
        Line(text, story.Message);
        Line(text, story.Notes is null ? null : $"Notes: {story.Notes}");
        Section(text, "Cells", ["column", "value"], story.Cells.Select(cell => (string[])[cell.Name, Cell(cell.Value)]));
        Section(
            text,
            "Lookups, in the order tried",
            ["rule", "table", "key", "HubSpot ids", ""],
            story.Lookups.Select(lookup => (string[])
            [
                lookup.Name,
                lookup.Table,
                lookup.NotAsked is { } why ? $"not tried: {why}" : TextTable.Cell(Keys(lookup), Width),
                lookup.Candidates.Count == 0 && lookup.NotAsked is null ? "none" : string.Join(", ", lookup.Candidates),
                lookup.Decided ? "decided" : "",
            ]));
        foreach (LookupStory lookup in story.Lookups.Where(lookup => lookup.Role == "fallback" && lookup.Where.Count > 0))
        {
            string whose = lookup.InheritsWhere ? " (of the match lookup)" : "";
            text.Append($"{lookup.Name} looks only at rows where {string.Join(" and ", lookup.Where)}{whose}\n");
        }

        Section(
            text,
            "Properties",
            ["property", "from", "raw", "conversions", "HubSpot", "verdict", "rule"],
            story.Properties.Select(property => (string[])
            [
                property.Property,
                property.Source,
                Cell(property.Raw),
                TextTable.Cell(Steps(property), Width),
                Cell(property.Hubspot),
                .. InStory(story, property),
            ]));
        foreach (PropertyStory property in story.Properties.Where(property => property.Verdict == VerdictKind.KeptBack))
        {
            string at = property.CutAt is { } length ? $" at {length}" : "";
            text.Append($"{property.Property} withheld: {WithheldRules.InWords(property.Rule)}{at}\n");
        }

        text.Append('\n');
    }

    private static void Line(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            text.Append(line).Append('\n');
        }
    }

    private static void Section(StringBuilder text, string title, string[] headers, IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        if (all.Length > 0)
        {
            text.Append('\n').Append(title).Append('\n').Append(TextTable.Draw(headers, all));
        }
    }

    private static string Keys(LookupStory lookup) => string.Join(", ", lookup.Keys.Select(key => $"{key.Name} = {key.Value}"));

    private static string Steps(PropertyStory property)
        => string.Join(" → ", property.Steps.Select(step =>
            $"{step.Kind}: {step.Failure ?? step.Result ?? "nothing"}{(step.Remark is null ? "" : $" ({step.Remark})")}"));

    private static string Cell(string? value) => TextTable.Cell(value, Width);
}
