using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>In every dialect the reader agrees with <see cref="NaiveCsv"/> about values, lines, offsets and raw texts.</summary>
public sealed class DialectPropertyTests
{
    private static readonly string[] s_columns = ["id", "name", "note"];

    private static readonly CsvBlockDefinition[] s_unquoted =
    [
        Csv(",", "none"),
        Csv("\"", "none"),
        Csv("tab", "none", FieldEscape.Backslash),
        Csv("unit-separator", "none"),
        Csv("\u001E", "none"),
        Csv("unit-separator", "none", separator: "record-separator"),
        Csv("|", "none", FieldEscape.Backslash, "\u0001"),
    ];

    private static readonly CsvBlockDefinition[] s_quoted =
    [
        Csv(",", "\""),
        Csv(",", "\"", FieldEscape.Backslash),
        Csv("tab", "'", FieldEscape.Backslash),
        Csv("unit-separator", "\"", separator: "record-separator"),
        Csv(";", "\"", FieldEscape.Backslash, "record-separator"),
    ];

    private static readonly Gen<string> s_piece = Gen.OneOf(
        "D", "D", "E", "E", "\n", "\r", "\r\n", "\\", "\\", "\"", "'", ",", "\u001E", "\u001F", "a", "1", "é", "\0", " ", "\\N", "\\n", "\\0", "\\\r\n", "😀", "xyz", "N", "Z");

    [Fact]
    public void ReadAsync_AnyBytesWithoutQuotes_AreWhatTheNaiveReaderFinds()
        => Gen.Select(Gen.OneOf(s_unquoted), s_piece.Array[0, 60], Gen.Int[64, 200], Gen.Int[1, 30])
            .Sample((csv, pieces, window, chunk) => Run(() => AgreesAsync(csv, string.Concat(pieces), window, chunk)), iter: 10_000);

    [Fact]
    public void ReadAsync_WellFormedQuotes_AreWhatTheNaiveReaderFinds()
    {
        Gen<(string[] Parts, bool Quoted)> value = Gen.Select(s_piece.Where(piece => piece is not "\0" and not "\\0").Array[0, 6], Gen.Bool);
        Gen.Select(Gen.OneOf(s_quoted), value.Array[0, 20], Gen.Int[64, 200], Gen.Int[1, 30], Gen.Int[2, 4]).Sample((csv, values, window, chunk, width) => Run(() =>
        {
            StringBuilder text = new();
            for (int index = 0; index < values.Length; index++)
            {
                text.Append(Written(csv, string.Concat(values[index].Parts.Where(part => part is not ("D" or "E"))), values[index].Quoted))
                    .Append(index % width == width - 1 ? "E" : "D");
            }

            return AgreesAsync(csv, text.ToString(), window, chunk);
        }), iter: 10_000);
    }

    [Fact]
    public void ReadAsync_AnyBytes_AreTheSameWhateverTheWindow()
        => Gen.Select(Gen.OneOf([.. s_unquoted, .. s_quoted]), s_piece.Array[0, 60], Gen.Int[64, 200], Gen.Int[1, 4]).Sample((csv, pieces, window, rows) => Run(async () =>
        {
            byte[] bytes = Bytes(csv, string.Concat(pieces));
            List<string> whole = await DescribeAsync(csv with { MaxRecordBytes = 40 }, bytes, 256 * 1024, 7, rows);
            List<string> parts = await DescribeAsync(csv with { MaxRecordBytes = 40 }, bytes, window, 7, rows);
            Assert.Equal(whole, parts);
            return true;
        }), iter: 5_000);

    // The CR is the last byte that is there yet; whether it is text or half of a line break, only the next one tells.
    [Fact]
    public async Task ReadAsync_LineBreakOfALongLineIsCut_CountsOnce()
    {
        CsvBlockDefinition csv = Csv("tab", "'", FieldEscape.Backslash) with { MaxRecordBytes = 40 };
        for (int length = 30; length < 200; length++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes($"id\tname\tnote\n{new string('x', length)}\r\n1\ta\tb\n");
            Assert.Equal(await DescribeAsync(csv, bytes, 256 * 1024, 7, rows: 4), await DescribeAsync(csv, bytes, 64, 7, rows: 4));
        }
    }

