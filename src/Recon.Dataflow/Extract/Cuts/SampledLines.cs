using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract.Cuts;

/// <summary>What ends a line in the bytes of a file.</summary>
/// <param name="Unit">Bytes of a code unit: 1 or 2.</param>
/// <param name="IsBigEndian">Whether the first byte of two is the higher one.</param>
/// <param name="Separator">What ends a record instead of a line end; an ASCII character.</param>
internal readonly record struct SampledLines(int Unit, bool IsBigEndian, byte? Separator)
{
    /// <summary>Lines of encodings in which a line end is one byte.</summary>
    public static SampledLines OfBytes { get; } = new(1, false, null);

    /// <param name="separator">What ends a record instead of a line end; an ASCII character.</param>
    public static SampledLines Of(TextEncoding encoding, byte? separator = null)
        => new(encoding.IsUtf16 ? 2 : 1, encoding == TextEncoding.Utf16BigEndian, separator);

    /// <summary>Where the first line ends.</summary>
    /// <param name="bytes">Whole code units.</param>
    /// <returns><see langword="null"/> where none does.</returns>
    public int? After(ReadOnlySpan<byte> bytes)
    {
        for (int from = 0; from < bytes.Length;)
        {
            int found = Separator is byte separator ? bytes[from..].IndexOf(separator) : bytes[from..].IndexOfAny((byte)'\r', (byte)'\n');
            if (found < 0)
            {
                return null;
            }

            int at = from + found;
            if (Unit == 1)
            {
                return at + 1;
            }

            int other = at ^ 1;
            if ((at % 2 == 1) == IsBigEndian && other < bytes.Length && bytes[other] == 0)
            {
                return Math.Max(at, other) + 1;
            }

            from = at + 1;
        }

        return null;
    }
}
