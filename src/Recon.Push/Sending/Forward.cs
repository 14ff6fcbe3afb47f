using System.Globalization;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;

namespace Recon.Push.Sending;

/// <summary>Values go from the plan to HubSpot.</summary>
/// <param name="updates">When legacy records were last updated; <see langword="null"/> unless later edits by people are kept.</param>
internal sealed class Forward(RecordJudge judge, LegacyUpdates? updates) : IDirection
{
    // The code of what HubSpot says it has taken and has not.
    private const string NotKept = "NOT_KEPT";

    public bool IsUndo => false;

    public bool ReadsHistory => updates is not null;

    public bool AsksForHistory(PushItem item, LiveRecord live)
        => updates is null && item.State != PushState.Approved && judge.OfUncertain(item, live).State is null;

    public Judged Judge(PushItem item, LiveRecord live)
    {
        bool isFresh = item.State == PushState.Approved;
        Finding finding = isFresh ? judge.OfFresh(item, live) : judge.OfUncertain(item, live);
        if (!isFresh && finding.State is null)
        {
            finding = RecordJudge.OfReverts(item, live);
        }

        if (!isFresh && finding.State is null && item.Allowed is { } allowed)
        {
            // What was sent did not arrive, and by now something else is approved.
            (item, isFresh) = (item with { Sent = allowed, Allowed = null }, true);
            finding = allowed.Count == 0
                ? new Finding(PushState.Rejected, null, "it was being sent when a push ended, did not arrive, and is not approved any more")
                : judge.OfFresh(item, live);
        }

        if (isFresh && finding.State is null && updates is not null)
        {
            finding = RecordJudge.OfEdits(item, live, updates.Of(item));
        }

        if (finding.State is { } state)
        {
            return Judged.Done(new ItemVerdict(item.No, state)
            {
                Property = finding.Property,
                Message = finding.Message,
                ChangedBy = finding.ChangedBy,
                Written = state == PushState.Written ? Held(item, live.Properties) : null,
            });
        }

        // What was seen before the first request stays: undoing puts back what was there before anything was sent.
        return Judged.Send(new Shipment(isFresh || item.Seen is null ? item with { Seen = Held(item, live.Properties) } : item, item.ToSend()));
    }

    public ItemVerdict Gone(PushItem item, string? survivor, bool isKnown)
        => survivor is null
            ? new ItemVerdict(item.No, PushState.Missing)
            {
                Message = isKnown
                    ? $"HubSpot has no such record among the {item.Planned.ObjectType}, and none that it was merged into: it was deleted, is of another type, or the token may not see it"
                    : $"HubSpot has no such record among the {item.Planned.ObjectType}, and whether it was merged into another one is not known: it does not let the token search",
            }
            : Merged(item, survivor, "");

    public ItemVerdict Accepted(Shipment shipment, InputVerdict.Accepted accepted)
    {
        PushItem item = shipment.Item;
        if (accepted.Id != LiveReader.Id(item))
        {
            return Merged(item, accepted.Id, ", and the values went to it");
        }

        Dictionary<string, string?> written = [];
        List<string> rewritten = [];
        List<string> notKept = [];
        foreach ((string property, string sent) in shipment.Values)
        {
            string? held = accepted.Values.TryGetValue(property, out string? value) ? value : sent;
            written[property] = held;
            if (string.Equals(held ?? "", sent, StringComparison.Ordinal))
            {
                continue;
            }

            bool isAsBefore = judge.AreSame(item, property, held, item.SeenBefore(property)) && !judge.Means(item, property, held, sent);
            (isAsBefore ? notKept : rewritten).Add(property);
        }

        if (notKept.Count == shipment.Values.Count)
        {
            return Refused(shipment, new ApiError(
                0, null, null, NotKept, "HubSpot took it without an error, and its answer holds what was there before", notKept[0]));
        }

        string[] told =
        [
            .. notKept.Count > 0 ? [$"HubSpot still holds what was there before in {string.Join(", ", notKept)}"] : Array.Empty<string>(),
            .. rewritten.Count > 0 ? [$"HubSpot writes {string.Join(", ", rewritten)} in another way than it was sent"] : Array.Empty<string>(),
        ];
        return new ItemVerdict(item.No, PushState.Written)
        {
            Written = written,
            Code = notKept.Count > 0 ? NotKept : null,
            Property = notKept.Concat(rewritten).FirstOrDefault(),
            Message = told.Length > 0 ? string.Join("; ", told) : null,
        };
    }

    public ItemVerdict Refused(Shipment shipment, ApiError error)
        => new(shipment.Item.No, PushState.Refused)
        {
            HttpStatus = error.Status,
            Category = error.Category,
            Code = error.Code,
            Property = error.Property,
            Message = error.Message,
        };

    private static ItemVerdict Merged(PushItem item, string survivor, string andThen) => new(item.No, PushState.Merged)
    {
        MergedInto = survivor,
        Message = string.Create(CultureInfo.InvariantCulture, $"{item.Planned.HubspotId} was merged into {survivor}{andThen}"),
    };

    private static Dictionary<string, string?> Held(PushItem item, IReadOnlyDictionary<string, string?> values)
        => item.ToSend().Keys.ToDictionary(property => property, property => values.GetValueOrDefault(property));
}
