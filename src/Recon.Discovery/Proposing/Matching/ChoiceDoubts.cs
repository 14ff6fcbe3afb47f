using Recon.Discovery.Proposing.Names;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>What speaks against a choice beside its values: other columns' names, the property, and the file's header.</summary>
/// <param name="idColumn">The file's column with the ids.</param>
internal sealed class ChoiceDoubts(PairedRows rows, IReadOnlyList<ColumnName> fileNames, IReadOnlyList<ColumnName> mirrorNames, IReadOnlySet<int> repeated, int idColumn)
{
    private const double GoodName = 0.6;
    private const double BetterBy = 0.1;
    private const double ValuesDecide = 0.9;

    public IReadOnlyList<PropertyChoice> Add(IReadOnlyList<PropertyChoice> choices)
    {
        HashSet<int> used = [.. choices.Where(choice => choice.IsActive).Select(choice => choice.Candidate.File).Append(idColumn)];
        int[] free = [.. Enumerable.Range(0, rows.File.Count).Where(column => !used.Contains(column) && rows.FileValues(column).Any(value => value is not null))];
        return [.. choices.Select(choice => Add(choice, free))];
    }

    private PropertyChoice Add(PropertyChoice choice, int[] free)
    {
        Candidate candidate = choice.Candidate;
        if (repeated.Contains(candidate.File))
        {
            return choice with { IsCertain = false, IsActive = false, Doubt = RepeatedNames.Why, Rivals = [] };
        }

        string property = rows.Mirror[candidate.Mirror].Name;
        string? doubt = HubspotProperty.WhyDoubtful(property);
        if (doubt is null && candidate.Agreement.Share < ValuesDecide
            && free.Select(column => (Column: column, Name: fileNames[column].Likeness(mirrorNames[candidate.Mirror])))
                .Where(column => column.Name >= GoodName && column.Name > candidate.Name + BetterBy)
                .OrderByDescending(column => column.Name).Select(column => (int?)column.Column).FirstOrDefault() is { } better)
        {
            doubt = $"{rows.File[better].Name} is called more like it";
        }

        return doubt is null || choice.Doubt is not null ? choice : choice with { IsCertain = false, Doubt = doubt };
    }
}
