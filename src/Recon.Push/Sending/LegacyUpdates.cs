using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>When the legacy records of a batch were last updated.</summary>
internal sealed class LegacyUpdates(IReadOnlyDictionary<long, DateTimeOffset> times)
{
    /// <returns><see langword="null"/> where nobody knows.</returns>
    public DateTimeOffset? Of(PushItem item) => times.TryGetValue(item.No, out DateTimeOffset time) ? time : null;
}
