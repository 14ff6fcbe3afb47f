using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>What known programs write.</summary>
public sealed class DialectTests
{
    private static readonly CsvBlockDefinition s_csv = ExtractHarness.Csv();

    [Theory]
    [InlineData("1,5\" pipe\n2,\"a\n", "1|5\" pipe / 2|\"a")]
    [InlineData("1,\"a\"\n2,say \"\"hi\"\"\n", "1|\"a\" / 2|say \"\"hi\"\"")]
    public Task Ssms_QuotesAreText(string text, string records)
        => ReadsAsync(s_csv with { Quote = "none" }, "id,name\n" + text, records, "");

    [Fact]
    public Task Ssms_LineEndInValue_RejectsTheParts()
        => ReadsAsync(s_csv with { Quote = "none" }, "id,name\r\n1,a\r\nb\r\n2,c\r\n", "1|a / 2|c", "3:field-count");

    // SELECT … INTO OUTFILE as it is: a backslash in front of tab, line feed and backslash; CR stays as it is.
    [Theory]
    [InlineData("1\ta\\\tb\\\\c\n", "1|a\tb\\c")]
    [InlineData("1\ttwo\r\\\nlines\n", "1|two\r\nlines")]
    [InlineData("1\t\\N\n2\tN\n3\t\\Nb\n", "1| / 2|N / 3|Nb")]
    [InlineData("1\t\"a\"\n", "1|\"a\"")]
    public Task MySqlOutfile_Plain(string text, string records)
        => ReadsAsync(s_csv with { Delimiter = "tab", Quote = "none", Escape = FieldEscape.Backslash }, "id\tname\n" + text, records, "");

    // The same with fields terminated by ',' enclosed by '"'.
    [Theory]
    [InlineData("\"1\",\"say \\\"hi\\\", C:\\\\dir\\\\\"\n", "1|say \"hi\", C:\\dir\\")]
    [InlineData("\"1\",\"a\\\nb\"\n\"2\",\\N\n", "1|a\nb / 2|")]
    [InlineData("\"1\",\"\\N\"\n", "1|N")]
    [InlineData("\"1\",\"a\nb \"\"c\"\"\"\n", "1|a\nb \"c\"")]
    public Task MySqlOutfile_Enclosed(string text, string records)
        => ReadsAsync(s_csv with { Escape = FieldEscape.Backslash }, "id,name\n" + text, records, "");

    [Fact]
    public Task MySqlOutfile_EscapedNul_IsRejected()
        => ReadsAsync(s_csv with { Escape = FieldEscape.Backslash }, "id,name\n1,a\\0\n2,b\\\\0\n", "2|b\\0", "2:nul-character");

    [Fact]
    public Task PostgresCopyText_LettersAreControlCharacters()
        => ReadsAsync(
            s_csv with { Delimiter = "\t", Quote = "none", Escape = FieldEscape.Backslash },
            "id\tname\n1\ta\\nb\\r\\nc\\td\\\\n\\b\\f\\ve\n2\t\\N\n", "1|a\nb\r\nc\td\\n\b\f\ve / 2|", "");

    [Fact]
    public Task AsciiDelimited_LineEndsAreText()
        => ReadsAsync(
            s_csv with { Delimiter = "unit-separator", Quote = "none", RecordSeparator = "record-separator" },
            "id\u001Fname\u001E1\u001Fa\nb, \"c\"\u001E\n2\u001Fd\r\ne\u001E\n3\u001E\n", "1|a\nb, \"c\" / 2|d\r\ne", "4:field-count");

    [Fact]
    public Task ControlDelimiter_WithLines()
        => ReadsAsync(s_csv with { Delimiter = "\u001E" }, "id\u001Ename\n1\u001E\"a\u001Eb\"\n2\u001Ec\n", "1|a\u001Eb / 2|c", "");

    [Fact]
    public async Task Rejects_AreShownAsTheyStandInTheFile()
    {
        const string record = "x,\\\\\\\",\\\n,\\q";
        byte[] bytes = Encoding.UTF8.GetBytes($"id,name\n1,a\n{record}\n2,b\n");
        using TrickleStream stream = new(bytes, 5);
        await using BatchReader reader = await BatchReader.OpenAsync(
            s_csv with { Escape = FieldEscape.Backslash }, ExtractHarness.Batch(), new DefaultsDefinition(), new SourceColumns(["id", "name"]),
            new BatchReaderOptions { BaseDirectory = Path.GetTempPath(), StandardInput = stream }, TestContext.Current.CancellationToken);

        using RecordBatch? batch = await reader.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal((record, 3L, 12L), (batch!.Rejects[0].Raw, batch.Rejects[0].Line, batch.Rejects[0].ByteOffset));
        Assert.Equal((5L, 12L + record.Length + 1), (batch.Line(1), batch.ByteOffset(1)));
    }

    private static async Task ReadsAsync(CsvBlockDefinition csv, string text, string records, string rejects)
    {
        ReadResult result = await ExtractHarness.ReadAsync(text, csv);

        Assert.Equal(records, string.Join(" / ", result.Records));
        Assert.Equal(rejects, string.Join(" / ", result.Rejects));
    }
}
