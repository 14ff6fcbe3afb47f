using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>The proleptic Gregorian calendar, years 1 to 9999, and its canonical texts.</summary>
internal static class Calendar
{
    private static readonly int s_epoch = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The first day that can be written, as days since 1970-01-01.</summary>
    internal static int FirstDay { get; } = DateOnly.MinValue.DayNumber - s_epoch;

    /// <summary>The last day that can be written, as days since 1970-01-01.</summary>
    internal static int LastDay { get; } = DateOnly.MaxValue.DayNumber - s_epoch;

    internal static bool IsDay(int year, int month, int day)
        => (uint)(year - 1) < 9999 && (uint)(month - 1) < 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    /// <summary>Days since 1970-01-01 of an existing day.</summary>
    internal static int DayNumber(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - s_epoch;

    /// <summary>Whether two days, as days since 1970-01-01, are one with day and month exchanged.</summary>
    internal static bool AreExchanged(long left, long right)
    {
        if (left == right || Math.Min(left, right) < FirstDay || Math.Max(left, right) > LastDay)
        {
            return false;
        }

        var one = DateOnly.FromDayNumber((int)left + s_epoch);
        var other = DateOnly.FromDayNumber((int)right + s_epoch);
        return one.Year == other.Year && one.Month == other.Day && one.Day == other.Month;
    }

    /// <summary>Writes <c>yyyy-MM-dd</c>.</summary>
    /// <returns>The text; empty when the year is not one of 1 to 9999.</returns>
    internal static ReadOnlySpan<byte> WriteDay(long day, Utf8Scratch scratch)
    {
        if (day < FirstDay || day > LastDay)
        {
            return default;
        }

        Span<byte> text = scratch.Take(10);
        WriteDay((int)day, text);
        return text;
    }

    /// <summary>Writes <c>yyyy-MM-ddTHH:mm:ssZ</c>, with <c>.fff</c> only where there are milliseconds.</summary>
    /// <returns>The text; empty when the year is not one of 1 to 9999.</returns>
    internal static ReadOnlySpan<byte> WriteInstant(long milliseconds, Utf8Scratch scratch)
    {
        long day = milliseconds / WallTime.MillisecondsPerDay;
        int ofDay = (int)(milliseconds - (day * WallTime.MillisecondsPerDay));
        if (ofDay < 0)
        {
            day--;
            ofDay += (int)WallTime.MillisecondsPerDay;
        }

        if (day < FirstDay || day > LastDay)
        {
            return default;
        }

        (int seconds, int fraction) = Math.DivRem(ofDay, 1000);
        Span<byte> text = scratch.Take(fraction == 0 ? 20 : 24);
        WriteDay((int)day, text);
        text[10] = (byte)'T';
        WriteTwo(text[11..], seconds / 3600);
        text[13] = (byte)':';
        WriteTwo(text[14..], seconds / 60 % 60);
        text[16] = (byte)':';
        WriteTwo(text[17..], seconds % 60);
        if (fraction != 0)
        {
            text[19] = (byte)'.';
            text[20] = (byte)('0' + (fraction / 100));
            WriteTwo(text[21..], fraction % 100);
        }

        text[^1] = (byte)'Z';
        return text;
    }

    private static void WriteDay(int day, Span<byte> text)
    {
        DateOnly.FromDayNumber(day + s_epoch).Deconstruct(out int year, out int month, out int ofMonth);
        WriteTwo(text, year / 100);
        WriteTwo(text[2..], year % 100);
        text[4] = (byte)'-';
        WriteTwo(text[5..], month);
        text[7] = (byte)'-';
        WriteTwo(text[8..], ofMonth);
    }

    private static void WriteTwo(Span<byte> text, int number)
    {
        text[1] = (byte)('0' + (number % 10));
        text[0] = (byte)('0' + (number / 10));
    }
}
