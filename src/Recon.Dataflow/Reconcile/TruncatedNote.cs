using System.Text;

namespace Recon.Dataflow.Reconcile;

/// <summary>Notes that a list export cut: exactly 255 characters, with which HubSpot's longer text begins.</summary>
public static class TruncatedNote
{
    private const int Length = 255;

    /// <summary>Whether the legacy text is the cut beginning of the mirror's. Line ends count the same, whatever their kind.</summary>
    /// <param name="legacy">The legacy text as UTF-8, as it is in the file.</param>
    /// <param name="mirror">HubSpot's text as UTF-8.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsCut(ReadOnlySpan<byte> legacy, ReadOnlySpan<byte> mirror)
    {
        // At this point: 255 characters are at most four bytes each, so that most texts are done here.
        if (legacy.Length is < Length or > 4 * Length || !HasCutLength(legacy))
        {
            return false;
        }

        while (!legacy.IsEmpty)
        {
            if (mirror.IsEmpty || Next(ref legacy) != Next(ref mirror))
            {
                return false;
            }
        }

        return !mirror.IsEmpty;
    }

    private static bool HasCutLength(ReadOnlySpan<byte> text)
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

        return units == Length || characters == Length;
    }

    private static byte Next(ref ReadOnlySpan<byte> text)
    {
        byte first = text[0];
        text = text[(first == '\r' && text.Length > 1 && text[1] == '\n' ? 2 : 1)..];
        return first == '\r' ? (byte)'\n' : first;
    }
}
