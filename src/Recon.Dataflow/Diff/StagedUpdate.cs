namespace Recon.Dataflow.Diff;

/// <summary>One staged record as exports see it.</summary>
/// <param name="LegacyId">The legacy id.</param>
/// <param name="HubspotId">The HubSpot id; <see langword="null"/> for a record that is not matched.</param>
/// <param name="Updates">New values by property; empty when nothing differs. An empty text clears the property.</param>
/// <param name="Previous">What HubSpot held for the same properties; <see langword="null"/> where it held nothing.</param>
/// <param name="Confidence">0 to 100; <see langword="null"/> for a record that is not matched.</param>
/// <param name="Status">The reconciliation status.</param>
public sealed record StagedUpdate(
    string LegacyId,
    long? HubspotId,
    IReadOnlyDictionary<string, string> Updates,
    IReadOnlyDictionary<string, string?> Previous,
    decimal? Confidence,
    string Status);
