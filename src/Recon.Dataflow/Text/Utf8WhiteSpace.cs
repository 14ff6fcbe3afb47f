using System.Text;

namespace Recon.Dataflow.Text;

/// <summary>
/// White space as exports have it: Unicode's, no-break spaces included, and characters that nobody sees. The one place
/// that says what is taken off around ids, values, header names and spellings of null.
/// </summary>
internal static class Utf8WhiteSpace
{
    /// <summary>Removes white space and invisible characters around a text.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        // Nearly every value starts and ends with a visible ASCII character.
        if (!text.IsEmpty && IsVisibleAscii(text[0]) && IsVisibleAscii(text[^1]))
        {
            return text;
        }

        while (text.Length > 0 && LeadingBlank(text) is int length && length > 0)
        {
            text = text[length..];
        }

        while (text.Length > 0 && TrailingBlank(text) is int length && length > 0)
        {
            text = text[..^length];
        }

        return text;
    }

    /// <summary>As <see cref="Trim(ReadOnlySpan{byte})"/>, for header names, ids and settings.</summary>
    public static string Trim(string text) => Encoding.UTF8.GetString(Trim(Encoding.UTF8.GetBytes(text)));

    /// <summary>Length in bytes of the white space character or invisible character that a text starts with; 0 for none.</summary>
    internal static int LeadingBlank(ReadOnlySpan<byte> text)
    {
        byte first = text[0];
        if (first is < 0xC2 or > 0xEF)
        {
            return first is 0x20 or (>= 0x09 and <= 0x0D) ? 1 : 0;
        }

        return Rune.DecodeFromUtf8(text, out Rune rune, out int length) == System.Buffers.OperationStatus.Done
            && IsBlank(rune.Value) ? length : 0;
    }

    /// <summary>Whether a character is white space that shows as a gap.</summary>
    internal static bool IsSpace(int character)
        => character switch
        {
            0x20 or (>= 0x09 and <= 0x0D) => true,
            < 0x85 => false,
            0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000 => true,
            _ => false,
        };

    /// <summary>Whether a character has no width anywhere: zero-width space, word joiner, byte order mark.</summary>
    internal static bool IsInvisible(int character) => character is 0x200B or 0x2060 or 0xFEFF;

    /// <summary>Whether a character says nothing at the edge of a text; joiners and direction marks say something inside.</summary>
    private static bool IsBlank(int character)
        => IsSpace(character) || IsInvisible(character) || character is 0xAD or 0x180E or (>= 0x200C and <= 0x200F);

    private static bool IsVisibleAscii(byte character) => character is > 0x20 and < 0x80;

    private static int TrailingBlank(ReadOnlySpan<byte> text)
    {
        byte last = text[^1];
        if (last < 0x80)
        {
            return last is 0x20 or (>= 0x09 and <= 0x0D) ? 1 : 0;
        }

        return Rune.DecodeLastFromUtf8(text, out Rune rune, out int length) == System.Buffers.OperationStatus.Done
            && IsBlank(rune.Value) ? length : 0;
    }
}
