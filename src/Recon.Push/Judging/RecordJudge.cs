using Recon.Dataflow.Text;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Meaning;

namespace Recon.Push.Judging;

/// <summary>What a live record says about an item: it may be sent (no state), or it is in a state already, and why.</summary>
internal readonly record struct Finding(PushState? State, string? Property = null, string? Message = null, string? ChangedBy = null)
{
    public static readonly Finding Send;
}

/// <summary>Judges items by what HubSpot holds at this moment. Not thread-safe: one per batch that is under way.</summary>
internal sealed class RecordJudge(LiveValues values)
{
    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromMinutes(1);

    private readonly Utf8Scratch _scratch = new();

    /// <summary>Whether an item that was never sent may be: HubSpot holds what it held when the plan's run read it.</summary>
    public Finding OfFresh(PushItem item, LiveRecord live)
    {
        foreach ((string property, string planned) in item.ToSend())
        {
            if (!Holds(item, live, property, item.Planned.Before.GetValueOrDefault(property)))
            {
                return new Finding(
                    PushState.Stale,
                    property,
                    HoldsSent(item, live, property, planned)
                        ? "HubSpot holds the planned value already: somebody else wrote it"
                        : "HubSpot holds another value than when the plan was made",
                    Author.Of(live, property));
            }
        }

        return Finding.Send;
    }

    /// <summary>Whether a person's edit keeps an item from being sent.</summary>
    /// <param name="legacyUpdated">When the legacy record was last updated; <see langword="null"/> where nobody knows.</param>
    public static Finding OfEdits(PushItem item, LiveRecord live, DateTimeOffset? legacyUpdated)
    {
        foreach (string property in item.ToSend().Keys)
        {
            // Never guess: who wrote a value of which no history is told may have been a person.
            if (live.History.GetValueOrDefault(property) is not [{ } edit, ..])
            {
                if (!string.IsNullOrEmpty(live.Properties.GetValueOrDefault(property)))
                {
                    return new Finding(PushState.Owned, property, "HubSpot tells no history of it, so a person may have edited it");
                }

                continue;
            }

            // An edit counts as the later one where the time of it or that of the legacy record is not known.
            if (edit.SourceType == Author.Person && !(edit.Timestamp <= legacyUpdated))
            {
                return new Finding(
                    PushState.Owned,
                    property,
                    edit.Timestamp is null ? "a person edited it, and HubSpot does not tell when"
                        : legacyUpdated is null ? "a person edited it, and nobody knows when the legacy record was last updated"
                        : "a person edited it after the legacy record was last updated",
                    Author.Of(live, property));
            }
        }

        return Finding.Send;
    }

    /// <summary>
    /// What became of an item whose request may have reached HubSpot: all values are there, or none is and it may be sent again, or
    /// somebody else has written since.
    /// </summary>
    public Finding OfUncertain(PushItem item, LiveRecord live)
    {
        if (item.ToSend().All(sent => HoldsSent(item, live, sent.Key, sent.Value)))
        {
            return new Finding(PushState.Written, null, "read back, as no answer told of it");
        }

        foreach (string property in item.ToSend().Keys)
        {
            if (!Holds(item, live, property, item.SeenBefore(property)))
            {
                return new Finding(
                    PushState.Stale,
                    property,
                    "no answer told of it, and HubSpot now holds neither all values from before nor all planned ones",
                    Author.Of(live, property));
            }
        }

        return Finding.Send;
    }

    /// <summary>
    /// Whether somebody wrote back what was there before an item was sent whose request may have reached HubSpot: it looks as if nothing
    /// had been written, and sending again would write over that.
    /// </summary>
    /// <param name="live">The record with its history.</param>
    public static Finding OfReverts(PushItem item, LiveRecord live)
    {
        foreach (string property in item.ToSend().Keys)
        {
            if (live.History.GetValueOrDefault(property) is [{ } last, ..] ? !IsBefore(last, item.SentAt) : !string.IsNullOrEmpty(live.Properties.GetValueOrDefault(property)))
            {
                return new Finding(
                    PushState.Stale,
                    property,
                    "no answer told of it, and HubSpot holds what it held before, but somebody may have written that back after it was sent",
                    Author.Of(live, property));
            }
        }

        return Finding.Send;
    }

    // The clocks of HubSpot and of the database may differ a little, which counts in favour of people.
    private static bool IsBefore(HistoryItem change, DateTimeOffset? sent)
        => change.Timestamp <= (change.SourceType == Author.Person ? sent - s_clocksDiffer : sent);

    /// <summary>Whether a live value means the same as one that HubSpot held before.</summary>
    public bool Holds(PushItem item, LiveRecord live, string property, string? value)
        => AreSame(item, property, live.Properties.GetValueOrDefault(property), value);

    /// <summary>Whether a live value means the same as one that is sent.</summary>
    public bool HoldsSent(PushItem item, LiveRecord live, string property, string? value)
        => Means(item, property, live.Properties.GetValueOrDefault(property), value);

    /// <summary>Whether two values of HubSpot's mean the same.</summary>
    public bool AreSame(PushItem item, string property, string? held, string? before)
        => values.AreSame(item.Planned.ObjectType, property, held, before, isSent: false, _scratch);

    /// <summary>Whether a value of HubSpot's means the same as one that is sent.</summary>
    public bool Means(PushItem item, string property, string? held, string? sent)
        => values.AreSame(item.Planned.ObjectType, property, held, sent, isSent: true, _scratch);
}
