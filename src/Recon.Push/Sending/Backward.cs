using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;

namespace Recon.Push.Sending;

/// <summary>
/// Values go back to what was seen before they were written, byte for byte: those that are still what was written. What somebody has
/// changed since is kept.
/// </summary>
internal sealed class Backward(RecordJudge judge) : IDirection
{
    public bool IsUndo => true;

    public bool ReadsHistory => false;

    public bool AsksForHistory(PushItem item, LiveRecord live)
        => item.HeldAfter().Any(value => !IsByteForByte(live, value.Key, value.Value) && !IsByteForByte(live, value.Key, item.SeenBefore(value.Key)));

    public Judged Judge(PushItem item, LiveRecord live)
    {
        Dictionary<string, string> back = [];
        List<string> kept = [];
        foreach ((string property, string? written) in item.HeldAfter())
        {
            string seen = item.SeenBefore(property) ?? "";
            if (IsByteForByte(live, property, seen))
            {
                continue;
            }

            if (IsByteForByte(live, property, written) || (judge.Holds(item, live, property, written) && !IsByPerson(live, property)))
            {
                back[property] = seen;
            }
            else
            {
                kept.Add($"{property}: {Author.Of(live, property) ?? "changed by somebody whom the history does not name"}");
            }
        }

        string told = string.Join("; ", kept);
        return back.Count > 0
            ? Judged.Send(new Shipment(item, back) { Kept = told })
            : Judged.Done(Outcome(item, told));
    }

    public ItemVerdict Gone(PushItem item, string? survivor, bool isKnown)
        => new(item.No, PushState.Kept)
        {
            MergedInto = survivor,
            Message = survivor is not null ? $"not put back: it was merged into {survivor}"
                : isKnown ? "not put back: HubSpot has no such record any more"
                : "not put back: HubSpot has no such record any more, and whether it was merged into another one is not known",
        };

    public ItemVerdict Accepted(Shipment shipment, InputVerdict.Accepted accepted)
    {
        if (accepted.Id != LiveReader.Id(shipment.Item))
        {
            return new ItemVerdict(shipment.Item.No, PushState.Kept)
            {
                MergedInto = accepted.Id,
                Message = $"it was merged into {accepted.Id}, and what it held before went to that",
            };
        }

        string[] otherwise =
        [
            .. shipment.Values.Where(value => accepted.Values.TryGetValue(value.Key, out string? held) && (held ?? "") != value.Value).Select(value => value.Key),
        ];
        string[] told =
        [
            .. shipment.Kept.Length > 0 ? [$"put back: {string.Join(", ", shipment.Values.Keys)}"] : Array.Empty<string>(),
            .. otherwise.Length > 0 ? [$"HubSpot writes {string.Join(", ", otherwise)} in another way than it was before"] : Array.Empty<string>(),
        ];
        return Outcome(shipment.Item, shipment.Kept) with { Message = told.Length > 0 ? string.Join("; ", told) : null };
    }

    public ItemVerdict Refused(Shipment shipment, ApiError error)
        => new(shipment.Item.No, PushState.Kept)
        {
            HttpStatus = error.Status,
            Category = error.Category,
            Code = error.Code,
            Property = error.Property,
            Message = $"HubSpot refuses to put it back: {error.Message}",
            ChangedBy = shipment.Kept.Length > 0 ? shipment.Kept : null,
        };

    private static ItemVerdict Outcome(PushItem item, string kept)
        => kept.Length == 0
            ? new ItemVerdict(item.No, PushState.Restored)
            : new ItemVerdict(item.No, PushState.Kept) { ChangedBy = kept };

    private static bool IsByteForByte(LiveRecord live, string property, string? value)
        => string.Equals(live.Properties.GetValueOrDefault(property) ?? "", value ?? "", StringComparison.Ordinal);

    // A person who writes the same in another way still wanted it so.
    private static bool IsByPerson(LiveRecord live, string property)
        => live.History.GetValueOrDefault(property) is [{ SourceType: Author.Person }, ..];
}
