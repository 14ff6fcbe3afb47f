using System.Collections.ObjectModel;
using Recon.Postgres.Push;

namespace Recon.Push.Judging;

/// <summary>The values of an item at its stations.</summary>
internal static class ItemValues
{
    /// <summary>What is sent of it; nothing before a push took it on.</summary>
    public static IReadOnlyDictionary<string, string> ToSend(this PushItem item) => item.Sent ?? ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What HubSpot held before anything was sent: as it was read then, or as the plan knew it.</summary>
    public static string? SeenBefore(this PushItem item, string property) => (item.Seen ?? item.Planned.Before).GetValueOrDefault(property);

    /// <summary>What HubSpot held after the write, as it answered; what was sent where it did not say.</summary>
    public static IReadOnlyDictionary<string, string?> HeldAfter(this PushItem item)
        => item.Written ?? item.ToSend().ToDictionary(value => value.Key, value => (string?)value.Value);
}
