using System.Globalization;
using System.Text;
using Recon.Cli.Hosting;
using Recon.Postgres.Queries;

namespace Recon.Cli.Rendering;

/// <summary>What the staged updates would do, for people: a table of the properties, then their most frequent values.</summary>
internal static class ChangesText
{
    // Two values, a count and an id fit into 80 columns.
    private const int ValueLength = 24;

    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Draw(StagedChanges changes, bool mask, int? width)
    {
        var text = new StringBuilder();
        text.Append(TextWrap.ToTerminal(
            $"{changes.Pipeline}: {Show.Count(changes.WithChanges)} of {Show.Count(changes.Matched, "matched record")} would change in HubSpot\n", width));
        if (changes.Properties.Count == 0)
        {
            return text.ToString();
        }

        text.Append('\n').Append(TextTable.Draw(
            width,
            ["property", ">changes", "?>of matched", ">fills", ">overwrites", ">clears"],
            [.. changes.Properties.Select(each => (string[])[
                each.Property, Show.Count(each.Changes), Share(each.Changes, changes.Matched), Show.Count(each.Fills), Show.Count(each.Overwrites),
                Show.Count(each.Clears)])]));
        foreach (PropertyChanges property in changes.Properties.Where(property => property.Transitions.Count > 0))
        {
            text.Append('\n').Append(TextWrap.ToTerminal(property.Property, width)).Append('\n').Append(TextTable.Draw(
                width,
                [">  count", "HubSpot has", "becomes", "/for example"],
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
        (string from, string to) = ValuePair.Of(pair.From, pair.To, ValueLength, mask);
        return [Show.Count(pair.Count), from, to, string.Join(", ", pair.LegacyIds)];
    }
}
