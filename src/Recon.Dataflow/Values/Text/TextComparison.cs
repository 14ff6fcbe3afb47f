using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>
/// The same text: outer and invisible white space does not count, nor does the kind of line end or of space, nor how accents are encoded. Where white
/// space is ignored, every run of it counts as one space.
/// </summary>
internal sealed class TextComparison(bool ignoreWhiteSpace) : IComparison
{
    private const long BrokenByte = 0x1_0000_0000;

    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        left = Utf8WhiteSpace.Trim(left);
        right = Utf8WhiteSpace.Trim(right);

        int same = SameBytes(left, right);
        left = left[same..];
        right = right[same..];
        return AreSame(left, right)
            || (!(CanonicalForm.IsComposed(left) && CanonicalForm.IsComposed(right))
                && CanonicalForm.AreEqual(Write(left, scratch), Write(right, scratch), scratch));
    }

    /// <summary>Why text cannot be compared with a mirror column of a type other than text and JSON.</summary>
    internal static string? WhyNotTyped(MirrorType type)
        => type == MirrorType.Uuid ? null : "one value has several spellings, and as text they differ";

    private bool AreSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (true)
        {
            long one = Next(ref left);
            if (one != Next(ref right))
            {
                return false;
            }

            if (one < 0)
            {
                return true;
            }
        }
    }

    private ReadOnlySpan<byte> Write(ReadOnlySpan<byte> text, Utf8Scratch scratch)
    {
        Span<byte> room = scratch.Take(text.Length);
        int used = 0;
        for (long character; (character = Next(ref text)) >= 0;)
        {
            if (character < BrokenByte)
            {
                used += new Rune((int)character).EncodeToUtf8(room[used..]);
            }
            else
            {
                room[used++] = (byte)character;
            }
        }

        return room[..used];
    }

    /// <summary>Whether a text begins with another one and goes on, by the same rules.</summary>
    public TextBeginning Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> whole, Utf8Scratch scratch)
    {
        TextBeginning beginning = Begins(start, whole);
        return beginning.Kind == BeginningKind.Whole || (CanonicalForm.IsComposed(start) && CanonicalForm.IsComposed(whole))
            ? beginning
            : Begins(CanonicalForm.Of(start, scratch), CanonicalForm.Of(whole, scratch));
    }

    private TextBeginning Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> whole)
    {
        start = Utf8WhiteSpace.Trim(start);
        whole = Utf8WhiteSpace.Trim(whole);
        int same = SameBytes(start, whole);
        start = start[same..];
        whole = whole[same..];
        while (true)
        {
            ReadOnlySpan<byte> left = start;
            ReadOnlySpan<byte> right = whole;
            long one = Next(ref start);
            if (one < 0)
            {
                return whole.IsEmpty ? default : new TextBeginning(BeginningKind.Whole, TakeBlanks(ref whole), whole.IsEmpty ? 1 : Runes.Length(whole));
            }

            if (one != Next(ref whole))
            {
                return IsTorn(left, right) ? new TextBeginning(BeginningKind.Torn, 0) : default;
            }
        }
    }

    // Most of two nearly equal texts is the same bytes. Steps back to a character that stands for itself.
    private static int SameBytes(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int same = left.CommonPrefixLength(right);
        while (same > 0 && (same < left.Length || same < right.Length) && !IsPlain(left[same - 1]))
        {
            same--;
        }

        return same;
    }

    private static bool IsPlain(byte character) => character is > 0x20 and < 0x80;

    /// <summary>Whether all that is left of a text is what a cut leaves of a character that takes several bytes.</summary>
    private static bool IsTorn(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (right.IsEmpty || right[0] < 0x80)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = left[Runes.Length(left)..];
        while (rest.StartsWith("\uFFFD"u8) || rest.StartsWith("?"u8))
        {
            rest = rest[Runes.Length(rest)..];
        }

        return rest.IsEmpty;
    }

    private static int TakeBlanks(ref ReadOnlySpan<byte> text)
    {
        int count = 0;
        while (!text.IsEmpty && Utf8WhiteSpace.LeadingBlank(text) is int length && length > 0)
        {
            count += text[0] is (byte)'\n' or (byte)'\r' ? 2 : 1;
            text = text[length..];
        }

        return count;
    }

    /// <summary>Takes the next character that counts; -1 at the end. A broken byte counts as itself.</summary>
    private long Next(ref ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && IsPlain(text[0]))
        {
            byte plain = text[0];
            text = text[1..];
            return plain;
        }

        bool gap = false;
        while (!text.IsEmpty)
        {
            bool valid = Runes.TryRead(text, out Rune rune, out int length);
            if (valid && Utf8WhiteSpace.IsInvisible(rune.Value))
            {
                text = text[length..];
            }
            else if (valid && ignoreWhiteSpace && Utf8WhiteSpace.IsSpace(rune.Value))
            {
                gap = true;
                text = text[length..];
            }
            else if (gap)
            {
                return ' ';
            }
            else
            {
                if (valid && rune.Value == '\r')
                {
                    text = text[(text.Length > 1 && text[1] == '\n' ? 2 : 1)..];
                    return '\n';
                }

                long character = valid ? (rune.Value is 0xA0 or 0x202F or 0x2007 ? ' ' : rune.Value) : BrokenByte + text[0];
                text = text[(valid ? length : 1)..];
                return character;
            }
        }

        return -1;
    }
}
