using System.Globalization;
using System.Text;
using Recon.Postgres.Queries;

namespace Recon.Cli.Rendering;

/// <summary>What the staged updates would do, for people: a table of the properties, then their most frequent values.</summary>
internal static class ChangesText
{
    // Two values, a count and an id fit into 80 columns.
    private const int ValueLength = 24;
    private const int LeadLength = 6;

    public static string Draw(StagedChanges changes, bool mask)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{changes.Pipeline}: {Show.Count(changes.WithChanges)} of {Show.Count(changes.Matched, "matched record")} would change in HubSpot\n");
        if (changes.Properties.Count == 0)
        {
            return text.ToString();
        }

        text.Append('\n').Append(TextTable.Draw(
            ["property", ">changes", ">of matched", ">fills", ">overwrites", ">clears"],
            [.. changes.Properties.Select(each => (string[])[
                each.Property, Show.Count(each.Changes), Share(each.Changes, changes.Matched), Show.Count(each.Fills), Show.Count(each.Overwrites),
                Show.Count(each.Clears)])]));
        foreach (PropertyChanges property in changes.Properties.Where(property => property.Transitions.Count > 0))
        {
            text.Append('\n').Append(property.Property).Append('\n').Append(TextTable.Draw(
                [">  count", "HubSpot has", "becomes", "for example"],
                [
                    .. property.Transitions.Select(pair => Row(pair, mask)),
                    .. property.Others == 0 ? (string[][])[] : [[Show.Count(property.Others), "(other values)", "", ""]],
                ]));
        }

        return text.ToString();
    }

    private static string Share(long part, long whole)
        => whole == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} %");

    private static string[] Row(Transition pair, bool mask)
    {
        // Of long texts that begin alike, what differs is shown.
        int alike = pair is { From: { } from, To: { } to } ? from.AsSpan().CommonPrefixLength(to) : 0;
        int skipped = alike <= ValueLength / 2 || Math.Max(pair.From!.Length, pair.To!.Length) <= ValueLength ? 0 : alike - LeadLength;
        return [Show.Count(pair.Count), Value(pair.From), Value(pair.To), string.Join(", ", pair.LegacyIds)];

        string Value(string? value)
        {
            string? shown = mask ? Mask.Of(value) : value;
            return shown is null ? "(nothing)" : TextTable.Cell(skipped == 0 ? shown : "…" + shown[Math.Min(skipped, shown.Length)..], ValueLength);
        }
    }
}
