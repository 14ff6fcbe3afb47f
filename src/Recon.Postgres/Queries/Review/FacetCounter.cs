namespace Recon.Postgres.Queries.Review;

/// <summary>Counts what filters let through, from groups of records that are alike.</summary>
internal sealed class FacetCounter(IReadOnlyList<FacetGroup> groups, DateTimeOffset countedAt)
{
    /// <summary>The status of records that the run rejected.</summary>
    public const string Rejected = "rejected";

    /// <summary>The status of records that a filter of the definition leaves out.</summary>
    public const string Filtered = "filtered";

    private static readonly ReviewFacet[] s_facets = Enum.GetValues<ReviewFacet>();

    private static readonly Dictionary<ReviewFacet, IReadOnlyList<string>> s_orders = new()
    {
        [ReviewFacet.Status] = ["matched", "unmatched", "ambiguous", "conflict", Rejected, Filtered],
        [ReviewFacet.Confidence] = ConfidenceBand.Names,
        [ReviewFacet.Change] = ChangeKinds.All,
        [ReviewFacet.Candidates] = CandidateCounts.All,
        [ReviewFacet.Decided] = ["no", "yes"],
    };

    public DateTimeOffset CountedAt => countedAt;

    /// <param name="isCapped">Whether the groups are not of all records.</param>
    public FacetCounts Count(ReviewFilter filter, bool isCapped = false)
    {
        long all = 0;
        long records = 0;
        Dictionary<string, long>[] counts = [.. s_facets.Select(_ => new Dictionary<string, long>(StringComparer.Ordinal))];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (FacetGroup group in groups)
        {
            all += group.Records;
            ReviewFacet? fails = null;
            int failing = 0;
            foreach (ReviewFacet facet in s_facets)
            {
                // Property and change are one condition: the named property must change in the named way.
                if (facet != ReviewFacet.Change && !Holds(group, facet, filter))
                {
                    fails = facet;
                    failing++;
                }
            }

            if (failing == 0)
            {
                records += group.Records;
            }

            if (failing > 1)
            {
                continue;
            }

            foreach (ReviewFacet facet in s_facets)
            {
                if (fails is null || fails == facet || (fails == ReviewFacet.Property && facet == ReviewFacet.Change))
                {
                    seen.Clear();
                    foreach (string value in Values(group, facet, filter))
                    {
                        if (seen.Add(value))
                        {
                            counts[(int)facet][value] = counts[(int)facet].GetValueOrDefault(value) + group.Records;
                        }
                    }
                }
            }
        }

        return new FacetCounts(records, all, [.. s_facets.Select(facet => Listed(facet, counts[(int)facet], filter[facet])).Where(each => each.Values.Count > 0)], isCapped, countedAt);
    }

    /// <summary>The staged records by status, rule and confidence.</summary>
    public IReadOnlyList<(ReviewFilter Stratum, long Records)> Strata() =>
    [
        .. groups.Where(group => group.IsStaged).GroupBy(group => (group.Status, group.Rule, group.Confidence))
            .Select(stratum => (new ReviewFilter { Status = stratum.Key.Status, Rule = stratum.Key.Rule ?? ReviewFilter.None, Confidence = stratum.Key.Confidence }, stratum.Sum(group => group.Records)))
            .OrderByDescending(each => each.Item2),
    ];

    private static bool Holds(FacetGroup group, ReviewFacet facet, ReviewFilter filter)
        => facet == ReviewFacet.Property
            ? (filter.Property, filter.Change) is (null, null) || group.Changes.Any(change => IsWanted(change, filter.Property, filter.Change))
            : filter[facet] is not { } wanted || Values(group, facet, filter).Contains(wanted);

    private static bool IsWanted((string Property, string Kind) change, string? property, string? kind)
        => (property is null || change.Property == property) && (kind is null || change.Kind == kind);

    private static IEnumerable<string> Values(FacetGroup group, ReviewFacet facet, ReviewFilter filter) => facet switch
    {
        ReviewFacet.Status => [group.Status],
        ReviewFacet.Rule => group.IsStaged ? [group.Rule ?? ReviewFilter.None] : [],
        ReviewFacet.Confidence => group.IsStaged ? [group.Confidence] : [],
        ReviewFacet.Property => group.Changes.Where(change => IsWanted(change, null, filter.Change)).Select(change => change.Property),
        ReviewFacet.Change => group.Changes.Where(change => IsWanted(change, filter.Property, null)).Select(change => change.Kind),
        ReviewFacet.Reason => group.Reasons,
        ReviewFacet.Filter => group.Filter is { } filtered ? [filtered] : [],
        ReviewFacet.Candidates => group.Candidates is { } candidates ? [candidates] : [],
        ReviewFacet.Parent => group.Parents,
        _ => group.IsStaged ? [group.IsDecided ? "yes" : "no"] : [],
    };

    private static FacetValues Listed(ReviewFacet facet, Dictionary<string, long> counts, string? chosen)
    {
        if (chosen is not null)
        {
            counts.TryAdd(chosen, 0);
        }

        IReadOnlyList<string> order = s_orders.GetValueOrDefault(facet) ?? [];
        return new FacetValues(
            facet,
            [
                .. counts.OrderBy(each => PlaceOf(each.Key, order))
                    .ThenByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal)
                    .Select(each => new FacetValue(each.Key, each.Value, each.Key == chosen)),
            ]);
    }

    private static int PlaceOf(string value, IReadOnlyList<string> order)
        => order.Index().Where(each => each.Item == value).Select(each => each.Index).FirstOrDefault(order.Count);
}
