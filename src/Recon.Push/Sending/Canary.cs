using System.Globalization;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;

namespace Recon.Push.Sending;

/// <summary>Sends a few records before all others, and reads them back: nothing else is sent unless they hold what was to be written.</summary>
internal sealed class Canary(PushContext context)
{
    /// <param name="wanted">How many records are to be written; those that are stale or gone show nothing.</param>
    /// <param name="send">Sends items of one batch.</param>
    /// <param name="drain">Ends it before the next records.</param>
    /// <returns>Why nothing else may be sent; <see langword="null"/> when all is well.</returns>
    public async Task<string?> FlyAsync(
        int wanted, Func<IReadOnlyList<PushItem>, CancellationToken, Task> send, CancellationToken drain, CancellationToken cancellationToken)
    {
        List<PushItem> written = [];
        long after = 0;
        while (written.Count < wanted && !drain.IsCancellationRequested
            && await context.Ledger.NextAsync(after, undoing: false, cancellationToken) is { Count: > 0 } batch)
        {
            PushItem[] items = [.. batch.Take(wanted - written.Count)];
            after = items[^1].No;
            foreach (IGrouping<string, PushItem> pipeline in items.GroupBy(item => item.Planned.Pipeline))
            {
                await send([.. pipeline], cancellationToken);
            }

            IReadOnlyList<PushItem> sent = await context.Ledger.FindAsync([.. items.Select(item => item.No)], cancellationToken);
            written.AddRange(sent.Where(item => item.State == PushState.Written));
            if (sent.FirstOrDefault(item => item.State == PushState.Refused) is { } refused)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"HubSpot refused {sent.Count(item => item.State == PushState.Refused)} of the first records; the first is {refused.Planned.Pipeline} {refused.Planned.LegacyId}");
            }
        }

        return await ReadBackAsync(written, cancellationToken);
    }

    private async Task<string?> ReadBackAsync(List<PushItem> written, CancellationToken cancellationToken)
    {
        var reader = new LiveReader(context.Client);
        foreach (IGrouping<(string Pipeline, string ObjectType), PushItem> group in written.GroupBy(item => (item.Planned.Pipeline, item.Planned.ObjectType)))
        {
            LiveBatch live = await reader.ReadAsync([.. group], withHistory: false, null, cancellationToken);
            var judge = new RecordJudge(context.Values[group.Key.Pipeline]);
            foreach (PushItem item in group)
            {
                if (Difference(item, live.Find(item), judge) is { } difference)
                {
                    return string.Create(
                        CultureInfo.InvariantCulture, $"{group.Key.Pipeline} {item.Planned.LegacyId} (HubSpot {item.Planned.HubspotId}) {difference}");
                }
            }
        }

        return null;
    }

    private static string? Difference(PushItem item, LiveRecord? live, RecordJudge judge)
    {
        if (live is null)
        {
            return "was written, and is not there when it is read back";
        }

        foreach ((string property, string sent) in item.ToSend())
        {
            if (!judge.HoldsSent(item, live, property, sent))
            {
                return $"does not hold what was written: {property} is {Quote(live.Properties.GetValueOrDefault(property))}, and not {Quote(sent)}";
            }
        }

        return null;
    }

    private static string Quote(string? value) => value is null or "" ? "empty" : $"\"{(value.Length > 60 ? value[..60] + "…" : value)}\"";
}
