namespace Recon.Postgres.Queries.Review;

/// <summary>Records that are alike in every facet.</summary>
/// <param name="Confidence">A name of <see cref="ConfidenceBand"/>.</param>
/// <param name="Changes">The properties that would change, each with a name of <see cref="ChangeKinds"/>.</param>
/// <param name="Candidates">A name of <see cref="CandidateCounts"/>; <see langword="null"/> for records that are not ambiguous.</param>
internal sealed record FacetGroup(
    string Status,
    string? Rule,
    string Confidence,
    IReadOnlyList<(string Property, string Kind)> Changes,
    IReadOnlyList<string> Reasons,
    string? Filter,
    string? Candidates,
    IReadOnlyList<string> Parents,
    bool IsDecided,
    long Records)
{
    /// <summary>Records of the file that are not staged.</summary>
    public static FacetGroup NotStaged(string status, IReadOnlyList<string> reasons, string? filter, long records)
        => new(status, null, ReviewFilter.None, [], reasons, filter, null, [], false, records);

    public bool IsStaged => Status is not (FacetCounter.Rejected or FacetCounter.Filtered);
}
