namespace Recon.Discovery.Proposing.Matching;

/// <summary>What was chosen for a property, and why it is certain or not.</summary>
/// <param name="Candidate">The column and how it is read.</param>
/// <param name="IsCertain">Whether values alone decide, and nothing comes near.</param>
/// <param name="IsActive">Whether the definition should have it.</param>
/// <param name="Doubt">What speaks against it, as a part of a sentence; <see langword="null"/> for nothing.</param>
/// <param name="Rivals">Columns that agree as well.</param>
internal sealed record PropertyChoice(Candidate Candidate, bool IsCertain, bool IsActive, string? Doubt, IReadOnlyList<Candidate> Rivals)
{
    /// <summary>Whether HubSpot's values are to be left alone, as no pair says that the column is the property.</summary>
    public bool ComparesOnly { get; init; }

    /// <summary>Conversions between which the agreeing values do not decide, the proposed one first; empty for none.</summary>
    public IReadOnlyList<LikelyReading> Readings { get; init; } = [];
}
