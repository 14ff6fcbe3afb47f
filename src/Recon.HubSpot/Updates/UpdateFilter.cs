using Recon.Dataflow;

namespace Recon.HubSpot.Updates;

/// <summary>Which staged records, and which of their properties, are exported.</summary>
internal sealed record UpdateFilter
{
    /// <summary>The status. Only <c>matched</c> records have updates; others are listed as they are, without any.</summary>
    public string Status { get; init; } = "matched";

    /// <summary>Properties to export; all when empty. Records without a change in one of them are left out.</summary>
    public IReadOnlyCollection<string> Properties { get; init; } = [];

    /// <summary>Smallest match confidence, 0 to 100; <see langword="null"/> for all.</summary>
    public decimal? MinConfidence { get; init; }

    /// <returns>What of it is exported; <see langword="null"/> for nothing.</returns>
    public ReconciledRecord? Narrow(ReconciledRecord record)
    {
        if (record.Status != Status || (MinConfidence is { } least && !(record.Confidence >= least)))
        {
            return null;
        }

        if (record.Status != "matched")
        {
            return record;
        }

        ReconciledRecord kept = Properties.Count == 0 ? record : record with
        {
            Updates = record.Updates.Where(pair => Properties.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal),
            Previous = record.Previous.Where(pair => Properties.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal),
        };
        return kept.Updates.Count > 0 && kept.HubspotId is not null ? kept : null;
    }
}
