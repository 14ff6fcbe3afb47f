using System.Globalization;
using System.Text;

namespace Recon.Cli.Hosting;

/// <summary>Columns that a text takes on a terminal: two for wide characters, none for those that are drawn over others.</summary>
internal static class TextWidth
{
    // Unicode's East Asian wide and fullwidth blocks, and what terminals draw as emoji.
    private static readonly (int First, int Last)[] s_wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    public static int Of(ReadOnlySpan<char> text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text.Length;
        }

        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Of(rune);
        }

        return width;
    }

    public static string PadLeft(string text, int width) => new string(' ', Math.Max(0, width - Of(text))) + text;

    public static string PadRight(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    /// <summary>The length of the longest beginning that takes no more columns; at least one whole character as people see it.</summary>
    public static int Fitting(ReadOnlySpan<char> text, int width)
    {
        int length = 0;
        for (int left = width; length < text.Length;)
        {
            int next = StringInfo.GetNextTextElementLength(text[length..]);
            left -= Of(text.Slice(length, next));
            if (left < 0 && length > 0)
            {
                break;
            }

            length += next;
        }

        return length;
    }

    private static int Of(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
            : Array.Exists(s_wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2
            : 1;
}
