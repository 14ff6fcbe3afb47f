using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>Laws of the reader over generated inputs. A failure prints the seed.</summary>
public sealed class ReaderPropertyTests
{
    private static readonly string[] s_columns = ["id", "name", "note"];

    private static readonly Gen<string> s_goodValue = Gen.OneOf(
        "x", "", "\"q\"", "\"a,b\"", "\"two\nlines\"", "\"say \"\"hi\"\"\"", "\"\"", "é", "\"a\r\nb\"", "NULL", "  pad ", "long long text");

    private static readonly Gen<string> s_badLine = Gen.OneOf(
        "9,\"open,x", "9,st\"ray,x", "9,\"text\"after,x", "9,x", "9,x,y,z", "\"", "9,\"a\"\"", "\"9\",\"b\",\"c", "9,b,\"", "\0,a,b",
        "9,\"a\"b\"c,d", "\"\"\"", "9,\"\"\",x", ",,", "9");

    // Pieces that make quoting, line ends and multi-byte characters meet in every way.
    private static readonly Gen<byte[]> s_noise = Gen.OneOf("\"", ",", "\n", "\r", "\r\n", "a", "1", "é", "\0", " ", "\"\"", "\uFEFF", "😀", "Ã©", "xyz")
        .Array[0, 60].Select(parts => Encoding.UTF8.GetBytes("id,name,note\n" + string.Concat(parts)));

    [Fact]
    public void ReadAsync_BadLineBetweenGoodRecords_GoodRecordsAreIntact()
    {
        Gen<string> record = Gen.Select(s_goodValue, s_goodValue, (name, note) => $"{name},{note}");
        Gen.Select(record.Array[0, 8], s_badLine, record.Array[1, 8], Gen.OneOf("\n", "\r\n", "\r"), Gen.Int[64, 300])
            .Sample((before, bad, after, lineBreak, window) => Run(async () =>
            {
                string[] first = [.. before.Select((text, index) => $"1{index},{text}")];
                string[] second = [.. after.Select((text, index) => $"2{index},{text}")];
                string Join(params string[] lines) => "id,name,note" + lineBreak + string.Concat(Array.ConvertAll(lines, line => line + lineBreak));
                ReadResult clean = await Read(Join([.. first, .. second]), window);
                ReadResult dirty = await Read(Join([.. first, bad, .. second]), window);
                return clean.Counts.Rejected == 0 && clean.Records.SequenceEqual(dirty.Records) && dirty.Counts.Rejected == 1;
            }), iter: 2_000);
    }

    [Fact]
    public void ReadAsync_AnyInput_IsTheSameWhateverTheWindow()
        => Gen.Select(s_noise, Gen.Int[64, 200], Gen.Int[1, 4]).Sample((bytes, window, rows) => Run(async () =>
        {
            string[] whole = await DescribeAsync(bytes, 256 * 1024, rows);
            string[] pieces = await DescribeAsync(bytes, window, rows);
            Assert.True(whole.SequenceEqual(pieces), $"{Encoding.UTF8.GetString(bytes)}\n--- whole\n{string.Join('\n', whole)}\n--- pieces\n{string.Join('\n', pieces)}");
            return true;
        }), iter: 6_000);

