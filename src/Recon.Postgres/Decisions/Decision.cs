using System.Globalization;
using Recon.Dataflow.Batches;

namespace Recon.Postgres.Decisions;

/// <summary>What somebody decided about a record.</summary>
/// <param name="HubspotId">The HubSpot record that it is; only for <see cref="DecisionKind.Match"/>.</param>
/// <param name="SourceLine">The line of the row that counts, when it was chosen; <see langword="null"/> where none was.</param>
/// <param name="Evidence">What it was decided on, as a JSON object.</param>
internal sealed record Decision(
    string Pipeline,
    string LegacyId,
    DecisionKind Kind,
    long? HubspotId,
    long? SourceLine,
    string DecidedBy,
    DateTimeOffset DecidedAt,
    string? Note,
    string Evidence)
{
    /// <summary>Who decided, and when, as notes say it. Why is not among it: notes are read again, and nobody writes in them what recon did not find.</summary>
    public string By => string.Create(
        CultureInfo.InvariantCulture, $"{DecidedBy} on {DecidedAt.UtcDateTime:yyyy-MM-dd}");

    /// <summary>The row that counts of several that disagree; <see langword="null"/> for none.</summary>
    public KeptRow? Keeps => DecisionEvidence.KeepOf(Evidence) is var (hash, columns) ? new KeptRow(hash, By, columns) : null;

    /// <summary>What a run does about it; <see langword="null"/> where it is not about the HubSpot record.</summary>
    public RecordDecision? ForRuns => Kind == DecisionKind.KeepRow ? null : new RecordDecision(HubspotId, By);
}

/// <summary>A decision that was made or undone.</summary>
/// <param name="Action"><c>decided</c>, <c>undone</c> or <c>imported</c>.</param>
/// <param name="Decision">The decision; of one that was undone, what it had been, and by whom it was undone.</param>
internal sealed record DecisionEvent(string Action, DateTimeOffset HappenedAt, Decision Decision);
