namespace Recon.Postgres.Queries.Review;

/// <summary>How many records a filter lets through, and how many it would with another value of each facet.</summary>
/// <param name="Records">Records that the filter lets through.</param>
/// <param name="All">Records of the pipeline, staged or not.</param>
/// <param name="Facets">The facets that tell records apart; one whose records are all alike is not among them, unless the filter names it.</param>
/// <param name="IsCapped">Whether there are more records than were counted.</param>
/// <param name="CountedAt">When the rows were read.</param>
internal sealed record FacetCounts(
    long Records, long All, IReadOnlyList<FacetValues> Facets, bool IsCapped, DateTimeOffset CountedAt)
{
    /// <summary>Whether somebody has decided about records since: they are counted as they were.</summary>
    public bool IsOutdated { get; init; }

    /// <summary>Differences that a rule withheld, by <c>PROPERTY/RULE</c>, as the run counted them: rows do not say so.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Withheld { get; init; } = [];
}

/// <param name="Values">Its values with the records that have them where all else that the filter says holds; the most frequent first.</param>
internal sealed record FacetValues(ReviewFacet Facet, IReadOnlyList<FacetValue> Values);

/// <param name="IsChosen">Whether the filter names it.</param>
internal sealed record FacetValue(string Value, long Records, bool IsChosen);
