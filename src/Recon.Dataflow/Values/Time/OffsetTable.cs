using NodaTime;
using NodaTime.TimeZones;

namespace Recon.Dataflow.Values.Time;

/// <summary>A zone's offsets from 1900 to 2100, laid out so that asking for one costs a short search and no allocation.</summary>
internal sealed class OffsetTable
{
    private static readonly Instant s_first = Instant.FromUtc(1900, 1, 1, 0, 0);
    private static readonly Instant s_last = Instant.FromUtc(2101, 1, 1, 0, 0);

    // Two days inside the range no neighbour is missing.
    private static readonly long s_firstHeld = s_first.ToUnixTimeMilliseconds() + (2 * WallTime.MillisecondsPerDay);
    private static readonly long s_lastHeld = s_last.ToUnixTimeMilliseconds() - (2 * WallTime.MillisecondsPerDay);

    private readonly long[] _starts;
    private readonly int[] _offsets;

    public OffsetTable(DateTimeZone zone)
    {
        ZoneInterval[] intervals = [.. zone.GetZoneIntervals(s_first, s_last)];
        _starts = [.. intervals.Select(interval => interval.HasStart ? interval.Start.ToUnixTimeMilliseconds() : long.MinValue / 2)];
        _offsets = [.. intervals.Select(interval => interval.WallOffset.Milliseconds)];
    }

    /// <summary>Whether it tells about a time, local or not.</summary>
    public static bool Holds(long time) => time >= s_firstHeld && time <= s_lastHeld;

    /// <summary>What <see cref="LocalZone.Find"/> tells about a time that it holds.</summary>
    public LocalTimeKind Find(long local, out int offset, out int later)
    {
        // The last interval that starts at or before the local time as read on its own clock.
        int low = 0;
        int high = _starts.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (_starts[middle] + _offsets[middle] <= local)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        later = _offsets[low];
        if (low > 0 && local < _starts[low] + _offsets[low - 1])
        {
            offset = _offsets[low - 1];
            return LocalTimeKind.Ambiguous;
        }

        offset = later;
        return low + 1 < _starts.Length && local >= _starts[low + 1] + offset ? LocalTimeKind.Skipped : LocalTimeKind.Unique;
    }

    /// <summary>The offset that holds at an instant that it holds.</summary>
    public int OffsetAt(long instant)
    {
        int at = _starts.AsSpan().BinarySearch(instant);
        return _offsets[at < 0 ? ~at - 1 : at];
    }
}
