using System.Text;
using Recon.Dataflow.Extract;

namespace Recon.Discovery.Profiling.Input;

/// <summary>Refuses files that are no table of texts, by how they begin.</summary>
internal static class NoText
{
    private const int MostControls = 20; // One in so many bytes.

    /// <param name="head">The first bytes, unpacked.</param>
    /// <param name="isUtf16">Whether zero bytes are part of letters.</param>
    /// <exception cref="InputException">It is none; the message says what it is and what to do.</exception>
    public static void Refuse(string file, ReadOnlySpan<byte> head, bool isUtf16)
    {
        if (head.Length >= 4)
        {
            FileSignature.Check(file, head[..Math.Min(head.Length, 64)]);
        }

        string? what = Known(head) ?? (!isUtf16 && Controls(head) * MostControls > head.Length
            ? "holds binary data, no text: too many of its first bytes are control characters. Export it as CSV" : null);
        if (what is not null)
        {
            throw new InputException($"{file} {what}.");
        }
    }

    private static string? Known(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "is UTF-32 by its byte order mark, which is not read. Save it as UTF-8",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "is a PDF document, not a CSV file. Export CSV from the source",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "is a picture, not a CSV file",
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "is a Parquet file, not a CSV file. Export CSV, for example: duckdb -c \"copy 'FILE' to 'FILE.csv'\"",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "is packed by zstd. Unpack it, or pack it by gzip, which is read",
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => "is packed by xz. Unpack it, or pack it by gzip, which is read",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => "is packed by bzip2. Unpack it, or pack it by gzip, which is read",
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "is a 7z archive. Unpack it",
        [(byte)'R', (byte)'a', (byte)'r', (byte)'!', ..] => "is a RAR archive. Unpack it",
        _ when head.StartsWith("SQLite format 3"u8) => "is a SQLite database, not a CSV file. Export the table as CSV",
        _ => KnownText(Encoding.Latin1.GetString(head[..Math.Min(head.Length, 256)]).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\r', '\n', '\t')),
    };

    private static string? KnownText(string head)
        => head.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) ? "is XML, not a CSV file. Export CSV from the source"
            : head.StartsWith("<html", StringComparison.OrdinalIgnoreCase) || head.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || head.StartsWith("<table", StringComparison.OrdinalIgnoreCase)
                ? "is a web page, not a CSV file: some tools save such pages as .xls or .csv, and some answer a failed download so. Export CSV"
            : head.StartsWith("{\"", StringComparison.Ordinal) || head.StartsWith("[{", StringComparison.Ordinal) || head.StartsWith("{\n", StringComparison.Ordinal) || head.StartsWith("[\n", StringComparison.Ordinal)
                ? "is JSON, not a CSV file. Export CSV from the source"
            : null;

    // Exports use some control characters as separators and within texts.
    private static int Controls(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        foreach (byte value in bytes)
        {
            count += value is 0 or (>= 2 and <= 8) or (>= 0x0E and <= 0x19) or 0x7F ? 1 : 0;
        }

        return count;
    }
}
