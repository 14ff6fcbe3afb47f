using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Choice;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Truth values, choices and lists of choices.</summary>
internal static class ChoiceJudge
{
    private const int MostChoices = 60;
    private const int FewChoices = 15;
    private const int LongestChoice = 60;
    private const int LeastRecords = 12;

    private static readonly (string True, string False)[] s_pairs =
    [
        ("true", "false"), ("1", "0"), ("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off"), ("oui", "non"), ("o", "n"), ("vrai", "faux"), ("ja", "nein"), ("j", "n"), ("wahr", "falsch"),
        ("sí", "no"), ("si", "no"), ("s", "n"), ("verdadero", "falso"), ("vero", "falso"), ("sim", "não"), ("tak", "nie"), ("-1", "0"), ("x", ""),
    ];

    public static Judgement? Boolean(ColumnValues values, FileHabits habits)
    {
        string[] texts = [.. values.Distinct.Select(value => value.Text.ToLowerInvariant()).Distinct()];
        if (texts.Length > 2 || (texts.Length == 1 && TextJudge.IsNamedId(values)) || values.Total < 2)
        {
            return null;
        }

        foreach ((string yes, string no) in s_pairs)
        {
            if (!texts.All(text => text == yes || text == no) || (texts.Length == 1 && (texts[0] == no || !IsAlone(yes))))
            {
                continue;
            }

            BooleanDefinition definition = new();
            definition = definition.TrueTexts.Contains(yes) || definition.FalseTexts.Contains(yes) ? definition : definition with { TrueTexts = [.. definition.TrueTexts, yes] };
            definition = no.Length == 0 || definition.FalseTexts.Contains(no) ? definition : definition with { FalseTexts = [.. definition.FalseTexts, no] };
            string evidence = values.Say(values.Total, texts.Length == 1 ? $"\"{yes}\"" : $"\"{yes}\" or \"{no}\"");
            bool digits = yes is "1" or "-1";
            Found<ColumnKind> kind = new(ColumnKind.Boolean, texts.Length == 2 && !digits, evidence, digits ? [new(ColumnKind.Integer, "they are whole numbers, too")] : texts.Length == 2 ? [] : [new(ColumnKind.Enumeration, "there is one value only")]);
            return new(kind, new(definition, texts.Length == 2, evidence, []));
        }

        return null;
    }

    public static Judgement? MultiSelect(ColumnValues values, FileHabits habits)
    {
        foreach (char separator in ";,|")
        {
            long lists = values.Count(value => value.Text.Contains(separator, StringComparison.Ordinal));
            if (lists < 3 || lists * 20 < values.Total || values.Total < LeastRecords)
            {
                continue;
            }

            Dictionary<string, long> items = new(StringComparer.Ordinal);
            foreach (ColumnValue value in values.Distinct)
            {
                foreach (string item in value.Text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    items[item] = items.GetValueOrDefault(item) + value.Records;
                }
            }

            long all = items.Values.Sum();
            if (items.Count is < 2 or > MostChoices || items.Keys.Max(item => item.Length) > LongestChoice || all < items.Count * 5L
                || items.Count(item => item.Value > 1) < items.Count * ColumnValues.Most || (items.Count >= values.Distinct.Count && !IsWrapped(values, separator)))
            {
                continue;
            }

            string evidence = $"{values.Say(lists, $"lists with \"{separator}\" of {CountText.Show(items.Count)} different items")}";
            return Judgement.Of(new(ColumnKind.MultiSelect, true, evidence, []), new MultiSelectDefinition { Separator = separator.ToString() });
        }

        return null;
    }

    public static Judgement? Enumeration(ColumnValues values, FileHabits habits)
    {
        int choices = values.Distinct.Count;
        if (choices > MostChoices || values.Total < LeastRecords || values.Total < choices * 4L || values.Distinct.Any(value => value.Text.Length > LongestChoice || value.Text.Contains('\n', StringComparison.Ordinal)))
        {
            return null;
        }

        bool certain = choices <= FewChoices && values.Total >= choices * 8L;
        string evidence = $"{CountText.Show(choices, "different value")} in {CountText.Show(values.Total, "record")}{(values.IsSample ? " of a sample" : "")}";
        return new(new(ColumnKind.Enumeration, certain, evidence, certain ? [] : [new(ColumnKind.Text, "more records may have more values")]), null);
    }

    // What marks records where others are blank.
    private static bool IsAlone(string yes) => yes is "1" or "-1" or "true" or "x" or "y" or "yes" or "oui" or "o" or "vrai" or "ja";

    private static bool IsWrapped(ColumnValues values, char separator) => values.AreMost(values.Count(value => value.Text[0] == separator && value.Text[^1] == separator));
}
