using System.Globalization;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;

namespace Recon.Push.Sending;

/// <summary>Takes apart what HubSpot refused as a whole.</summary>
internal static class Bisection
{
    /// <summary>Two parts of several items, the one that is probably at fault last: what the error names apart from the others, else halves.</summary>
    public static (IReadOnlyList<PushItem> First, IReadOnlyList<PushItem> Second) Split(IReadOnlyList<PushItem> items, ApiError error)
    {
        // An id is the surest sign, but its digits may be those of something else: it counts when it is one of some, not of all.
        PushItem[] named = [.. items.Where(item => Names(error.Message, item))];
        if (named.Length == 0 || named.Length == items.Count)
        {
            named = error.Property is { } property ? [.. items.Where(item => item.ToSend().ContainsKey(property))] : [];
        }

        if (named.Length > 0 && named.Length < items.Count)
        {
            return ([.. items.Except(named)], named);
        }

        int half = items.Count / 2;
        return ([.. items.Take(half)], [.. items.Skip(half)]);
    }

    private static bool Names(string? message, PushItem item)
        => message?.Contains(item.Planned.HubspotId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) == true;
}
