using System.Text;

namespace Recon.Dataflow.Extract;

/// <summary>
/// Text that was decoded wrongly before it reached the file: UTF-8 that was read as cp1252 or Latin-1
/// (<c>Ã©</c> for <c>é</c>), or bytes that were lost (U+FFFD).
/// </summary>
internal static class Mojibake
{
    private static readonly byte[] _highA = "Ã"u8.ToArray();
    private static readonly byte[] _circumflexA = "Â"u8.ToArray();
    private static readonly byte[] _punctuation = "â€"u8.ToArray();
    private static readonly byte[] _replacement = "\uFFFD"u8.ToArray();

    /// <summary>Whether a text may hold damage: a quick test that lets no damage pass.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> text)
        => !Ascii.IsValid(text) && (LooksLikeIt(text) || HasReplacement(text));

    /// <summary>Whether the text holds U+FFFD.</summary>
    public static bool HasReplacement(ReadOnlySpan<byte> text) => text.IndexOf(_replacement) >= 0;

    /// <summary>Whether the text holds one of the pairs of characters that UTF-8 shows as Latin-1.</summary>
    public static bool LooksLikeIt(ReadOnlySpan<byte> text)
        => HasPair(text, _highA) || HasPair(text, _circumflexA) || text.IndexOf(_punctuation) >= 0;

    /// <summary>Turns a text back, when that is certain.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <returns>
    /// The text as it was; <see langword="null"/> when a character of it has no byte in cp1252 or Latin-1, or when
    /// the bytes are not UTF-8: then it was no mojibake throughout.
    /// </returns>
    public static byte[]? Repair(ReadOnlySpan<byte> text)
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

    /// <summary>Whether the lead character is followed by one that stands for a continuation byte.</summary>
    private static bool HasPair(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lead)
    {
        while (text.IndexOf(lead) is >= 0 and int at)
        {
            text = text[(at + lead.Length)..];
            if (Rune.DecodeFromUtf8(text, out Rune next, out _) == System.Buffers.OperationStatus.Done
                && SingleByteText.Windows1252.TryGetByte(next.Value, out byte value) && value is >= 0x80 and <= 0xBF)
            {
                return true;
            }
        }

        return false;
    }
}
