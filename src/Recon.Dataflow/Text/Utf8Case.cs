using System.Globalization;
using System.Text;

namespace Recon.Dataflow.Text;

/// <summary>How letters are written.</summary>
internal enum LetterCase
{
    Upper,
    Lower,
    Title,
}

/// <summary>Writes letters in upper, lower or title case.</summary>
internal static class Utf8Case
{
    /// <summary>Writes a text in lower case; the text itself when it is.</summary>
    internal static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        if (!Ascii.IsValid(value))
        {
            return Write(value, LetterCase.Lower, scratch);
        }

        if (value.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0)
        {
            return value;
        }

        Span<byte> room = scratch.Take(value.Length);
        _ = Ascii.ToLower(value, room, out _);
        return room;
    }

    internal static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> value, LetterCase to, Utf8Scratch scratch)
    {
        // A character of two bytes may become one of three, never more; a broken one stays as it is.
        Span<byte> room = scratch.Take((value.Length * 3 / 2) + 1);
        int used = 0;
        bool inWord = false;
        while (!value.IsEmpty)
        {
            if (Runes.TryRead(value, out Rune rune, out int length))
            {
                bool apostrophe = rune.Value is '\'' or 0x2019;
                bool upper = to == LetterCase.Upper || (to == LetterCase.Title && !inWord);
                used += (upper ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune)).EncodeToUtf8(room[used..]);
                inWord = apostrophe ? inWord && !WordFollows(value[length..]) : Rune.IsLetterOrDigit(rune) || IsMark(rune);
            }
            else
            {
                value[..length].CopyTo(room[used..]);
                used += length;
                inWord = false;
            }

            value = value[length..];
        }

        scratch.GiveBack(room.Length - used);
        return room[..used];
    }

    /// <summary>Whether a word of two letters or more follows: O'Neil, but not women's.</summary>
    private static bool WordFollows(ReadOnlySpan<byte> rest)
        => Runes.TryRead(rest, out Rune first, out int length) && Rune.IsLetter(first)
            && Runes.TryRead(rest[length..], out Rune second, out _) && Rune.IsLetter(second);

    private static bool IsMark(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark;
}
