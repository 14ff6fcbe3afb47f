using System.Globalization;

namespace Recon.Sandbox.Portal;

/// <summary>Times as HubSpot writes them.</summary>
internal static class Instants
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a time with its offset, or milliseconds since 1970.</summary>
    public static bool TryRead(string text, out DateTimeOffset time)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds))
        {
            bool isInRange = milliseconds is > -62_135_596_800_000 and < 253_402_300_800_000;
            time = isInRange ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : default;
            return isInRange;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
