using NodaTime;
using NodaTime.TimeZones;

namespace Recon.Dataflow.Values.Time;

/// <summary>How often a local time occurs.</summary>
internal enum LocalTimeKind
{
    Unique,
    Ambiguous,
    Skipped,
}

/// <summary>A time zone's offsets, laid out so that asking for one costs a short search and no allocation.</summary>
internal sealed class LocalZone
{
    private static readonly Instant s_first = Instant.FromUtc(1900, 1, 1, 0, 0);
    private static readonly Instant s_last = Instant.FromUtc(2101, 1, 1, 0, 0);

    // Of those whose clocks agree, the ones that people name.
    private static readonly string[] s_usual = ["UTC", "Europe/Paris", "Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles"];

    private readonly DateTimeZone _zone;
    private readonly long[] _starts;
    private readonly int[] _offsets;
    private readonly long _firstLocal;
    private readonly long _lastLocal;

    internal LocalZone(string id)
    {
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(id)
            ?? throw new ConversionSetupException($"The time zone '{id}' is not an IANA time zone. Use a name such as Europe/Paris or UTC.");
        ZoneInterval[] intervals = [.. _zone.GetZoneIntervals(s_first, s_last)];
        _starts = [.. intervals.Select(interval => interval.HasStart ? interval.Start.ToUnixTimeMilliseconds() : long.MinValue / 2)];
        _offsets = [.. intervals.Select(interval => interval.WallOffset.Milliseconds)];

        // Two days inside the range no neighbour is missing.
        _firstLocal = s_first.ToUnixTimeMilliseconds() + (2 * WallTime.MillisecondsPerDay);
        _lastLocal = s_last.ToUnixTimeMilliseconds() - (2 * WallTime.MillisecondsPerDay);
    }

    /// <summary>The names of all zones, the usual ones first.</summary>
    internal static IEnumerable<string> All
        => s_usual.Concat(TzdbDateTimeZoneSource.Default.CanonicalIdMap.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(id => id.Contains('/', StringComparison.Ordinal)).Except(s_usual, StringComparer.Ordinal));

    /// <param name="local">Milliseconds since 1970-01-01T00:00:00 on the wall clock.</param>
    /// <param name="offset">The offset in milliseconds: the earlier instant's of two, the one before the gap for none.</param>
    /// <param name="later">The later instant's offset of two; else the same.</param>
    internal LocalTimeKind Find(long local, out int offset, out int later)
    {
        if (local < _firstLocal || local > _lastLocal)
        {
            return FindFar(local, out offset, out later);
        }

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

    /// <summary>The offset in milliseconds that holds at an instant; 0 outside of the years 1 to 9999.</summary>
    internal int OffsetAt(long instant)
    {
        if (instant < _firstLocal || instant > _lastLocal)
        {
            return Math.Floor((double)instant / WallTime.MillisecondsPerDay) is double day && day >= Calendar.FirstDay && day <= Calendar.LastDay
                ? _zone.GetUtcOffset(Instant.FromUnixTimeMilliseconds(instant)).Milliseconds
                : 0;
        }

        int at = _starts.AsSpan().BinarySearch(instant);
        return _offsets[at < 0 ? ~at - 1 : at];
    }

    private LocalTimeKind FindFar(long local, out int offset, out int later)
    {
        LocalDateTime time = new LocalDateTime(1970, 1, 1, 0, 0).PlusMilliseconds(local);
        ZoneLocalMapping mapping = _zone.MapLocal(time);
        offset = mapping.EarlyInterval.WallOffset.Milliseconds;
        later = mapping.LateInterval.WallOffset.Milliseconds;
        return mapping.Count switch { 1 => LocalTimeKind.Unique, 2 => LocalTimeKind.Ambiguous, _ => LocalTimeKind.Skipped };
    }
}
