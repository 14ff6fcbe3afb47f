namespace Recon.Dataflow.Values.Time;

/// <summary>
/// ISO 8601 as exports and mirrors really write it: space or <c>T</c>, unpadded month, day and hour, optional seconds,
/// fraction, offset or <c>Z</c>, or a day alone.
/// </summary>
internal static class IsoTime
{
    /// <summary>Reads the whole of a value. A fraction finer than a millisecond is cut.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> value, out WallTime time)
    {
        if (TryParseUsual(value, out time))
        {
            return true;
        }

        time = default;
        if (!TakeNumber(ref value, 4, 4, out int year) || !TakeDaySeparator(ref value, out byte separator)
            || !TakeNumber(ref value, 1, 2, out int month) || !Take(ref value, separator)
            || !TakeNumber(ref value, 1, 2, out int day))
        {
            return false;
        }

        if (value.IsEmpty)
        {
            return WallTime.TryMake(year, month, day, 0, 0, 0, 0, null, out time);
        }

        if (!(Take(ref value, (byte)'T') || Take(ref value, (byte)' '))
            || !TakeNumber(ref value, 1, 2, out int hour) || !Take(ref value, (byte)':')
            || !TakeNumber(ref value, 2, 2, out int minute))
        {
            return false;
        }

        int second = 0;
        int fraction = 0;
        if (Take(ref value, (byte)':')
            && (!TakeNumber(ref value, 2, 2, out second)
                || ((Take(ref value, (byte)'.') || Take(ref value, (byte)',')) && !TakeFraction(ref value, out fraction))))
        {
            return false;
        }

        return TakeOffset(ref value, out int? offset) && value.IsEmpty
            && WallTime.TryMake(year, month, day, hour, minute, second, fraction, offset, out time);
    }

    /// <summary>
    /// Reads <c>yyyy-MM-dd</c>, <c>yyyy-MM-ddTHH:mm:ssZ</c> or <c>yyyy-MM-ddTHH:mm:ss.fffZ</c>: what conversions make of days
    /// and instants, and nothing else.
    /// </summary>
    /// <param name="milliseconds">Milliseconds since 1970-01-01T00:00:00Z.</param>
    internal static bool TryParseCanonical(ReadOnlySpan<byte> value, out long milliseconds)
    {
        WallTime time = default;
        bool read = value.Length switch
        {
            10 => value[4] == '-' && value[7] == '-' && TryParse(value, out time),
            20 or 24 => value[10] == 'T' && value[^1] == 'Z' && TryParseUsual(value[..^1], out time),
            _ => false,
        };
        milliseconds = time.LocalMilliseconds;
        return read;
    }

    /// <summary>Takes one to nine digits of a second's fraction, as milliseconds.</summary>
    internal static bool TakeFraction(ref ReadOnlySpan<byte> value, out int milliseconds)
    {
        int length = 0;
        milliseconds = 0;
        while (length < value.Length && char.IsAsciiDigit((char)value[length]))
        {
            milliseconds = length < 3 ? (milliseconds * 10) + value[length] - '0' : milliseconds;
            length++;
        }

        for (int digits = length; digits < 3; digits++)
        {
            milliseconds *= 10;
        }

        value = value[length..];
        return length is >= 1 and <= 9;
    }

    /// <summary>Takes <c>Z</c>, <c>±HH</c>, <c>±HHmm</c> or <c>±HH:mm</c>, with a space before it or not, or nothing.</summary>
    internal static bool TakeOffset(ref ReadOnlySpan<byte> value, out int? milliseconds)
    {
        milliseconds = null;
        if (value.IsEmpty)
        {
            return true;
        }

        _ = Take(ref value, (byte)' ');
        if (Take(ref value, (byte)'Z'))
        {
            milliseconds = 0;
            return true;
        }

        int sign = Take(ref value, (byte)'+') ? 1 : Take(ref value, (byte)'-') ? -1 : 0;
        int minutes = 0;
        if (sign == 0 || !TakeNumber(ref value, 2, 2, out int hours)
            || (!value.IsEmpty && ((Take(ref value, (byte)':') && value.IsEmpty) || !TakeNumber(ref value, 2, 2, out minutes)))
            || hours > 18 || minutes > 59)
        {
            return false;
        }

        milliseconds = sign * ((hours * 60) + minutes) * 60_000;
        return true;
    }

    /// <summary>The way in which nearly every export writes times, <c>yyyy-MM-dd HH:mm:ss[.fff]</c>, without a loop.</summary>
    private static bool TryParseUsual(ReadOnlySpan<byte> value, out WallTime time)
    {
        time = default;
        if (value.Length is not (19 or 23) || value[4] != '-' || value[7] != '-' || value[10] is not ((byte)' ' or (byte)'T')
            || value[13] != ':' || value[16] != ':' || (value.Length == 23 && value[19] != '.'))
        {
            return false;
        }

        int year = (Two(value, 0) * 100) + Two(value, 2);
        int fraction = value.Length == 23 ? Three(value, 20) : 0;
        int month = Two(value, 5);
        int day = Two(value, 8);
        int hour = Two(value, 11);
        int minute = Two(value, 14);
        int second = Two(value, 17);
        return (year | Two(value, 2) | hour | minute | second | fraction) >= 0
            && WallTime.TryMake(year, month, day, hour, minute, second, fraction, null, out time);
    }

    /// <summary>The number that two digits make; far below zero for anything else.</summary>
    private static int Two(ReadOnlySpan<byte> value, int at)
    {
        uint tens = (uint)(value[at] - '0');
        uint ones = (uint)(value[at + 1] - '0');
        return tens <= 9 && ones <= 9 ? (int)((tens * 10) + ones) : -1_000_000;
    }

    private static int Three(ReadOnlySpan<byte> value, int at)
        => (uint)(value[at] - '0') <= 9 ? ((value[at] - '0') * 100) + Two(value, at + 1) : -1;

    private static bool TakeDaySeparator(ref ReadOnlySpan<byte> value, out byte separator)
    {
        separator = value.IsEmpty ? (byte)0 : value[0];
        return Take(ref value, (byte)'-') || Take(ref value, (byte)'/');
    }

    private static bool Take(ref ReadOnlySpan<byte> value, byte character)
    {
        bool fits = value.Length > 0 && value[0] == character;
        value = fits ? value[1..] : value;
        return fits;
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> value, int least, int most, out int number)
    {
        int length = 0;
        number = 0;
        while (length < most && length < value.Length && char.IsAsciiDigit((char)value[length]))
        {
            number = (number * 10) + value[length] - '0';
            length++;
        }

        value = value[length..];
        return length >= least;
    }
}
