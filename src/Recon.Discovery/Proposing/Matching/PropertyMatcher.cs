
namespace Recon.Discovery.Proposing.Matching;

/// <summary>Chooses a column for each property, from what agrees beyond chance.</summary>
/// <param name="candidates">For each two columns that agree beyond chance the best reading.</param>
/// <param name="columns">How columns of both sides are called in messages.</param>
internal sealed class PropertyMatcher(IReadOnlyList<Candidate> candidates, ColumnLabels columns)
{
    private const int FewestPairs = 20;
    private const int FewestDistinct = 10;
    private const double FarApart = 0.25;
    private const int ManyMapped = 15;
    private const int ShortestId = 5;
    private const double LikelyName = 0.6;
    private const double SomeName = 0.4;

    // A mirror is often stale by a third, and another column that agrees with most is often alike: a parent's name, a place of birth.
    private const double EnoughAlone = 0.8;
    private const double EnoughWithName = 0.6;
    private const double LeastBeyondChance = 0.3;

    // By so much a name must be likelier where values do not decide.
    private const double ClearName = 0.2;

    /// <summary>A choice per property, at most.</summary>
    public IReadOnlyList<PropertyChoice> Choose()
    {
        List<(Candidate Candidate, List<Candidate> Rivals)> chosen = [.. candidates.GroupBy(candidate => candidate.Mirror).Select(Best)];
        List<PropertyChoice> choices = [];
        foreach ((Candidate candidate, List<Candidate> rivals) in chosen)
        {
            Candidate[] owners = [.. chosen.Select(choice => choice.Candidate)
                .Where(other => other.File == candidate.File && other.Mirror != candidate.Mirror && other.Family == candidate.Family)];
            choices.Add(Judge(candidate, rivals, owners));
        }

        return choices;
    }

    private static (Candidate, List<Candidate>) Best(IEnumerable<Candidate> ofProperty)
    {
        List<Candidate> ranked = [.. ofProperty.OrderByDescending(candidate => candidate.Value).ThenByDescending(candidate => candidate.Name)];
        Candidate first = ranked[0];
        List<Candidate> near = [.. ranked.Where(other => other == first || (!first.Beats(other) && other.Value > first.Value - FarApart))];
        Candidate best = near.OrderByDescending(candidate => candidate.Value + (0.6 * candidate.Name)).ThenBy(candidate => candidate.Reading.Cost).First();
        return (best, [.. near.Where(other => other != best)]);
    }

    private PropertyChoice Judge(Candidate candidate, List<Candidate> rivals, Candidate[] owners)
    {
        // Another property that the column agrees with better: what agrees here may only be alike.
        Candidate? owner = owners.Where(other => other.Beats(candidate)).OrderByDescending(other => other.Value).FirstOrDefault();
        Candidate? twin = owner is null ? owners.FirstOrDefault(other => !candidate.Beats(other)) : null;
        bool losesToTwin = twin is not null && candidate.Name < twin.Name + ClearName;
        string? doubt =
            owner is not null ? $"{columns.File(candidate)} agrees better with {columns.Mirror(owner)}"
            : rivals.FirstOrDefault(rival => !IsClearlyWorse(rival, candidate)) is { } rival ? $"{columns.File(rival)} agrees as well"
            : twin is not null && losesToTwin ? $"{columns.File(candidate)} agrees as well with {columns.Mirror(twin)}"
            : candidate.Counts ? "the column only counts the records"
            : candidate.Conflicts ? "the names tell different things"
            : Weakness(candidate);
        bool isActive = owner is null ? !losesToTwin || candidate.Name >= SomeName || twin?.Name <= candidate.Name : candidate.Name >= LikelyName && !candidate.Conflicts;
        if (candidate.Counts && candidate.Name < LikelyName)
        {
            isActive = false;
        }

        if (candidate.Map.Count > ManyMapped && candidate.Name < SomeName)
        {
            isActive = false;
        }

        return new PropertyChoice(candidate, doubt is null, isActive, doubt, rivals);
    }

    private static bool IsClearlyWorse(Candidate rival, Candidate candidate)
        => (rival.Map.Count > 0 && rival.Value <= candidate.Value - 0.04 && (candidate.Map.Count == 0 || rival.Injectivity < candidate.Injectivity - 0.1));

    private static string? Weakness(Candidate candidate)
    {
        Agreement agreement = candidate.Agreement;
        double least = candidate.Name >= LikelyName ? EnoughWithName : EnoughAlone;
        if (agreement.Pairs < FewestPairs)
        {
            return $"there are only {agreement.Pairs} pairs";
        }

        if (agreement.BeyondChance < LeastBeyondChance || agreement.Share < least)
        {
            return "too few pairs agree";
        }

        if (candidate.Reading.Cost >= 20)
        {
            return "the values agree only when they are scaled";
        }

        if (candidate.Map.Count > 0)
        {
            return candidate.Map.All(value => value.Hubspot.Length >= ShortestId && value.Hubspot.All(char.IsAsciiDigit)) ? "what they become looks like HubSpot's ids"
                : candidate.Injectivity < 0.7 ? "several values become the same one"
                : agreement.BeyondChance < 0.5 ? "too few pairs agree"
                : candidate.Name < SomeName ? "the values are spelled differently, and the names do not say that they mean the same"
                : null;
        }

        if (agreement.Distinct >= FewestDistinct)
        {
            return null;
        }

        // Few values, spelled the same: names have to say so, too.
        return agreement.Deviations < 6 || agreement.BeyondChance < 0.5 ? "only a few values agree"
            : candidate.Name < SomeName ? "the column has only a few values, and the names do not say that they mean the same"
            : null;
    }
}
