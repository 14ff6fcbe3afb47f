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

/// <summary>A time zone, which answers from a table once it was asked some times.</summary>
internal sealed class LocalZone
{
    // Of those whose clocks agree, the ones that people name.
    private static readonly string[] s_usual = ["UTC", "Europe/Paris", "Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles"];

    // A zone that a remedy tries on some samples is not worth its table: two hundred years of offsets.
    private const int MostWithoutTable = 64;

    private readonly DateTimeZone _zone;
    private OffsetTable? _table;
    private int _asked;

    internal LocalZone(string id)
        => _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(id)
            ?? throw new ConversionSetupException($"The time zone '{id}' is not an IANA time zone. Use a name such as Europe/Paris or UTC.");

    /// <summary>The names of all zones, the usual ones first.</summary>
    internal static IEnumerable<string> All
        => s_usual.Concat(TzdbDateTimeZoneSource.Default.CanonicalIdMap.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(id => id.Contains('/', StringComparison.Ordinal)).Except(s_usual, StringComparer.Ordinal));

    /// <param name="local">Milliseconds since 1970-01-01T00:00:00 on the wall clock.</param>
    /// <param name="offset">The offset in milliseconds: the earlier instant's of two, the one before the gap for none.</param>
    /// <param name="later">The later instant's offset of two; else the same.</param>
    internal LocalTimeKind Find(long local, out int offset, out int later)
    {
        if (Table() is { } table && OffsetTable.Holds(local))
        {
            return table.Find(local, out offset, out later);
        }

        LocalDateTime time = new LocalDateTime(1970, 1, 1, 0, 0).PlusMilliseconds(local);
        ZoneLocalMapping mapping = _zone.MapLocal(time);
        offset = mapping.EarlyInterval.WallOffset.Milliseconds;
        later = mapping.Count == 2 ? mapping.LateInterval.WallOffset.Milliseconds : offset;
        return mapping.Count switch { 1 => LocalTimeKind.Unique, 2 => LocalTimeKind.Ambiguous, _ => LocalTimeKind.Skipped };
    }

    /// <summary>The offset in milliseconds that holds at an instant; 0 outside of the years 1 to 9999.</summary>
    internal int OffsetAt(long instant)
    {
        if (Table() is { } table && OffsetTable.Holds(instant))
        {
            return table.OffsetAt(instant);
        }

        return Math.Floor((double)instant / WallTime.MillisecondsPerDay) is double day && day >= Calendar.FirstDay && day <= Calendar.LastDay
            ? _zone.GetUtcOffset(Instant.FromUnixTimeMilliseconds(instant)).Milliseconds
            : 0;
    }

    // The table, once it is worth it. Several workers may build it at the same time.
    private OffsetTable? Table()
        => _table ?? (Interlocked.Increment(ref _asked) <= MostWithoutTable ? null : _table = new OffsetTable(_zone));
}
