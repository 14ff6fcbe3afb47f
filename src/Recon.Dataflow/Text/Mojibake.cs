using System.Text;

namespace Recon.Dataflow.Text;

/// <summary>Text that was decoded wrongly before it reached the file.</summary>
internal static class Mojibake
{
    /// <summary>
    /// Whether a text looks like UTF-8 that somebody read as Latin-1 or cp1252 and saved again: <c>Ã©</c> for <c>é</c>,
    /// <c>â€™</c> for an apostrophe.
    /// </summary>
    public static bool LooksLike(ReadOnlySpan<byte> text)
    {
        // Every lead byte of UTF-8 (C2 to F4) becomes one of Â to ô, which is C3 82 to C3 B4.
        for (int at = text.IndexOf((byte)0xC3); at >= 0;)
        {
            ReadOnlySpan<byte> rest = text[at..];
            if (rest.Length >= 4 && Continuations(rest[1]) is int needed && needed > 0 && AreContinuations(rest[2..], needed))
            {
                return true;
            }

            int next = text[(at + 1)..].IndexOf((byte)0xC3);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    /// <summary>Whether a text holds U+FFFD, which stands where characters were lost for good.</summary>
    public static bool HoldsReplacement(ReadOnlySpan<byte> text) => text.IndexOf("\uFFFD"u8) >= 0;

    /// <summary>Turns a text back, when that is certain.</summary>
    /// <returns>
    /// The text as it was; <see langword="null"/> when a character of it has no byte in cp1252 or Latin-1, or when
    /// the bytes are not UTF-8: then it was no mojibake throughout.
    /// </returns>
    internal static byte[]? Repair(ReadOnlySpan<byte> text)
    {
        byte[] bytes = new byte[text.Length];
        int length = 0;
        foreach (Rune rune in Encoding.UTF8.GetString(text).EnumerateRunes())
        {
            if (!SingleByteText.Windows1252.TryGetByte(rune.Value, out byte value))
            {
                return null;
            }

            bytes[length++] = value;
        }

        bytes = bytes[..length];
        return !Ascii.IsValid(bytes) && System.Text.Unicode.Utf8.IsValid(bytes) ? bytes : null;
    }

    /// <summary>Whether a text may hold damage: a quick test that lets no damage pass.</summary>
    internal static bool MayBeIn(ReadOnlySpan<byte> text)
        => !Ascii.IsValid(text) && (LooksLike(text) || HoldsReplacement(text));

    /// <summary>How many continuation bytes must have followed the lead byte that the letter C3 xx was.</summary>
    private static int Continuations(byte second)
        => second switch { >= 0x82 and <= 0x9F => 1, >= 0xA0 and <= 0xAF => 2, >= 0xB0 and <= 0xB4 => 3, _ => 0 };

    private static bool AreContinuations(ReadOnlySpan<byte> text, int needed)
    {
        for (; needed > 0; needed--)
        {
            int length = Continuation(text);
            if (length == 0)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    /// <summary>Length of a character that a byte from 80 to BF is read as, by Latin-1 or cp1252; 0 for another.</summary>
    private static int Continuation(ReadOnlySpan<byte> text)
        => text.Length < 2 ? 0 : (text[0], text[1]) switch
        {
            (0xC2, >= 0x80 and <= 0xBF) => 2,
            (0xC5, 0x92 or 0x93 or 0xA0 or 0xA1 or 0xB8 or 0xBD or 0xBE) => 2,
            (0xC6, 0x92) => 2,
            (0xCB, 0x86 or 0x9C) => 2,
            (0xE2, 0x80 or 0x82 or 0x84) when text.Length >= 3 => 3,
            _ => 0,
        };
}
