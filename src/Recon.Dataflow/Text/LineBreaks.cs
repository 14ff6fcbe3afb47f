namespace Recon.Dataflow.Text;

/// <summary>Line breaks as CSV knows them: LF, CR and CR LF, each one break.</summary>
internal static class LineBreaks
{
    /// <summary>How many there are.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = text.Count((byte)'\n');
        while (text.IndexOf((byte)'\r') is >= 0 and int at)
        {
            count += at + 1 < text.Length && text[at + 1] == (byte)'\n' ? 0 : 1;
            text = text[(at + 1)..];
        }

        return count;
    }

    /// <summary>The index behind the line break at an index; the index itself at the end of the text.</summary>
    public static int After(ReadOnlySpan<byte> text, int index)
        => index == text.Length ? index
            : text[index] == (byte)'\r' && index + 1 < text.Length && text[index + 1] == (byte)'\n' ? index + 2
            : index + 1;
}
