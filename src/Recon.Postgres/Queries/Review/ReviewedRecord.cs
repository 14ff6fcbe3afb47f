using Recon.Dataflow.Diff;

namespace Recon.Postgres.Queries.Review;

/// <summary>A staged record with all that is known of it.</summary>
/// <param name="Row">The row as it is in lists.</param>
/// <param name="Properties">The mapped properties, in the order of the definition.</param>
/// <param name="Raw">The values of the file that are mapped, by column.</param>
/// <param name="Parents">The parents that it names.</param>
/// <param name="RunId">The run that staged it.</param>
/// <param name="MirrorMissing">Whether its HubSpot record is not in the mirror any more.</param>
internal sealed record ReviewedRecord(
    ReviewRow Row,
    IReadOnlyList<ReviewedProperty> Properties,
    IReadOnlyList<KeyValuePair<string, string?>> Raw,
    IReadOnlyList<ReviewedParent> Parents,
    Guid? RunId,
    bool MirrorMissing)
{
    /// <summary>The record as it stands in the file; <see langword="null"/> where that is gone or another one.</summary>
    public SourceRow? Source { get; init; }
}

/// <summary>A property on both sides, and what was decided.</summary>
/// <param name="Source">The column or columns that it is made from, the parent, or <c>constant</c>.</param>
/// <param name="Legacy">The text of the file; <see langword="null"/> for none.</param>
/// <param name="Converted">The same after conversion.</param>
/// <param name="Hubspot">What HubSpot held when the record was staged, where it would change, else what the mirror holds now.</param>
/// <param name="Result">What HubSpot would hold; <see langword="null"/> for nothing.</param>
/// <param name="IsChange">Whether that is an update that is staged.</param>
/// <param name="Verdict">What comparing both sides now comes to.</param>
/// <param name="Rule">The comparison, policy or reject reason that decided.</param>
/// <param name="HasMoved">Whether comparing now comes to something else than what is staged.</param>
internal sealed record ReviewedProperty(
    string Property,
    string Source,
    string? Legacy,
    string? Converted,
    string? Hubspot,
    string? Result,
    bool IsChange,
    VerdictKind Verdict,
    string Rule,
    bool HasMoved);

/// <summary>A record beside the HubSpot records that it may be.</summary>
/// <param name="Candidates">Empty for a record that has none.</param>
/// <param name="Hash">Of the record's values, to tell whether it is still what was seen.</param>
internal sealed record ComparedRecord(ReviewRow Row, IReadOnlyList<ReviewCandidate> Candidates, string Hash);

/// <param name="Lookup">The name of the lookup that looks it up.</param>
/// <param name="HubspotId">What was found; <see langword="null"/> where not one HubSpot record was.</param>
internal sealed record ReviewedParent(string Lookup, string LegacyId, long? HubspotId);

/// <summary>A HubSpot record that a legacy record may be.</summary>
/// <param name="Properties">The mapped properties, in the order of the definition; none where the mirror does not hold the record any more.</param>
/// <param name="IsMissing">Whether the mirror does not hold it any more.</param>
/// <param name="Hash">Of its values, to tell whether it is still what was seen.</param>
internal sealed record ReviewCandidate(long HubspotId, IReadOnlyList<CandidateProperty> Properties, bool IsMissing, string Hash)
{
    /// <summary>Properties in which it agrees with the legacy record, both of which have a value.</summary>
    public int Agreeing => Properties.Count(property => property.Standing == CandidateStanding.Agrees);

    /// <summary>Properties in which both have a value, and these differ.</summary>
    public int Differing => Properties.Count(property => property.Standing == CandidateStanding.Differs);
}

/// <param name="Legacy">The legacy text after conversion; <see langword="null"/> for none.</param>
/// <param name="Hubspot">What the candidate holds; <see langword="null"/> for nothing.</param>
/// <param name="Tells">Whether candidates differ in it, by meaning: what all hold alike cannot tell them apart.</param>
internal sealed record CandidateProperty(string Property, string? Legacy, string? Hubspot, CandidateStanding Standing, string Rule, bool Tells);

/// <summary>How a candidate's value stands to the legacy one.</summary>
internal enum CandidateStanding
{
    /// <summary>The same by meaning.</summary>
    Agrees,

    Differs,

    /// <summary>Only HubSpot has a value.</summary>
    LegacyEmpty,

    /// <summary>Only the legacy record has a value.</summary>
    HubspotEmpty,

    BothEmpty,

    /// <summary>The legacy value could not be read, or the property does not apply.</summary>
    Unknown,
}
