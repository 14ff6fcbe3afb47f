namespace Recon.Dataflow.Values.Time;

/// <summary>A time as it was written: on a wall clock, or with the offset that was written with it.</summary>
/// <param name="LocalMilliseconds">Milliseconds since 1970-01-01T00:00:00 on the same wall clock.</param>
/// <param name="Offset">Offset from UTC in milliseconds; <see langword="null"/> where none was written.</param>
internal readonly record struct WallTime(long LocalMilliseconds, int? Offset)
{
    internal const long MillisecondsPerDay = 86_400_000;

    /// <summary>The day, as days since 1970-01-01.</summary>
    internal int Day => (int)Math.DivRem(LocalMilliseconds, MillisecondsPerDay, out long rest) - (rest < 0 ? 1 : 0);

    /// <summary>The instant, where an offset of <paramref name="otherwise"/> is taken for none.</summary>
    internal long Instant(int otherwise) => LocalMilliseconds - (Offset ?? otherwise);

    /// <summary>Makes a time from units since 1970-01-01T00:00:00Z, unless it is not in the years 1 to 9999.</summary>
    /// <param name="unit">Milliseconds of a unit.</param>
    internal static bool TryCount(long units, int unit, out WallTime time)
    {
        long milliseconds = units * unit;
        time = new WallTime(milliseconds, 0);
        return milliseconds / MillisecondsPerDay is long day && day > Calendar.FirstDay && day < Calendar.LastDay;
    }

    /// <summary>Makes a time from its parts, unless one of them is out of range.</summary>
    internal static bool TryMake(
        int year, int month, int day, int hour, int minute, int second, int millisecond, int? offset, out WallTime time)
    {
        time = default;
        if (!Calendar.IsDay(year, month, day) || (uint)hour > 23 || (uint)minute > 59 || (uint)second > 59)
        {
            return false;
        }

        long ofDay = (((((hour * 60L) + minute) * 60) + second) * 1000) + millisecond;
        time = new WallTime((Calendar.DayNumber(year, month, day) * MillisecondsPerDay) + ofDay, offset);
        return true;
    }
}
