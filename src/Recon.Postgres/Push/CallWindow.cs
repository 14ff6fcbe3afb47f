namespace Recon.Postgres.Push;

/// <summary>
/// How many calls went out in the time behind us: a window that rolls by slices, so that no stretch of one interval holds more
/// calls than are allowed, wherever it begins.
/// </summary>
/// <param name="Max">Most calls of an interval.</param>
/// <param name="Interval">In milliseconds.</param>
/// <param name="Slice">The number of the latest slice, from the epoch.</param>
/// <param name="Used">Calls by slice, the latest first.</param>
internal sealed record CallWindow(int Max, long Interval, long Slice, IReadOnlyList<int> Used)
{
    // An interval of 40 slices touches 41.
    private const int Slices = 40;

    /// <summary>Calls that may go out now.</summary>
    public int Room => Max - Used.Sum();

    private long Length => Math.Max(1, Interval / Slices);

    /// <summary>The window at a later time.</summary>
    /// <param name="now">Milliseconds from the epoch.</param>
    public CallWindow At(long now)
    {
        long slice = now / Length;
        if (slice == Slice && Used.Count == Slices + 1)
        {
            return this;
        }

        // A clock that was set back, or an interval that changed, keeps what was used.
        int passed = slice < Slice || Used.Count == 0 ? 0 : (int)Math.Min(slice - Slice, Slices + 1);
        return this with { Slice = slice, Used = [.. Enumerable.Repeat(0, passed).Concat(Used).Concat(Enumerable.Repeat(0, Slices + 1)).Take(Slices + 1)] };
    }

    /// <summary>The same window with a number of calls more in its latest slice.</summary>
    public CallWindow With(int calls) => this with { Used = [Used[0] + calls, .. Used.Skip(1)] };

    /// <summary>Milliseconds until the oldest call leaves the window.</summary>
    public long Wait(long now)
    {
        int oldest = Used.Count - 1;
        while (oldest > 0 && Used[oldest] == 0)
        {
            oldest--;
        }

        return Math.Max(1, ((Slice - oldest + Slices + 1) * Length) - now);
    }

    /// <summary>The same window under another limit; what was used lately stays used.</summary>
    public CallWindow Under(int max, long interval, long now) => interval == Interval
        ? this with { Max = max }
        : new CallWindow(max, interval, now / Math.Max(1, interval / Slices), [Used.Sum(), .. Enumerable.Repeat(0, Slices)]);
}
