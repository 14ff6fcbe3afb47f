using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>
/// Which way values go: from the plan to HubSpot, or back. It judges and asks nobody; who sends and keeps the ledger is
/// <see cref="BatchSender"/>. Not thread-safe: one per batch that is under way.
/// </summary>
internal interface IDirection
{
    /// <summary>Whether items that are sent are marked as being undone.</summary>
    bool IsUndo { get; }

    /// <summary>Whether the history of the values is wanted with the first look at the live records.</summary>
    bool ReadsHistory { get; }

    /// <summary>Whether who changed the record has to be known before it can be judged.</summary>
    bool AsksForHistory(PushItem item, LiveRecord live);

    /// <summary>What the live record says: something to send, or a verdict.</summary>
    Judged Judge(PushItem item, LiveRecord live);

    /// <summary>The verdict on an item whose record is not there.</summary>
    /// <param name="survivor">The record that it was merged into; <see langword="null"/> for none.</param>
    /// <param name="isKnown">Whether it is known what it was merged into, if anything.</param>
    ItemVerdict Gone(PushItem item, string? survivor, bool isKnown);

    /// <summary>The verdict on what HubSpot has taken.</summary>
    /// <param name="accepted">The record that HubSpot says it wrote to, and what that holds now.</param>
    ItemVerdict Accepted(Shipment shipment, InputVerdict.Accepted accepted);

    /// <summary>The verdict on what HubSpot has refused.</summary>
    ItemVerdict Refused(Shipment shipment, ApiError error);
}

/// <summary>An item on its way.</summary>
/// <param name="Item">The item, with the live values that were just read.</param>
/// <param name="Values">What is sent now.</param>
internal sealed record Shipment(PushItem Item, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>What is left as it is, and why; empty for nothing. Only when values go back.</summary>
    public string Kept { get; init; } = "";
}

/// <summary>One of two: something to send, or a verdict.</summary>
internal readonly record struct Judged(Shipment? Shipment, ItemVerdict? Verdict)
{
    public static Judged Send(Shipment shipment) => new(shipment, null);

    public static Judged Done(ItemVerdict verdict) => new(null, verdict);
}
