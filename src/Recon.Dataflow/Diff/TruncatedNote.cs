using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Diff;

/// <summary>Notes that a list export cut: exactly 255 characters, with which HubSpot's longer text begins.</summary>
internal static class TruncatedNote
{
    private const int Length = 255;

    /// <summary>Whether the legacy text is the cut beginning of the mirror's. Line ends count the same, whatever their kind.</summary>
    /// <param name="legacy">
    /// The legacy text as UTF-8. It may have lost white space at its end: reading and converting trim, so a cut right
    /// after a space leaves fewer than 255 characters.
    /// </param>
    public static bool IsCut(ReadOnlySpan<byte> legacy, ReadOnlySpan<byte> mirror)
    {
        // 255 characters are at most four bytes each. Most texts differ at once.
        if (legacy.Length > 4 * Length || mirror.Length < legacy.Length / 2)
        {
            return false;
        }

        ReadOnlySpan<byte> text = legacy;
        while (!text.IsEmpty)
        {
            if (mirror.IsEmpty || Next(ref text) != Next(ref mirror))
            {
                return false;
            }
        }

        ReadOnlySpan<byte> rest = mirror;
        int blanks = TakeBlanks(ref rest);
        (int units, int characters) = Count(legacy);
        return Fits(Length - units, blanks, !mirror.IsEmpty, !rest.IsEmpty)
            || Fits(Length - characters, blanks, !mirror.IsEmpty, !rest.IsEmpty);
    }

    // What is missing to 255 characters must be white space that follows in the mirror, and more must follow.
    private static bool Fits(int missing, int blanks, bool goesOn, bool goesOnAfterBlanks)
        => missing == 0 ? goesOn : missing > 0 && missing <= blanks && goesOnAfterBlanks;

    private static (int Units, int Characters) Count(ReadOnlySpan<byte> text)
    {
        int units = 0;
        int characters = 0;
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            units += rune.Utf16SequenceLength;
            characters++;
            text = text[length..];
        }

        return (units, characters);
    }

    /// <summary>Takes the white space at the start; a line end counts as two, which it may have been in the file.</summary>
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

    private static byte Next(ref ReadOnlySpan<byte> text)
    {
        byte first = text[0];
        text = text[(first == '\r' && text.Length > 1 && text[1] == '\n' ? 2 : 1)..];
        return first == '\r' ? (byte)'\n' : first;
    }
}
