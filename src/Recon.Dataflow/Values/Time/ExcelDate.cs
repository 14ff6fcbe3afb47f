using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>Dates that a spreadsheet destroyed: it showed a time as <c>mm:ss.f</c>, and saved what it showed.</summary>
internal static class ExcelDate
{
    /// <summary>Whether a text looks like minutes, seconds and a fraction (<c>27:31.0</c>): day, month, year and hour are lost.</summary>
    public static bool LooksDestroyed(ReadOnlySpan<byte> text)
    {
        text = Utf8WhiteSpace.Trim(text);
        int colon = text.IndexOf((byte)':');
        if (colon is not (1 or 2))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[(colon + 1)..];
        return rest.Length is >= 4 and <= 6 && (rest[2] is (byte)'.' or (byte)',')
            && AreDigits(text[..colon]) && AreDigits(rest[..2]) && AreDigits(rest[3..])
            && (colon == 1 || text[0] < '6') && rest[0] < '6';
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
