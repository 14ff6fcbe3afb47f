using System.Text;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

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

    /// <summary>Differences that were staged although HubSpot's text begins with the legacy one, by property.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Suspicious(BatchCounts counts)
        => from remark in counts.Remarks
           let name = Split(remark.Key)
           where name.Rule == ValueRemarks.Suspicious
           orderby name.Property
           select KeyValuePair.Create(name.Property, remark.Value);

    /// <summary>Withheld differences by property and rule, most first, with their samples; then suspicious ones.</summary>
    public static IEnumerable<(string Property, string Rule, long Count, IReadOnlyList<WithheldSample> Samples)> ByProperty(BatchCounts counts)
        => from entry in counts.KeptBack.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
               .Concat(Suspicious(counts).Select(each => KeyValuePair.Create($"{each.Key}/{ValueRemarks.Suspicious}", each.Value)))
           let name = Split(entry.Key)
           select (name.Property, name.Rule, entry.Value, (IReadOnlyList<WithheldSample>)
               [.. counts.Withheld.Different.Where(sample => (sample.Property, sample.Rule) == name)]);

    /// <summary>One line; <see langword="null"/> when nothing was withheld.</summary>
    /// <param name="hint">What to do to see them, in parentheses; may be empty.</param>
    public static string? Line(BatchCounts counts, string hint)
    {
        string withheld = counts.KeptBack.Count == 0 ? ""
            : $"withheld {string.Join(", ", ByRule(counts).Select(rule => $"{Show.Count(rule.Value)} {rule.Key}"))}";
        long suspicious = Suspicious(counts).Sum(each => each.Value);
        string staged = suspicious == 0 ? "" : $"{(withheld.Length == 0 ? "" : "; ")}{Show.Count(suspicious, "suspicious value")} staged";
        return withheld.Length + staged.Length == 0 ? null : $"{withheld}{staged}{hint}";
    }

    /// <summary>Each property and rule with its samples: what HubSpot holds, and what would have replaced it.</summary>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Samples(string pipeline, BatchCounts counts, int most, bool mask, int? width)
    {
        StringBuilder text = new();
        foreach ((string property, string rule, long count, IReadOnlyList<WithheldSample> samples) in ByProperty(counts))
        {
            int shown = Math.Min(samples.Count, most);
            text.Append(TextWrap.ToTerminal(
                $"\n{pipeline} {property}: {Show.Count(count, "value")} {(rule == ValueRemarks.Suspicious ? "" : "withheld, ")}{rule}\n({WithheldRules.InWords(rule)})\n"
                    + (shown == count ? "" : $"(first {Show.Count(shown, "different sample")} of {Show.Count(count, "value")})\n"),
                width));
            text.Append(TextTable.Draw(
                width,
                ["  legacy id", "/HubSpot holds", "/→ legacy value"],
                [.. samples.Take(most).Select(sample => (string[])[
                    $"  {Masked(sample.LegacyId, mask)}", Value(sample.Hubspot, mask), $"→ {Value(sample.Legacy, mask)}"])]));
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
