using Recon.Dataflow.Reconcile.Conversions;

namespace Recon.Dataflow.Reconcile.Comparisons;

/// <summary>The same instant to the millisecond, or the same calendar day; epoch milliseconds and ISO texts alike.</summary>
internal sealed class TimeComparison(bool dayOnly) : IComparison
{
    private const int LongestEpoch = 15;

    public string Kind => dayOnly ? "date" : "datetime";

    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        bool isTime = TryRead(left, out long one);
        return isTime == TryRead(right, out long other) && (isTime ? one == other : WrongData.AreEqual(left, right));
    }

    /// <summary>Reads an instant. A time without offset is UTC, as HubSpot's are; a day is a day only at midnight UTC.</summary>
    private bool TryRead(ReadOnlySpan<byte> text, out long milliseconds)
    {
        text = Utf8WhiteSpace.Trim(text);
        if (IsoTime.TryParse(text, out WallTime time))
        {
            milliseconds = time.Instant(0);
        }
        else if (!TryReadEpoch(text, out milliseconds))
        {
            return false;
        }

        return !dayOnly || milliseconds % WallTime.MillisecondsPerDay == 0;
    }

    private static bool TryReadEpoch(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        text = negative ? text[1..] : text;

        // A mirror that holds it as a number may say 1700000000000.0.
        text = text.EndsWith(".0"u8) ? text[..^2] : text;
        if (text.Length is 0 or > LongestEpoch || text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return false;
        }

        foreach (byte digit in text)
        {
            milliseconds = (milliseconds * 10) + digit - '0';
        }

        milliseconds = negative ? -milliseconds : milliseconds;
        return true;
    }
}
