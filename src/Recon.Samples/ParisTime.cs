using System.Globalization;

namespace Recon.Samples;

/// <summary>Legacy local times (Europe/Paris, without offset) and their form in the mirror (UTC).</summary>
internal static class ParisTime
{
    /// <summary>A local time as legacy exports write it.</summary>
    public static string Legacy(DateTime local) => local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>
    /// The instant of a local time, as PostgreSQL reads it. A time that occurs twice is taken as the earlier one, a time
    /// that is skipped moves on by the gap.
    /// </summary>
    public static string Mirror(DateTime local) => Timestamp(local - Offset(local));

    /// <summary>A UTC time as PostgreSQL reads it.</summary>
    public static string Timestamp(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm:ss+00", CultureInfo.InvariantCulture);

    /// <summary>A day as PostgreSQL reads it.</summary>
    public static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // Summer time starts at 02:00 local on the last Sunday of March and ends at 03:00 local on that of October. A skipped
    // time read with the winter offset is exactly the time moved on by the gap.
    private static TimeSpan Offset(DateTime local)
        => local >= LastSunday(local.Year, 3).AddHours(3) && local < LastSunday(local.Year, 10).AddHours(3)
            ? TimeSpan.FromHours(2)
            : TimeSpan.FromHours(1);

    private static DateTime LastSunday(int year, int month)
    {
        DateTime last = new(year, month, 31);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
