using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;

namespace Recon.Cli.Rendering;

/// <summary>Differences that were not staged, for people: in a line, and with samples in 80 columns.</summary>
internal static class WithheldText
{
    private const int ValueWidth = 29;

    /// <summary>Withheld differences by rule, most first.</summary>
    public static IReadOnlyList<KeyValuePair<string, long>> ByRule(BatchCounts counts) =>
    [
        .. counts.KeptBack.GroupBy(entry => Split(entry.Key).Rule, entry => entry.Value)
            .Select(rule => KeyValuePair.Create(rule.Key, rule.Sum()))
            .OrderByDescending(rule => rule.Value).ThenBy(rule => rule.Key, StringComparer.Ordinal),
    ];

    /// <summary>Withheld differences by property and rule, most first, with their samples.</summary>
    public static IEnumerable<(string Property, string Rule, long Count, IReadOnlyList<WithheldSample> Samples)> ByProperty(BatchCounts counts)
        => from entry in counts.KeptBack
           let name = Split(entry.Key)
           orderby entry.Value descending, entry.Key
           select (name.Property, name.Rule, entry.Value, (IReadOnlyList<WithheldSample>)
               [.. counts.Withheld.All.Where(sample => (sample.Property, sample.Rule) == name)]);

    /// <summary>One line that ends in a line feed; empty when nothing was withheld.</summary>
    /// <param name="hint">What to do to see them, in parentheses; may be empty.</param>
    public static string Line(string pipeline, BatchCounts counts, string hint)
        => counts.KeptBack.Count == 0 ? ""
            : $"{pipeline}: withheld {string.Join(", ", ByRule(counts).Select(rule => $"{Show.Count(rule.Value)} {rule.Key}"))}{hint}\n";

    /// <summary>Each property and rule with its samples: what HubSpot holds, and what would have replaced it.</summary>
    public static string Samples(string pipeline, BatchCounts counts, int most, bool mask)
    {
        StringBuilder text = new();
        foreach ((string property, string rule, long count, IReadOnlyList<WithheldSample> samples) in ByProperty(counts))
        {
            text.Append($"\n{pipeline} {property}: {Show.Count(count, "value")} withheld, {rule}\n({WithheldRules.InWords(rule)})\n");
            text.Append(TextTable.Draw(
                ["  legacy id", "HubSpot holds", "→ legacy value"],
                [.. samples.Take(most).Select(sample => (string[])[
                    $"  {TextTable.Cell(Masked(sample.LegacyId, mask), 14)}", Value(sample.Hubspot, mask), $"→ {Value(sample.Legacy, mask)}"])]));
        }

        return text.ToString();
    }

    private static string Value(string? value, bool mask)
        => value is null ? "(empty)" : $"\"{TextTable.Cell(Masked(value, mask), ValueWidth - 2)}\"";

    private static string? Masked(string? value, bool mask) => mask ? Mask.Of(value) : value;

    // Names of rules hold no slash.
    private static (string Property, string Rule) Split(string key)
        => (key[..key.LastIndexOf('/')], key[(key.LastIndexOf('/') + 1)..]);
}
