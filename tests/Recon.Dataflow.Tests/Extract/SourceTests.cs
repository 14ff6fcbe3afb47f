using System.Diagnostics;
using System.IO.Compression;
using System.IO.Pipes;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>Files: encodings, byte order marks, compression, paths, headers.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-source-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task BytesRead_AfterTheFileIsClosed_AreThoseOfTheFile()
    {
        Write("a.csv", "id,name\n1,a\n"u8.ToArray());
        BatchReader reader = await MakeAsync(Csv("a.csv"), null);
        (await reader.ReadAsync(TestContext.Current.CancellationToken))?.Dispose();

        await reader.DisposeAsync();

        Assert.Equal(12, reader.BytesRead);
    }

    [Theory]
    [InlineData("windows-1252", new byte[] { 0xE9, 0x80, 0x92 }, "é€’")]
    [InlineData("iso-8859-1", new byte[] { 0xE9, 0xA0, 0xE8 }, "é\u00A0è")]
    [InlineData("macintosh", new byte[] { 0x8E, 0xDB, 0xD5 }, "é€’")]
    [InlineData("utf-8", new byte[] { 0xC3, 0xA9 }, "é")]
    [InlineData("UTF8", new byte[] { 0xC3, 0xA9 }, "é")]
    [InlineData("cp1252", new byte[] { 0xE9, 0x80 }, "é€")]
    [InlineData("ANSI", new byte[] { 0xE9, 0x80 }, "é€")]
    [InlineData("latin1", new byte[] { 0xE9 }, "é")]
    [InlineData("ISO_8859-15", new byte[] { 0xA4 }, "€")]
    [InlineData("MacRoman", new byte[] { 0x8E }, "é")]
    [InlineData("cp850", new byte[] { 0x82 }, "é")]
    [InlineData("437", new byte[] { 0x82 }, "é")]
    [InlineData("windows-1251", new byte[] { 0xCF, 0xF0 }, "Пр")]
    [InlineData("koi8-r", new byte[] { 0xF0, 0xD2 }, "Пр")]
    [InlineData("Big5", new byte[] { 0xA4, 0xA4, 0xA4, 0xE5 }, "中文")]
    [InlineData("cp950", new byte[] { 0xA4, 0xA4 }, "中")]
    [InlineData("Shift_JIS", new byte[] { 0x93, 0xFA, 0xB1 }, "日ｱ")]
    [InlineData("sjis", new byte[] { 0x93, 0xFA }, "日")]
    [InlineData("gb18030", new byte[] { 0xD6, 0xD0, 0x94, 0x39, 0xDA, 0x33 }, "中💩")]
    [InlineData("gbk", new byte[] { 0xD6, 0xD0 }, "中")]
    [InlineData("euc-kr", new byte[] { 0xC7, 0xD1 }, "한")]
    [InlineData("euc-jp", new byte[] { 0xC6, 0xFC }, "日")]
    public async Task ReadAsync_DeclaredEncoding_IsDecoded(string encoding, byte[] value, string expected)
    {
        Write("a.csv", [.. "id,name\n1,"u8, .. value, .. "\n"u8]);

        Assert.Equal([$"1|{expected}"], (await ReadAsync(Csv("a.csv") with { Encoding = encoding })).Records);
    }

    [Theory]
    [InlineData("utf-16", false, true)]
    [InlineData("utf-16", true, true)]
    [InlineData("utf-16", false, false)]
    [InlineData("utf-16le", false, true)]
    [InlineData("utf-16be", true, false)]
    public async Task ReadAsync_Utf16_IsDecodedByItsByteOrder(string encoding, bool bigEndian, bool mark)
    {
        UnicodeEncoding utf16 = new(bigEndian, mark);
        Write("a.csv", [.. utf16.GetPreamble(), .. utf16.GetBytes("id\tname\n1\té😀\n")]);

        ReadResult result = await ReadAsync(Csv("a.csv") with { Encoding = encoding, Delimiter = "\t" });

        Assert.Equal(["1|é😀"], result.Records);
        Assert.Equal(mark ? 11 : 8, result.Ranges[0].StartByte);
    }

    [Theory]
    [InlineData("utf-8", new byte[] { 0xE9 }, "byte 15 (line 3)", "windows-1252")]
    [InlineData("utf-8", new byte[] { 0x8E, 0x8F, 0x8E }, "byte 15 (line 3)", "macintosh")]
    [InlineData("big5", new byte[] { 0xA4, 0xA4, 0xFF }, "byte 17 (line 3)", "encoding")]
    [InlineData("iso-8859-2", new byte[] { 0x80 }, "byte 15 (line 3)", "windows-1252")]
    [InlineData("us-ascii", new byte[] { 0xE9, 0x74, 0xE9 }, "byte 15 (line 3)", "windows-1252")]
    [InlineData("windows-1252", new byte[] { 0x81 }, "byte 15 (line 3)", "macintosh")]
    [InlineData("iso-8859-1", new byte[] { 0x80 }, "byte 15 (line 3)", "windows-1252")]
    [InlineData("utf-8", new byte[] { 0xED, 0xA0, 0x80 }, "byte 15 (line 3)", "windows-1252")]
    public async Task OpenAsync_BytesThatTheEncodingForbids_IsRefusedWithPlaceAndHint(
        string encoding, byte[] value, string place, string hint)
    {
        Write("a.csv", [.. "id,name\n1,a\n2,b"u8, .. value, .. "\n"u8]);

        InputException refused = await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("a.csv") with { Encoding = encoding }));

        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_WrongByteFarInTheFile_IsRefusedBeforeTheFirstBatch()
    {
        byte[] good = Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Repeat("1,abcdefgh\n", 200_000)));
        Write("a.csv", [.. good, 0xE9, (byte)'\n']);

        InputException refused = await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("a.csv")));

        Assert.Contains($"byte {good.Length} (line 200002)", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8", new byte[] { 0xFF, 0xFE, 0x69, 0 }, "utf-16le")]
    [InlineData("utf-8", new byte[] { 0xFE, 0xFF, 0, 0x69 }, "utf-16be")]
    [InlineData("windows-1252", new byte[] { 0xEF, 0xBB, 0xBF, 0x69 }, "utf-8")]
    [InlineData("utf-16be", new byte[] { 0xFF, 0xFE, 0x69, 0 }, "utf-16le")]
    [InlineData("utf-16", new byte[] { 0xFF, 0xFE, 0, 0 }, "UTF-32")]
    public async Task OpenAsync_ByteOrderMarkOfAnotherEncoding_IsRefused(string encoding, byte[] head, string hint)
    {
        Write("a.csv", head);

        InputException refused = await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("a.csv") with { Encoding = encoding }));

        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8", "utf-16BE")]
    [InlineData("utf-8", "utf-16LE")]
    [InlineData("windows-1252", "utf-16BE")]
    [InlineData("utf-16", "utf-16BE")]
    [InlineData("utf-16le", "utf-16BE")]
    [InlineData("utf-16be", "utf-16LE")]
    public async Task OpenAsync_Utf16WithoutMark_IsRefusedWithItsByteOrder(string declared, string written)
    {
        Write("a.csv", Encoding.GetEncoding(written).GetBytes("id,name\n1,É\n"));

        InputException refused = await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("a.csv") with { Encoding = declared }));

        Assert.Contains($"Set \"encoding\": \"{written.ToLowerInvariant()}\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_HeaderWithAnotherDelimiterThanTheRecords_NameIt()
    {
        Write("a.csv", "id,name,size\n1;a;1,5\n2;b;2\n3;c;2,5\n"u8.ToArray());

        ReadResult result = await ReadAsync(Csv("a.csv"));

        Assert.Equal(3, result.Counts.Rejected);
        Assert.StartsWith("3 of 3 records have as many fields as the header only with the delimiter \";\"", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Contains("set \"delimiter\": \";\", \"header\": false and \"columns\": [\"id\", \"name\", \"size\"]", result.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Utf8Mark_IsSkippedButCountsInOffsets()
    {
        Write("a.csv", [0xEF, 0xBB, 0xBF, .. "id,name\n1,a\n"u8]);

        ReadResult result = await ReadAsync(Csv("a.csv"));

        Assert.Equal(["1|a"], result.Records);
        Assert.Equal(new SourceRange(0, 11, 15, 2, 3), result.Ranges[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("\n\r\n")]
    public async Task OpenAsync_EmptyFile_IsRefused(string text)
    {
        Write("a.csv", Encoding.UTF8.GetBytes(text));

        Assert.Contains("is empty", (await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("a.csv")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_HeaderOnly_GivesNoRecords()
    {
        Write("a.csv", "id,name"u8.ToArray());

        Assert.Equal(0, (await ReadAsync(Csv("a.csv"))).Counts.Read);
    }

    [Theory]
    [InlineData("1,Dupont\n2,Martin\n", "\"header\": false")]
    [InlineData("id;name\n1;a\n", "\"delimiter\": \";\"")]
    [InlineData("\"id\";\"name\"\n\"1\";\"a\"\n", "\"delimiter\": \";\"")]
    [InlineData("\"id\" ; \"name\"\n\"1\";\"a\"\n", "\"delimiter\": \";\"")]
    [InlineData("id\u001Fname\n1\u001Fa\n", "\"delimiter\": \"unit-separator\"")]
    [InlineData("ref;nom\n1;a\n", "\"delimiter\": \";\"")]
    [InlineData("ref\tnom\n1\ta\n", "\"delimiter\": \"\\t\"")]
    [InlineData("sep=;\nid;name\n", "sep=")]
    [InlineData("id,nane\n1,a\n", "did you mean 'nane'")]
    [InlineData("id,name,NAME\n1,a,b\n", "fields 2 and 3")]
    [InlineData("id,\"name\n1,a\n", "the header, on line 1")]
    public async Task OpenAsync_UnusableHeader_SaysWhatToDo(string text, string hint)
    {
        Write("a.csv", Encoding.UTF8.GetBytes(text));

        Assert.Contains(hint, (await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("a.csv")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,Dupont\n2,Martin\n", "\"header\": false")]
    [InlineData("id;name\n1;a\n", "\"delimiter\": \";\"")]
    public async Task OpenAsync_UnusableHeaderWithOptionalColumns_SaysWhatToDo(string text, string hint)
    {
        Write("a.csv", Encoding.UTF8.GetBytes(text));
        BatchReaderOptions options = new() { BaseDirectory = _folder, OptionalColumns = new HashSet<string> { "name" } };

        InputException refused = await Assert.ThrowsAsync<InputException>(async () => await BatchReader.OpenAsync(
            Csv("a.csv"), ExtractHarness.Batch(), new DefaultsDefinition(), new SourceColumns(["id", "name"]), options,
            TestContext.Current.CancellationToken));

        Assert.Contains(hint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_TrailingEmptyNamesOverNarrowRows_AreAccepted()
    {
        Write("a.csv", "Name , ID,x,,,\n a,1,x\nb,2,x,,,\nc,3\nd,4,x,,,,\n"u8.ToArray());

        ReadResult result = await ReadAsync(Csv("a.csv"));

        Assert.Equal(["1|a", "2|b"], result.Records);
        Assert.Equal(["4:field-count", "5:field-count"], result.Rejects);
    }

    [Fact]
    public async Task ReadAsync_NoHeader_TakesTheNamesOfTheDefinition()
    {
        Write("a.csv", "a,1\nb,2\n"u8.ToArray());

        Assert.Equal(["1|a", "2|b"], (await ReadAsync(Csv("a.csv") with { Header = false, Columns = ["name", "id"] })).Records);
    }

    [Fact]
    public async Task ReadAsync_SeveralFiles_AreReadInOrdinalOrderAndBatchesDoNotSpanThem()
    {
        Write("b2.csv", "name,id\nb,2\n"u8.ToArray());
        Write("b1.csv", "id,name\n1,a\n"u8.ToArray());
        Write("c.csv", "x"u8.ToArray());

        ReadResult result = await ReadAsync(Csv("b?.csv"));

        Assert.Equal(["1|a", "2|b"], result.Records);
        Assert.Equal([0, 1], result.Ranges.Select(range => range.File));
    }

    [Fact]
    public async Task ReadAsync_Gzip_IsUnpackedAlsoWhenPackedTwice()
    {
        Write("a.csv.gz", [.. Gzip("id,name\n1,a\n"u8), .. Gzip("2,b\n"u8)]);

        Assert.Equal(["1|a", "2|b"], (await ReadAsync(Csv("a.csv.gz"))).Records);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(40)]
    public async Task ReadAsync_CutGzip_IsRefused(int missing)
    {
        byte[] packed = Gzip(Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Range(0, 5_000).Select(id => $"{id},{id * 7919}\n"))));
        Write("a.csv.gz", packed[..^missing]);

        Assert.Contains("cut or damaged", (await Assert.ThrowsAsync<InputException>(() => ReadAsync(Csv("a.csv.gz")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_MissingFile_NamesSimilarOnes()
    {
        Write("Bronze_Company.csv", "id\n"u8.ToArray());

        Assert.Contains("Did you mean Bronze_Company.csv", (await Assert.ThrowsAsync<InputException>(
            () => OpenAsync(Csv("Bronze_Companyy.csv")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_PathOrLinkOutsideTheFolder_IsRefusedUnlessAllowed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "in"));
        Write("out.csv", "id,name\n1,a\n"u8.ToArray());
        File.CreateSymbolicLink(Path.Combine(_folder, "in", "link.csv"), Path.Combine(_folder, "out.csv"));
        BatchReaderOptions options = new() { BaseDirectory = Path.Combine(_folder, "in") };

        await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("../out.csv"), options));
        await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("link.csv"), options));
        await OpenAsync(Csv("../out.csv"), options with { AllowPathsOutside = true });
    }

    [Theory]
    [InlineData("id,name\n1,a\n2", 1)]
    [InlineData("id,name\n1,a\n2,\"b\n", 1)]
    [InlineData("id,name\n1,a\n2,b", 0)]
    [InlineData("id,name\n1,a\n2\n", 0)]
    [InlineData("id,name\n1,\"a\n2,b\n3,c\n", 0)]
    public async Task Warnings_FileCutInMidRecord_SaySo(string text, int expected)
    {
        Write("a.csv", Encoding.UTF8.GetBytes(text));

        Assert.Equal(expected, (await ReadAsync(Csv("a.csv"))).Warnings.Count);
    }

    // Known before the first batch where the end of the file tells it, else when the end is reached.
    [Theory]
    [InlineData("id,name\n1,a\n2", true, "line 3, byte 12")]
    [InlineData("id,name\n1,\"a\nb\"\n2", true, "line 4, byte 16")]
    [InlineData("id,name\n1,a\n2,b\0\0", true, "zero")]
    [InlineData("id,name\n1,a\n\0\0\0\0", true, "zero")]
    [InlineData("id,name\n1,a\n2,\"b\nc", true, "line 4, byte 17")]
    [InlineData("id,name\r\n1,a\r\n2", true, "line 3, byte 14")]
    [InlineData("id,name,x\n1,a,\n2,\"b, c\n", false, "never closed")]
    [InlineData("id,name,x\n1,a,\n2,\"b", false, "never closed")]
    [InlineData("id,name\n1,a\n\"2\"", false, "1 of 2 fields")]
    [InlineData("id,name,x\n1,a,\n2,\"b\nsee \"\"c\"\" and, then", false, "never closed")]
    [InlineData("id,name,x\n1,a,\n2,\"b\nsee \"\"c\"\"\r\n\r\nand then\n", false, "never closed")]
    public async Task OnCut_Refuse_RefusesAFileCutInMidRecord(string text, bool upFront, string place)
    {
        Write("a.csv", Encoding.UTF8.GetBytes(text));
        CsvBlockDefinition csv = Csv("a.csv") with { OnCut = OnCut.Refuse };

        InputException refused = await Assert.ThrowsAsync<InputException>(() => upFront ? OpenAsync(csv) : ReadAsync(csv));

        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"onCut\": \"accept\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1|", (await ReadAsync(Csv("a.csv"))).Records[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,name\n1,a\n2,b", 2, 0)]
    [InlineData("id,name\n1,a\n2,\"b\nc\"", 2, 0)]
    [InlineData("id,name\n1,a\n2,", 2, 0)]
    [InlineData("id,name\n1,\"a\n2\n3,c", 1, 2)]
    [InlineData("id,name\n1,a\n2,\"b", 1, 1)]
    [InlineData("id,name,x\n1,\"a,b\nsee \"\"c\"\"\n3,d,e", 1, 2)]
    [InlineData("id,name\n1,a\n2,\"b\n", 1, 1)]
    [InlineData("id,name\n1,a\0\n2,b,c", 0, 2)]
    [InlineData("id,name\n1,a\n\u001A", 1, 1)]
    [InlineData("id,name", 0, 0)]
    public async Task OnCut_Refuse_LeavesWholeFilesAndBadRowsAlone(string text, int records, int rejects)
    {
        Write("a.csv", Encoding.UTF8.GetBytes(text));

        ReadResult result = await ReadAsync(Csv("a.csv") with { OnCut = OnCut.Refuse });

        Assert.Equal((records, rejects), (result.Records.Count, result.Rejects.Count));
    }

    [Theory]
    [InlineData("2\\")]
    [InlineData("2,b\\")]
    public async Task OnCut_EscapeIsLast_IsRefused(string end)
    {
        Write("a.csv", Encoding.UTF8.GetBytes("id,name\n1,a\n" + end));

        InputException refused = await Assert.ThrowsAsync<InputException>(
            () => ReadAsync(Csv("a.csv") with { OnCut = OnCut.Refuse, Escape = FieldEscape.Backslash }));

        Assert.Contains("backslash", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8", new byte[] { 0xE4, 0xB8 })]
    [InlineData("big5", new byte[] { 0xA4 })]
    [InlineData("utf-16le", new byte[] { 0x20 })]
    public async Task OpenAsync_FileEndsInACharacter_IsRefused(string encoding, byte[] end)
    {
        byte[] start = (encoding == "utf-16le" ? Encoding.Unicode : Encoding.UTF8).GetBytes("id,name\n1,a\n2,b");
        Write("a.csv", [.. start, .. end]);

        InputException refused = await Assert.ThrowsAsync<InputException>(() => ReadAsync(Csv("a.csv") with { Encoding = encoding }));

        Assert.Contains(encoding == "utf-8" ? "ends in the middle of a character" : "is not valid", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export.csv", "PK\u0003\u0004..........................[Content_Types].xml", "Excel workbook (.xlsx)")]
    [InlineData("export.xlsx", "PK\u0003\u0004", "Excel workbook (.xlsx)")]
    [InlineData("export.csv", "PK\u0003\u0004..........................export.csv", "ZIP archive")]
    [InlineData("export.csv", "\u00D0\u00CF\u0011\u00E0\u00A1\u00B1", "(.xls)")]
    public async Task OpenAsync_NoText_IsNamed(string name, string head, string what)
    {
        Write(name, Encoding.Latin1.GetBytes(head));

        InputException refused = await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv(name) with { Encoding = "windows-1252" }));

        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_GzipOnStandardInput_IsNamed()
        => Assert.Contains("gunzip -c", (await Assert.ThrowsAsync<InputException>(
            () => ExtractHarness.ReadAsync(Gzip("id,name\n1,a\n"u8), ExtractHarness.Csv(), ["id", "name"]))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task OpenAsync_NamedPipe_IsRefusedWithoutWaitingForIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no named pipes among files.");
        using (Process make = Process.Start("mkfifo", [Path.Combine(_folder, "pipe.csv")]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        InputException refused = await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("pipe.csv")));

        Assert.Contains("pipe.csv is a pipe", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--input -", refused.Message, StringComparison.Ordinal);
    }

    // What a shell makes of <(…).
    [Fact]
    public async Task OpenAsync_PipeOfAShell_IsNamedAsOne()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are files of /proc.");
        await using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        string path = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";

        InputException refused = await Assert.ThrowsAsync<InputException>(
            () => OpenAsync(Csv(path), new BatchReaderOptions { BaseDirectory = _folder, AllowPathsOutside = true }));

        Assert.Contains($"{path} is a pipe", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_EmptyFile_IsNoPipe()
    {
        Write("a.csv", []);

        Assert.Contains("is empty", (await Assert.ThrowsAsync<InputException>(() => OpenAsync(Csv("a.csv")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InputFingerprint_ChangedFile_Differs()
    {
        Write("a.csv", "id,name\n1,a\n"u8.ToArray());
        string? before = await FingerprintAsync();
        string? same = await FingerprintAsync();
        Write("a.csv", "id,name\n1,b\n"u8.ToArray());

        Assert.Equal(before, same);
        Assert.NotEqual(before, await FingerprintAsync());
    }

    private async Task<string?> FingerprintAsync()
    {
        await using BatchReader reader = await MakeAsync(Csv("a.csv"), null);
        return reader.Mark?.Fingerprint;
    }

    private static CsvBlockDefinition Csv(string path) => ExtractHarness.Csv() with { Path = path };

    private static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(_folder, name), bytes);

    private ValueTask<BatchReader> MakeAsync(CsvBlockDefinition csv, BatchReaderOptions? options)
        => BatchReader.OpenAsync(
            csv, ExtractHarness.Batch(), new DefaultsDefinition(), new SourceColumns(["id", "name"]),
            options ?? new BatchReaderOptions { BaseDirectory = _folder }, TestContext.Current.CancellationToken);

    private async Task OpenAsync(CsvBlockDefinition csv, BatchReaderOptions? options = null)
    {
        await using BatchReader reader = await MakeAsync(csv, options);
        Assert.NotEmpty(reader.Files);
    }

    private async Task<ReadResult> ReadAsync(CsvBlockDefinition csv)
    {
        await using BatchReader reader = await MakeAsync(csv, null);
        return await ExtractHarness.DrainAsync(reader);
    }
}
