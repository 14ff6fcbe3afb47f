using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;
using Recon.Push.Sending;

namespace Recon.Push.Verifying;

/// <summary>A value that is not any more what was written.</summary>
/// <param name="Written">What HubSpot held after the write, or what was sent where it held something else from the start.</param>
/// <param name="Holds">What it holds now.</param>
/// <param name="ChangedBy">Who changed it and when; <see langword="null"/> where the history does not say.</param>
internal sealed record ChangedValue(
    string Pipeline, string LegacyId, long HubspotId, string Property, string? Written, string? Holds, string? ChangedBy);

/// <summary>What reading back found.</summary>
/// <param name="Read">Records that were read.</param>
/// <param name="Changed">Records of which a value differs by meaning from what was written.</param>
/// <param name="Gone">Records that are not there any more.</param>
/// <param name="Unread">Records of which HubSpot did not tell what they hold.</param>
/// <param name="Samples">The first values that differ.</param>
internal sealed record VerificationResult(long Read, long Changed, long Gone, long Unread, IReadOnlyList<ChangedValue> Samples);

/// <summary>Reads back what was written, some time after it was written.</summary>
internal sealed class Verification(PushContext context)
{
    /// <summary>Values that are told one by one.</summary>
    public const int MostSamples = 100;

    private const int BatchSize = 100;

    private readonly LiveReader _reader = new(context.Client);
    private readonly List<ChangedValue> _samples = [];
    private long _read;
    private long _changed;
    private long _gone;
    private long _unread;

    /// <param name="most">Records that are read, drawn at random but the same for a plan; all when <see langword="null"/>.</param>
    /// <param name="drain">Ends it after the batch that is under way.</param>
    public async Task<VerificationResult> RunAsync(long? most, CancellationToken drain, CancellationToken cancellationToken)
    {
        Dictionary<(string Pipeline, string Type), List<PushItem>> waiting = [];
        await foreach (PushItem item in context.Ledger.WrittenAsync(most, cancellationToken))
        {
            if (drain.IsCancellationRequested)
            {
                break;
            }

            (string, string) key = (item.Planned.Pipeline, item.Planned.ObjectType);
            if (!waiting.TryGetValue(key, out List<PushItem>? batch))
            {
                waiting[key] = batch = [];
            }

            batch.Add(item);
            if (batch.Count == BatchSize)
            {
                await ReadAsync(batch, cancellationToken);
                batch.Clear();
            }
        }

        foreach (List<PushItem> batch in waiting.Values.Where(batch => batch.Count > 0 && !drain.IsCancellationRequested))
        {
            await ReadAsync(batch, cancellationToken);
        }

        return new VerificationResult(_read, _changed, _gone, _unread, _samples);
    }

    private async Task ReadAsync(List<PushItem> items, CancellationToken cancellationToken)
    {
        var judge = new RecordJudge(context.Values[items[0].Planned.Pipeline]);
        LiveBatch live = await _reader.ReadAsync(
            items, withHistory: false, (item, record) => Differing(item, record, judge).Any(), cancellationToken);
        foreach (PushItem item in items)
        {
            if (live.Find(item) is not { } record)
            {
                (_gone, _unread) = live.FaultOf(item) is null ? (_gone + 1, _unread) : (_gone, _unread + 1);
                continue;
            }

            _read++;
            string[] differing = [.. Differing(item, record, judge)];
            _changed += differing.Length > 0 ? 1 : 0;
            foreach (string property in differing.Take(MostSamples - _samples.Count))
            {
                // What HubSpot made of it at once is no change by somebody.
                string sent = item.ToSend()[property];
                string? after = item.HeldAfter().GetValueOrDefault(property);
                bool isByHubspot = judge.Holds(item, record, property, after) && !judge.Means(item, property, after, sent);
                _samples.Add(new ChangedValue(
                    item.Planned.Pipeline,
                    item.Planned.LegacyId,
                    item.Planned.HubspotId,
                    property,
                    isByHubspot ? sent : after,
                    record.Properties.GetValueOrDefault(property),
                    isByHubspot ? "HubSpot, when it was written" : Author.Of(record, property)));
            }
        }
    }

    private static IEnumerable<string> Differing(PushItem item, LiveRecord live, RecordJudge judge)
        => item.ToSend().Where(sent => !judge.HoldsSent(item, live, sent.Key, sent.Value)).Select(sent => sent.Key);
}
