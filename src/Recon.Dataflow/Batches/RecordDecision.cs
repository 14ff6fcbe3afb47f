namespace Recon.Dataflow.Batches;

/// <summary>What somebody decided about the HubSpot record of a legacy record.</summary>
/// <param name="HubspotId">The HubSpot record; <see langword="null"/> where there is none.</param>
/// <param name="By">Who decided it, and when: for notes.</param>
internal sealed record RecordDecision(long? HubspotId, string By);

/// <summary>A row of a batch about whose record somebody decided.</summary>
/// <param name="IsRefused">Whether its HubSpot record is gone: the row is judged as without the decision.</param>
internal readonly record struct DecidedRow(RecordDecision Decision, bool IsRefused);

/// <summary>Which of the rows of a legacy id, which disagree, somebody decided to count.</summary>
/// <param name="Hash">Its <see cref="RecordHash"/>.</param>
/// <param name="By">Who decided it, and when: for notes.</param>
internal sealed record KeptRow(string Hash, string By);
