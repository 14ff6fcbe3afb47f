using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push.Planning;

/// <summary>The calls that carrying out a plan takes, when nothing goes wrong.</summary>
/// <param name="Preflight">Account, token, and the properties and rules of each object type.</param>
/// <param name="Reads">Of live values before each batch.</param>
/// <param name="Canary">Of the first records: written and read back by themselves.</param>
/// <param name="Verify">Reading back a sample.</param>
internal sealed record CallForecast(long Preflight, long Reads, long Updates, long Canary, long Verify, long Links)
{
    /// <summary>Records that are read back by default.</summary>
    public const int Sample = 200;

    public long Total => Preflight + Reads + Updates + Canary + Verify + Links;

    /// <param name="batches">The records of each batch.</param>
    /// <param name="types">Object types.</param>
    /// <param name="linkBatches">Calls for associations.</param>
    /// <param name="canary">Records that are sent first; 0 for none.</param>
    public static CallForecast For(IReadOnlyList<long> batches, int types, long linkBatches, int canary, bool withHistory)
    {
        long records = batches.Sum();
        long first = Math.Min(canary, batches is [var one, ..] ? one : 0);

        // A first batch that is no larger than the canary is the canary: only reading it back is added.
        long split = first == 0 ? 0 : batches[0] > first ? 3 : 1;
        return new CallForecast(
            2 + (2L * types),
            batches.Sum(batch => withHistory ? Calls(batch, HubspotClient.HistoriesPerCall) : 1),
            batches.Count,
            split,
            records == 0 ? 0 : Math.Max(Math.Min(types, records), Calls(Math.Min(records, Sample), HubspotClient.InputsPerCall)),
            linkBatches);
    }

    /// <summary>The shortest time that the calls can take.</summary>
    public double Minutes(PortalLimits limits) => Math.Round(Total * limits.Interval.TotalMinutes / limits.Max, 3);

    /// <returns>The part of a day's calls; above 1 they need several days. <see langword="null"/> where a day has no limit that is known.</returns>
    public double? ShareOfDay(PortalLimits limits) => limits.Daily is > 0 and { } daily ? Math.Round((double)Total / daily, 6) : null;

    private static long Calls(long records, int perCall) => (records + perCall - 1) / perCall;
}
