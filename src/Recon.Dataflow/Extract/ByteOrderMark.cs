using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>Byte order marks.</summary>
internal static class ByteOrderMark
{
    /// <summary>Checks the first bytes of a file and settles the byte order.</summary>
    /// <param name="head">The first bytes, 4 where there are as many.</param>
    /// <exception cref="InputException">A byte order mark says something else than the definition.</exception>
    public static TextEncoding Settle(TextEncoding declared, ReadOnlySpan<byte> head, string file)
    {
        string? mark = head switch
        {
            [0xEF, 0xBB, 0xBF, ..] => "utf-8",
            [0xFF, 0xFE, 0, 0] => "utf-32",
            [0, 0, 0xFE, 0xFF] => "utf-32",
            [0xFF, 0xFE, ..] => "utf-16le",
            [0xFE, 0xFF, ..] => "utf-16be",
            _ => null,
        };
        if (mark == "utf-32")
        {
            throw new InputException($"{file}: the byte order mark at byte 0 says UTF-32, which is not read. Save it as UTF-8.");
        }

        TextEncoding settled = declared == TextEncoding.Utf16
            ? mark == "utf-16be" ? TextEncoding.Utf16BigEndian : TextEncoding.Utf16LittleEndian
            : declared;
        bool agrees = mark is null || mark == settled.Name;
        return agrees ? settled : throw new InputException(
            $"{file}: the byte order mark at byte 0 says {mark}, but the definition says {declared.Name}. "
            + $"Set \"encoding\": \"{mark}\" in the csv block.");
    }
}
