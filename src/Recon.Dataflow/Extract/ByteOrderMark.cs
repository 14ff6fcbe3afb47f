using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>Byte order marks.</summary>
internal static class ByteOrderMark
{
    private const int LeastToTell = 8;

    /// <summary>Checks the first bytes of a file and settles the byte order.</summary>
    /// <param name="head">The first bytes, 64 where there are as many.</param>
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
        if (mark is null && Utf16Of(head) is { } order && order != settled.Name)
        {
            throw new InputException(
                $"{file}: it looks like UTF-16 without a byte order mark, because every second byte is zero, but the definition says {declared.Name}. "
                + $"Set \"encoding\": \"{order}\" in the csv block.");
        }

        bool agrees = mark is null || mark == settled.Name;
        return agrees ? settled : throw new InputException(
            $"{file}: the byte order mark at byte 0 says {mark}, but the definition says {declared.Name}. "
            + $"Set \"encoding\": \"{mark}\" in the csv block.");
    }

    // Of the usual letters one byte is zero: the first one in big endian.
    private static string? Utf16Of(ReadOnlySpan<byte> head)
    {
        int first = 0;
        int second = 0;
        for (int at = 0; at < head.Length; at++)
        {
            if (head[at] == 0)
            {
                _ = at % 2 == 0 ? first++ : second++;
            }
        }

        return head.Length < LeastToTell || Math.Min(first, second) > 0 || (first + second) * 4 < head.Length ? null
            : first > 0 ? TextEncoding.Utf16BigEndian.Name : TextEncoding.Utf16LittleEndian.Name;
    }
}
