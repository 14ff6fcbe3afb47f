using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>A file that ends in the middle of a record: an export or a copy that broke off.</summary>
internal static class CutFile
{
    private const int TailLength = 64 * 1024;

    /// <param name="place">Where the record starts.</param>
    /// <param name="how">How it can be seen.</param>
    public static InputException Refuse(string file, string place, string how) => new(
        $"{file}: the file ends in the middle of a record ({place}): {how}. The export or a copy of it broke off, so nothing "
        + "is published. Export it again; to reject this record and take the others, set \"onCut\": \"accept\" in the csv block.");

    /// <summary>
    /// Looks at the end of an uncompressed file, as far as it tells something for certain: a last line without quotes and
    /// without a line end is a record, or the inside of a quoted field that is never closed.
    /// </summary>
    /// <exception cref="InputException">The file is cut.</exception>
    public static async ValueTask CheckTailAsync(
        SourceFile file, CsvBlockDefinition csv, HeaderMap header, CancellationToken cancellationToken)
    {
        var dialect = CsvDialect.Of(csv);
        if (csv.OnCut == OnCut.Accept || file.Kind != InputKind.Plain || dialect.Escape != FieldEscape.Doubled
            || dialect.RecordSeparator is not null || TextEncoding.Find(csv.Encoding)?.IsUtf16 != false)
        {
            return;
        }

        await using Stream stream = file.OpenRead();
        stream.Position = Math.Max(0, stream.Length - TailLength);
        long start = stream.Position;
        byte[] bytes = new byte[TailLength];
        int count = await stream.ReadAtLeastAsync(bytes, TailLength, throwOnEndOfStream: false, cancellationToken);
        int line = bytes.AsSpan(0, count).LastIndexOfAny((byte)'\r', (byte)'\n') + 1;
        if (line > 0 && How(bytes.AsSpan(line, count - line), dialect, header) is { } how)
        {
            throw Refuse(file.Name, $"line {await LineAtAsync(stream, start + line, cancellationToken)}, byte {start + line}", how);
        }
    }

    private static string? How(ReadOnlySpan<byte> last, CsvDialect dialect, HeaderMap header)
    {
        if (IsEndMark(last))
        {
            return null;
        }

        if (last[^1] == 0)
        {
            return "its last bytes are zero";
        }

        int fields = last.Count(dialect.Delimiter) + 1;
        return fields < header.LeastFields && (dialect.Quote is not byte quote || !last.Contains(quote)) ? TooFew(fields, header) : null;
    }

    // Only where the file is refused: people look for a line, and only a count of all before it tells which it is.
    private static async ValueTask<long> LineAtAsync(Stream stream, long offset, CancellationToken cancellationToken)
    {
        stream.Position = 0;
        byte[] bytes = new byte[TailLength];
        long line = 1;
        bool isAfterReturn = false;
        for (long left = offset; left > 0;)
        {
            int count = await stream.ReadAsync(bytes.AsMemory(0, (int)Math.Min(bytes.Length, left)), cancellationToken);
            if (count == 0)
            {
                break;
            }

            foreach (byte value in bytes.AsSpan(0, count))
            {
                line += value == (byte)'\r' || (value == (byte)'\n' && !isAfterReturn) ? 1 : 0;
                isAfterReturn = value == (byte)'\r';
            }

            left -= count;
        }

        return line;
    }

    /// <summary>
    /// Fields of a record whose last quote is not closed. With all of them only the quote may be missing, as it may on any
    /// line, so that nothing is certain.
    /// </summary>
    public static int FieldsOf(ReadOnlySpan<byte> record, CsvBlockDefinition csv)
    {
        var dialect = CsvDialect.Of(csv);
        int fields = 1;
        bool inQuotes = false;
        foreach (byte value in record)
        {
            inQuotes ^= value == dialect.Quote;
            fields += !inQuotes && value == dialect.Delimiter ? 1 : 0;
        }

        return fields;
    }

    /// <summary>
    /// Whether a record whose quote is never closed has whole records among its further lines: then a quote too many swallowed
    /// them, and the file may well be whole. Lines of a text that was cut have fewer fields.
    /// </summary>
    public static bool HoldsRecords(ReadOnlySpan<byte> unclosed, CsvBlockDefinition csv, HeaderMap header)
    {
        int line = unclosed.IndexOfAny((byte)'\r', (byte)'\n');
        while (line >= 0)
        {
            unclosed = unclosed[(line + 1)..];
            line = unclosed.IndexOfAny((byte)'\r', (byte)'\n');
            ReadOnlySpan<byte> text = line < 0 ? unclosed : unclosed[..line];
            if (!text.IsEmpty && FieldsOf(text, csv) >= header.LeastFields)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a last line holds nothing but white space and the end mark of old systems (0x1A), which no export breaks off to.</summary>
    public static bool IsEndMark(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)0x1A);

    public static string TooFew(int fields, HeaderMap header)
        => $"it has {fields} of {header.MostFields} fields, and no line end";
}
