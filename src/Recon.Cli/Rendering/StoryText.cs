using System.Globalization;
using System.Text;
using Recon.Cli.Hosting;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Explain;
using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>Records' stories as people read them.</summary>
internal static class StoryText
{
    private const int MostOfCell = 60;
    private const int MostCandidates = 4;

    // What is told in a line of its own, one below the other, before anything else.
    private static readonly VerdictKind[] s_first = [VerdictKind.Change, VerdictKind.ValueRejected, VerdictKind.KeptBack];

    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    /// <param name="all">Whether also the properties that nothing happens to are told one by one.</param>
    public static string Draw(RecordExplanation explanation, int? width, bool all)
    {
        if (explanation.Records.Count == 0)
        {
            return $"{explanation.Pipeline}: no record in {string.Join(", ", explanation.Files)} has the id {explanation.LegacyId}.\n";
        }

        var text = new StringBuilder();
        foreach (RecordStory story in explanation.Records)
        {
            Draw(text, explanation.Pipeline, story, width, all);
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
    public static string[] InStory(RecordStory story, PropertyStory property)
        => property.Verdict == VerdictKind.NoRecord && story.Outcome == "ambiguous"
            ? ["not compared", "several HubSpot records"]
            : [Verdict(property.Verdict), property.Rule];

    private static void Draw(StringBuilder text, string pipeline, RecordStory story, int? width, bool all)
    {
        string reason = story.Reason is null ? "" : $" ({story.Reason})";
        string hubspot = story.HubspotId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $", HubSpot {id} by {story.Rule}, confidence {story.Confidence:0.##}")
            : "";
        Line($"{pipeline} {story.LegacyId}: {story.Outcome}{reason}{hubspot}");
        Line(string.Create(CultureInfo.InvariantCulture, $"{story.File}, line {story.Line}, byte {story.ByteOffset}"));
        Line(story.Message);
        Line(story.Notes is null ? null : $"Notes: {story.Notes}");
        TellCandidates();
        TellProperties();
        Section("Cells", ["column", "~value"], story.Cells.Select(cell => (string[])[cell.Name, Cell(cell.Value)]));
        Section(
            "Lookups, in the order tried",
            ["rule", "table", "~key", "/HubSpot ids", ""],
            story.Lookups.Select(lookup => (string[])
            [
                lookup.Name,
                lookup.Table,
                lookup.NotAsked is { } why ? $"not tried: {why}" : Cell(Keys(lookup)),
                lookup.Candidates.Count == 0 && lookup.NotAsked is null ? "none" : string.Join(", ", lookup.Candidates),
                lookup.Decided ? "decided" : "",
            ]));
        foreach (LookupStory lookup in story.Lookups.Where(lookup => lookup.Role == "fallback" && lookup.Where.Count > 0))
        {
            string whose = lookup.InheritsWhere ? " (of the match lookup)" : "";
            Line($"{lookup.Name} looks only at rows where {string.Join(" and ", lookup.Where)}{whose}");
        }

        Section(
            "Properties",
            ["property", "?from", "/raw", "/conversions", "/HubSpot", "verdict", "?rule"],
            story.Properties.Where(_ => all).Select(property => (string[])
            [
                property.Property,
                property.Source,
                Cell(property.Raw),
                Cell(Steps(property)),
                Cell(property.Hubspot),
                .. InStory(story, property),
            ]));
        text.Append('\n');

        void TellCandidates()
        {
            CandidateStory[] shown = [.. story.Candidates.Take(MostCandidates)];
            if (shown is not [{ Values: var differing }, ..])
            {
                return;
            }

            if (differing.Count == 0)
            {
                Line("The HubSpot records have the same values in all compared properties.");
                return;
            }

            Section(
                shown.Length == story.Candidates.Count ? "Where the HubSpot records differ" : $"Where the HubSpot records differ: {MostCandidates} of {story.Candidates.Count}",
                ["property", .. shown.Select(candidate => (TableColumn)string.Create(CultureInfo.InvariantCulture, $"/{candidate.HubspotId}"))],
                differing.Select((value, index) => (string[])[value.Key, .. shown.Select(candidate => Cell(candidate.Values[index].Value))]));
        }

        void TellProperties()
        {
            PropertyStory[] first = [.. story.Properties.Where(property => s_first.Contains(property.Verdict)).OrderBy(property => Array.IndexOf(s_first, property.Verdict))];
            text.Append(story.Properties.Count == 0 ? "" : "\n");
            foreach (PropertyStory property in first)
            {
                Line(Told(property));
            }

            foreach (IGrouping<string, PropertyStory> rest in story.Properties.Except(first).GroupBy(property => InStory(story, property)[0], StringComparer.Ordinal))
            {
                Line($"{rest.Count()} {rest.Key}: {string.Join(", ", rest.Select(property => property.Property))}");
            }
        }

        void Line(string? line) => text.Append(line is null ? "" : TextWrap.ToTerminal(line, width) + "\n");

        void Section(string title, TableColumn[] columns, IEnumerable<string[]> rows)
        {
            string[][] cells = [.. rows];
            text.Append(cells.Length == 0 ? "" : $"\n{TextWrap.ToTerminal(title, width)}\n{TextTable.Draw(width, columns, cells)}");
        }
    }

    private static string Told(PropertyStory property)
    {
        if (property.Verdict == VerdictKind.ValueRejected)
        {
            return $"{property.Property}: {Quoted(property.Raw)} of {property.Source} rejected ({property.Rule}), {(property.Hubspot is null ? "HubSpot has nothing" : $"HubSpot keeps {Quoted(property.Hubspot)}")}";
        }

        (string from, string to) = ValuePair.Of(property.Hubspot, property.Converted, MostOfCell, mask: false, quote: true);
        if (property.Verdict == VerdictKind.KeptBack)
        {
            string at = property.CutAt is { } length ? $" at {length}" : "";
            return $"{property.Property} withheld: {WithheldRules.InWords(property.Rule)}{at}; HubSpot keeps {from}, the file has {to}";
        }

        string origin = property.Raw is null || property.Raw == property.Converted ? "" : $", from {Quoted(property.Raw)} of {property.Source}";
        return $"{property.Property}: {from} → {to}{origin}";
    }

    private static string Quoted(string? value) => ValuePair.Quoted(TextTable.Cell(value, MostOfCell));

    private static string Keys(LookupStory lookup) => string.Join(", ", lookup.Keys.Select(key => $"{key.Name} = {key.Value}"));

    private static string Steps(PropertyStory property)
        => string.Join(" → ", property.Steps.Select(step =>
            $"{step.Kind}: {step.Failure ?? step.Result ?? "nothing"}{(step.Remark is null ? "" : $" ({step.Remark})")}"));

    private static string Cell(string? value) => TextTable.Cell(value, MostOfCell);
}
