using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>Instants as mirrors write them: epoch milliseconds or ISO 8601, with any offset and any fraction.</summary>
internal static class MirrorInstant
{
    private const int LongestEpoch = 15;

    /// <summary>Reads an instant. A time without offset is UTC, as HubSpot's are.</summary>
    /// <param name="milliseconds">Milliseconds since 1970-01-01T00:00:00Z; a finer fraction is cut.</param>
    internal static bool TryRead(ReadOnlySpan<byte> text, out long milliseconds)
    {
        text = Utf8WhiteSpace.Trim(text);
        if (IsoTime.TryParse(text, out WallTime time))
        {
            milliseconds = time.Instant(0);
            return true;
        }

        return TryReadEpoch(text, out milliseconds);
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
