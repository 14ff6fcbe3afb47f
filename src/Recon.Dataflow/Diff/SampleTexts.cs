using System.Text;

namespace Recon.Dataflow.Diff;

/// <summary>Two texts for the eye, side by side: the part in which they begin to differ.</summary>
internal static class SampleTexts
{
    /// <summary>Characters of each text.</summary>
    public const int MaxLength = 100;

    // What is shown of the part that is the same, in bytes.
    private const int Lead = 12;

    /// <returns>At most 100 characters of each, with <c>…</c> in front where the beginning is left out; <see langword="null"/> for none.</returns>
    public static (string? Legacy, string? Hubspot) Cut(ReadOnlySpan<byte> legacy, ReadOnlySpan<byte> hubspot)
    {
        int from = legacy.CommonPrefixLength(hubspot) - Lead;
        while (from > 0 && (legacy[from] & 0xC0) == 0x80)
        {
            from--;
        }

        return (From(legacy, from), From(hubspot, from));
    }

    private static string? From(ReadOnlySpan<byte> text, int from)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        string lead = from > Lead ? "…" : "";
        text = lead.Length == 0 ? text : text[from..];
        // A hundred characters are at most three hundred bytes, and the last one may be torn.
        return RecordText.Cut(lead + Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * MaxLength)]), MaxLength);
    }
}