    [Fact]
    public void ReadAsync_RandomBytes_NeverCrashesAndAccountsForEveryByte()
        => Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 200], s_noise), Gen.Bool, Gen.Int[64, 200], Gen.Int[1, 50])
            .Sample((bytes, header, window, chunk) => Run(async () =>
            {
                CsvBlockDefinition csv = ExtractHarness.Csv() with { Header = header, Columns = s_columns, MaxRecordBytes = 100 };
                ReadResult result;
                try
                {
                    result = await ExtractHarness.ReadAsync(bytes, csv, s_columns, ExtractHarness.Batch(rows: 3), Options(window), chunk);
                }
                catch (InputException refused)
                {
                    return refused.Message.Length > 20;
                }

                long at = result.Ranges.Count == 0 ? bytes.Length : result.Ranges[0].StartByte;
                foreach (SourceRange range in result.Ranges)
                {
                    Assert.Equal(at, range.StartByte);
                    Assert.True(range.EndByte > range.StartByte && range.EndLine > range.StartLine, range.ToString());
                    at = range.EndByte;
                }

                return at == bytes.Length;
            }), iter: 10_000);

    [Fact]
    public void ReadAsync_ResumedAfterAnySubset_GivesTheMissingBatchesUnchanged()
    {
        string folder = Directory.CreateTempSubdirectory("recon-extract-").FullName;
        try
        {
            Gen.Select(s_noise, s_noise, Gen.Int[1, 3], Gen.ULong, Gen.OneOf(".csv", ".csv.gz", ".u16")).Sample((first, second, rows, committed, kind) => Run(async () =>
                {
                    string path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
                    Write(path + "-1" + kind, first);
                    Write(path + "-2" + kind, second);
                    CsvBlockDefinition csv = ExtractHarness.Csv() with
                    {
                        Path = path + "-?" + kind,
                        Encoding = kind == ".u16" ? "utf-16le" : "utf-8",
                    };
                    List<(long Number, SourceRange Range, string Text)> whole = await ReadFilesAsync(csv, rows, Options(100) with { BaseDirectory = folder });
                    Dictionary<long, SourceRange> done = whole.Where(batch => (committed >> (int)(batch.Number % 64) & 1) == 1)
                        .ToDictionary(batch => batch.Number, batch => batch.Range);
                    List<(long Number, SourceRange Range, string Text)> rest = await ReadFilesAsync(
                        csv, rows, Options(100) with { BaseDirectory = folder, ResumeFrom = done });
                    return rest.SequenceEqual(whole.Where(batch => !done.ContainsKey(batch.Number)));
                }), iter: 400);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void TryCanonicalise_Twice_ChangesNothingMore()
        => Gen.Select(Gen.OneOf(" ", "\u00A0", "\u200B", "\uFEFF", "", "\u202F"), Gen.OneOf(Gen.String, Gen.OneOf("0", "7", ".", ",", "e", "-", " ", "９").Array[0, 6].Select(string.Concat)), Gen.Enum<IdType>())
            .Sample((pad, text, type) =>
            {
                byte[] raw = Encoding.UTF8.GetBytes(pad + text + pad);
                if (!LegacyId.TryCanonicalise(raw, type, out ReadOnlySpan<byte> once, out string? why))
                {
                    return once.IsEmpty && (why is not null || Utf8WhiteSpace.Trim(raw).IsEmpty);
                }

                bool again = LegacyId.TryCanonicalise(once, type, out ReadOnlySpan<byte> twice, out _);
                return again && twice.SequenceEqual(once) && !once.IsEmpty;
            }, iter: 10_000);

#pragma warning disable VSTHRD002 // The asynchronous sampling of CsCheck waits for ever under xunit's context.
    private static bool Run(Func<Task<bool>> test) => Task.Run(test).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    private static BatchReaderOptions Options(int window) => new() { BaseDirectory = Path.GetTempPath(), WindowBytes = window };

    private static Task<ReadResult> Read(string text, int window)
        => ExtractHarness.ReadAsync(Encoding.UTF8.GetBytes(text), ExtractHarness.Csv(), s_columns, options: Options(window));

    private static async Task<string[]> DescribeAsync(byte[] bytes, int window, int rows)
    {
        CsvBlockDefinition csv = ExtractHarness.Csv() with { MaxRecordBytes = 40 };
        using TrickleStream stream = new(bytes, 7);
        await using BatchReader reader = await BatchReader.OpenAsync(
            csv, ExtractHarness.Batch(rows, 50), new DefaultsDefinition(), new SourceColumns(s_columns),
            Options(window) with { StandardInput = stream }, TestContext.Current.CancellationToken);
        return [.. (await DrainAsync(reader)).Select(batch => batch.Text), .. reader.Warnings];
    }

    private static async Task<List<(long Number, SourceRange Range, string Text)>> ReadFilesAsync(
        CsvBlockDefinition csv, int rows, BatchReaderOptions options)
    {
        await using BatchReader reader = await BatchReader.OpenAsync(
            csv, ExtractHarness.Batch(rows), new DefaultsDefinition(), new SourceColumns(s_columns), options,
            TestContext.Current.CancellationToken);
        return await DrainAsync(reader);
    }

    private static async Task<List<(long Number, SourceRange Range, string Text)>> DrainAsync(BatchReader reader)
    {
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

    private static void Write(string path, byte[] utf8)
    {
        using Stream file = File.Create(path);
        if (path.EndsWith(".gz", StringComparison.Ordinal))
        {
            using System.IO.Compression.GZipStream gzip = new(file, System.IO.Compression.CompressionLevel.Fastest);
            gzip.Write(utf8);
            return;
        }

        file.Write(path.EndsWith(".u16", StringComparison.Ordinal) ? Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(utf8)) : utf8);
    }
}
