namespace Recon.Postgres.Queries.Review;

/// <summary>Some of the records that a filter lets through.</summary>
/// <param name="Rows">The records, in the order of their keys.</param>
/// <param name="Next">What gives the page after it; <see langword="null"/> on the last one.</param>
/// <param name="NotListed">Why there are none although some are counted; <see langword="null"/> where the list is what is counted.</param>
internal sealed record ReviewPage(IReadOnlyList<ReviewRow> Rows, string? Next, string? NotListed = null);

/// <summary>A record in a list.</summary>
/// <param name="LegacyId">The legacy id; <see langword="null"/> for a rejected record.</param>
/// <param name="Columns">What the staging table shows of it.</param>
/// <param name="Changes">What would be updated.</param>
internal sealed record ReviewRow(
    string? LegacyId,
    string Status,
    long? HubspotId,
    string? Rule,
    decimal? Confidence,
    IReadOnlyList<KeyValuePair<string, string?>> Columns,
    IReadOnlyList<StagedChange> Changes,
    string? Notes,
    string? SourceFile,
    long? SourceLine,
    bool IsDecided)
{
    /// <summary>Why it was rejected; <see langword="null"/> for a staged record.</summary>
    public RowReject? Reject { get; init; }
}

/// <param name="Old">What HubSpot holds; <see langword="null"/> for nothing.</param>
/// <param name="New">What it would hold; <see langword="null"/> for nothing.</param>
internal sealed record StagedChange(string Property, string? Old, string? New);

/// <param name="Message">What is wrong with it.</param>
/// <param name="Raw">The record as it stands in the file.</param>
internal sealed record RowReject(string Message, string Raw);