    [Fact]
    public void ReadAsync_ResumedAfterAnySubset_GivesTheMissingBatchesUnchanged()
    {
        string path = Path.Combine(Path.GetTempPath(), $"recon-dialect-{Guid.NewGuid():N}.csv");
        try
        {
            Gen.Select(Gen.OneOf([.. s_unquoted, .. s_quoted]), s_piece.Array[0, 80], Gen.Int[1, 3], Gen.ULong).Sample((csv, pieces, rows, committed) => Run(async () =>
            {
                await File.WriteAllBytesAsync(path, Bytes(csv, string.Concat(pieces)));
                List<(long Number, SourceRange Range, string Text)> whole = await BatchesAsync(csv with { Path = path }, rows, new Dictionary<long, SourceRange>());
                Dictionary<long, SourceRange> done = whole.Where(batch => (committed >> (int)(batch.Number % 64) & 1) == 1)
                    .ToDictionary(batch => batch.Number, batch => batch.Range);
                List<(long Number, SourceRange Range, string Text)> rest = await BatchesAsync(csv with { Path = path }, rows, done);
                return rest.SequenceEqual(whole.Where(batch => !done.ContainsKey(batch.Number)));
            }), iter: 400, threads: 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

#pragma warning disable VSTHRD002 // The asynchronous sampling of CsCheck waits for ever under xunit's context.
    private static bool Run(Func<Task<bool>> test) => Task.Run(test).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    private static CsvBlockDefinition Csv(
        string delimiter, string quote, FieldEscape escape = FieldEscape.Doubled, string? separator = null)
        => ExtractHarness.Csv() with { Delimiter = delimiter, Quote = quote, Escape = escape, RecordSeparator = separator };

    private static async Task<bool> AgreesAsync(CsvBlockDefinition csv, string text, int window, int chunk)
    {
        byte[] bytes = Bytes(csv, text);
        List<string> expected = new NaiveCsv(bytes, CsvDialect.Of(csv), s_columns.Length).Read();
        List<string> read = await DescribeAsync(csv, bytes, window, chunk, rows: 1_000);
        Assert.Equal(expected, read);
        return true;
    }

    // D stands for the delimiter, E for the end of a record.
    private static byte[] Bytes(CsvBlockDefinition csv, string text)
    {
        var dialect = CsvDialect.Of(csv);
        string delimiter = ((char)dialect.Delimiter).ToString();
        string end = ((char)(dialect.RecordSeparator ?? (byte)'\n')).ToString();
        return Encoding.UTF8.GetBytes(string.Join(delimiter, s_columns) + end
            + text.Replace("D", delimiter, StringComparison.Ordinal).Replace("E", end, StringComparison.Ordinal));
    }

    private static string Written(CsvBlockDefinition csv, string value, bool quoted)
    {
        var dialect = CsvDialect.Of(csv);
        string quote = ((char)dialect.Quote!).ToString();
        if (csv.Escape == FieldEscape.Backslash)
        {
            string escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(quote, "\\" + quote, StringComparison.Ordinal);
            escaped = string.Concat(escaped.Select(one => one == '\n' || one == dialect.Delimiter || one == dialect.RecordSeparator ? $"\\{one}" : $"{one}"));
            return quoted ? quote + escaped + quote : escaped;
        }

        bool needed = value.Any(one => one is '\n' or '\r' || one == dialect.Quote || one == dialect.Delimiter || one == dialect.RecordSeparator);
        return quoted || needed ? quote + value.Replace(quote, quote + quote, StringComparison.Ordinal) + quote : value;
    }

    private static async Task<List<string>> DescribeAsync(CsvBlockDefinition csv, byte[] bytes, int window, int chunk, int rows)
    {
        using TrickleStream stream = new(bytes, chunk);
        await using BatchReader reader = await BatchReader.OpenAsync(
            csv, ExtractHarness.Batch(rows), new DefaultsDefinition(), new SourceColumns(s_columns),
            new BatchReaderOptions { BaseDirectory = Path.GetTempPath(), WindowBytes = window, StandardInput = stream }, TestContext.Current.CancellationToken);
        List<(long At, string Text)> all = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is RecordBatch batch)
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    all.Add((batch.ByteOffset(row), $"{batch.Line(row)}@{batch.ByteOffset(row)} {ExtractHarness.Row(batch, row)}"));
                }

                all.AddRange(batch.Rejects.Select(reject => (reject.ByteOffset, $"{reject.Line}@{reject.ByteOffset} {reject.Reason} {reject.Raw}")));
            }
        }

        return [.. all.OrderBy(record => record.At).Select(record => record.Text)];
    }

    private static async Task<List<(long Number, SourceRange Range, string Text)>> BatchesAsync(
        CsvBlockDefinition csv, int rows, IReadOnlyDictionary<long, SourceRange> done)
    {
        await using BatchReader reader = await BatchReader.OpenAsync(
            csv, ExtractHarness.Batch(rows), new DefaultsDefinition(), new SourceColumns(s_columns),
            new BatchReaderOptions { BaseDirectory = Path.GetTempPath(), AllowPathsOutside = true, WindowBytes = 100, ResumeFrom = done }, TestContext.Current.CancellationToken);
        List<(long Number, SourceRange Range, string Text)> batches = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is RecordBatch batch)
        {
            using (batch)
            {
                batches.Add((batch.Number, batch.Range, ExtractHarness.Describe(batch)));
            }
        }

        return batches;
    }
}
