using System.Text.Json;

namespace Recon.Dataflow.Text;

/// <summary>Long texts as JSON strings.</summary>
internal static class JsonTexts
{
    private const int Segment = 16 * 1024;

    /// <summary>
    /// Writes a text in pieces: in one piece the writer takes room for six times its length, and the pool keeps that for
    /// each thread.
    /// </summary>
    public static void WriteText(this Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        if (text.Length <= Segment)
        {
            writer.WriteStringValue(text);
            return;
        }

        for (; text.Length > Segment; text = text[Segment..])
        {
            writer.WriteStringValueSegment(text[..Segment], isFinalSegment: false);
        }

        writer.WriteStringValueSegment(text, isFinalSegment: true);
    }
}
