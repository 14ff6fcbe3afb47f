using Recon.Dataflow.Values.Number;

namespace Recon.Dataflow.Values.Time;

/// <summary>
/// Instants as mirrors write them: epoch milliseconds, ISO 8601 with any offset and any fraction, and days as
/// <c>yyyyMMdd</c>.
/// </summary>
internal static class MirrorInstant
{
    private const int LengthOfDay = 8;

    // Smaller numbers are the first weeks of 1970 in milliseconds, this century in seconds, or days of a spreadsheet.
    private const long SmallestEpoch = 10_000_000_000;

    /// <summary>Reads an instant. A time without offset is UTC, as HubSpot's are; a day is its midnight.</summary>
    /// <param name="milliseconds">Milliseconds since 1970-01-01T00:00:00Z; a finer fraction is cut.</param>
    internal static bool TryRead(ReadOnlySpan<byte> text, out long milliseconds)
    {
        text = QuotedText.Strip(text);
        if (IsoTime.TryParse(text, out WallTime time) || (TakeUtc(ref text) && IsoTime.TryParse(text, out time) && time.Offset is null))
        {
            milliseconds = time.Instant(0);
            return true;
        }

        return TryReadNumber(text, out milliseconds);
    }

    private static bool TakeUtc(ref ReadOnlySpan<byte> text)
    {
        bool utc = text.EndsWith(" UTC"u8);
        text = utc ? text[..^4] : text;
        return utc;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (!DecimalText.TryParse(text, out DecimalText number) || !number.TryGetWhole(out long whole))
        {
            return false;
        }

        (int year, int month, int day) = ((int)(whole / 10_000), (int)(whole / 100 % 100), (int)(whole % 100));
        if (text.Length == LengthOfDay && year >= 1000 && Calendar.IsDay(year, month, day))
        {
            milliseconds = Calendar.DayNumber(year, month, day) * WallTime.MillisecondsPerDay;
            return true;
        }

        milliseconds = whole;
        return Math.Abs(whole) >= SmallestEpoch || whole % WallTime.MillisecondsPerDay == 0;
    }
}
