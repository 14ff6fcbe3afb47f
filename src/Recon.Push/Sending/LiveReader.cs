using System.Collections.ObjectModel;
using System.Globalization;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;

namespace Recon.Push.Sending;

/// <summary>What HubSpot holds of the records of a batch.</summary>
/// <param name="Answer">The records that are there.</param>
/// <param name="Survivors">The records that others were merged into, by the id of the other; <see langword="null"/> where that is not known.</param>
internal sealed record LiveBatch(ReadAnswer Answer, IReadOnlyDictionary<string, string>? Survivors)
{
    public LiveRecord? Find(PushItem item) => Answer.Found.GetValueOrDefault(LiveReader.Id(item));

    /// <summary>Why HubSpot does not tell what a record holds that it has.</summary>
    public ApiError? FaultOf(PushItem item) => Answer.Failed.GetValueOrDefault(LiveReader.Id(item));

    public string? SurvivorOf(PushItem item) => Survivors?.GetValueOrDefault(LiveReader.Id(item));

    /// <summary>Whether HubSpot says in so many words that it has no such record.</summary>
    public bool IsNotThere(PushItem item) => Answer.NotThere.Contains(LiveReader.Id(item));
}

/// <summary>Reads the properties of a batch's records that are about to be written, and only those.</summary>
internal sealed class LiveReader(HubspotClient client)
{
    public static string Id(PushItem item) => item.Planned.HubspotId.ToString(CultureInfo.InvariantCulture);

    /// <param name="items">Items of one object type.</param>
    /// <param name="asksForHistory">Which of the records are read once more, with who changed them; <see langword="null"/> for none.</param>
    public async Task<LiveBatch> ReadAsync(
        IReadOnlyList<PushItem> items,
        bool withHistory,
        Func<PushItem, LiveRecord, bool>? asksForHistory,
        CancellationToken cancellationToken)
    {
        ReadAnswer answer = await ReadAsync(items, withHistory, cancellationToken);
        if (asksForHistory is not null)
        {
            PushItem[] again = [.. items.Where(item => answer.Found.TryGetValue(Id(item), out LiveRecord? live) && asksForHistory(item, live))];
            if (again.Length > 0)
            {
                ReadAnswer known = await ReadAsync(again, withHistory: true, cancellationToken);
                answer = Replace(answer, again, known);
            }
        }

        PushItem[] gone = [.. items.Where(item => !answer.Found.ContainsKey(Id(item)) && !answer.Failed.ContainsKey(Id(item)))];
        if (gone.Length == 0)
        {
            return new LiveBatch(answer, ReadOnlyDictionary<string, string>.Empty);
        }

        IReadOnlyDictionary<string, string>? survivors = await client.FindSurvivorsAsync(items[0].Planned.ObjectType, [.. gone.Select(Id)], cancellationToken);

        // What is left out without a word, and was not merged, may have been forgotten: it is asked for once more.
        PushItem[] unexplained = [.. gone.Where(item => !answer.NotThere.Contains(Id(item)) && survivors?.ContainsKey(Id(item)) != true)];
        return new LiveBatch(
            unexplained.Length == 0 ? answer : Replace(answer, unexplained, await ReadAsync(unexplained, withHistory || asksForHistory is not null, cancellationToken)),
            survivors);
    }

    private Task<ReadAnswer> ReadAsync(IReadOnlyList<PushItem> items, bool withHistory, CancellationToken cancellationToken)
    {
        string[] properties = [.. items.SelectMany(item => item.ToSend().Keys.Concat(item.Allowed?.Keys ?? [])).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return client.ReadAsync(items[0].Planned.ObjectType, [.. items.Select(Id)], properties, withHistory ? properties : [], cancellationToken);
    }

    private static ReadAnswer Replace(ReadAnswer first, IReadOnlyList<PushItem> again, ReadAnswer second)
    {
        Dictionary<string, LiveRecord> found = new(first.Found);
        Dictionary<string, ApiError> failed = new(first.Failed);
        HashSet<string> notThere = [.. first.NotThere, .. second.NotThere];
        foreach (string id in again.Select(Id))
        {
            found.Remove(id);
            if (second.Found.TryGetValue(id, out LiveRecord? record))
            {
                found[id] = record;
            }
            else if (second.Failed.TryGetValue(id, out ApiError? error))
            {
                failed[id] = error;
            }
        }

        return new ReadAnswer(found, failed, notThere);
    }
}
