using System.Collections.ObjectModel;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Meaning;

namespace Recon.Push.Sending;

/// <summary>What everything that sends a plan has in common.</summary>
/// <param name="Values">The comparisons of each pipeline.</param>
internal sealed record PushContext(
    PushPlan Plan,
    HubspotClient Client,
    PushLedger Ledger,
    PushTally Tally,
    IReadOnlyDictionary<string, LiveValues> Values)
{
    /// <summary>The items that are left as they were because HubSpot did not let them be dealt with.</summary>
    public Leftovers Left { get; } = new();

    /// <summary>By pipeline, what tells when legacy records were last updated; empty unless later edits by people are kept.</summary>
    public IReadOnlyDictionary<string, LegacyUpdateReader> Updates { get; init; } = ReadOnlyDictionary<string, LegacyUpdateReader>.Empty;
}
