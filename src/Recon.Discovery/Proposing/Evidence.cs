using System.Globalization;
using Recon.Discovery.Proposing.Matching;

namespace Recon.Discovery.Proposing;

/// <summary>What speaks for a property, in words: counts, formats and values of enumerations, and never a text of a record.</summary>
internal static class Evidence
{
    private const int MostShown = 6;
    private const int LongestShown = 40;

    public static string Of(PropertyChoice choice, int pairs, int agree)
    {
        Candidate candidate = choice.Candidate;
        List<string> parts = [Share(agree, pairs)];
        if (candidate.Agreement.Pairs > 0 && candidate.Agreement.Expected >= candidate.Agreement.Pairs * 0.1)
        {
            parts.Add($"{Percent(candidate.Agreement.Expected, candidate.Agreement.Pairs)} would by chance");
        }

        if (candidate.Map.Count > 0)
        {
            parts.Add(string.Join(", ", candidate.Map.OrderByDescending(value => value.Pairs).Take(MostShown)
                .Select(value => $"{Cut(value.Legacy)} → {Cut(value.Hubspot)}: {value.Agree:N0} of {value.Pairs:N0}")) + (candidate.Map.Count > MostShown ? ", …" : ""));
            if (candidate.Unmapped.Count > 0)
            {
                // What is rare may be a text of one record.
                parts.Add(candidate.Unmapped.Count == 1 ? "1 other value is too rare or too mixed to map" : $"{candidate.Unmapped.Count:N0} other values are too rare or too mixed to map");
            }
        }

        if (choice.Doubt is { } doubt)
        {
            parts.Add(doubt);
        }

        return string.Join("; ", parts);
    }

    /// <summary>How many of the pairs agree.</summary>
    public static string Share(int agree, int pairs) => pairs == 0 ? "no pair has a value on both sides" : $"{Percent(agree, pairs)} of {pairs.ToString("N0", CultureInfo.InvariantCulture)} pairs agree";

    private static string Percent(double part, double whole) => (100 * part / whole).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Cut(string value) => value.Length <= LongestShown ? value : value[..LongestShown] + "…";
}
