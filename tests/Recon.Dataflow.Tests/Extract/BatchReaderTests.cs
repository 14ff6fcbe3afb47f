using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;

namespace Recon.Dataflow.Tests.Extract;

public sealed class BatchReaderTests
{
    [Fact]
    public async Task ReadAsync_UnclosedQuote_RejectsOnlyItsLine()
    {
        ReadResult result = await ExtractHarness.ReadAsync("id,name\n1,a\n2,\"b\n3,c\n4,\"d\"\n5,e\n");

        Assert.Equal(["1|a", "3|c", "4|d", "5|e"], result.Records);
        Assert.Equal(["3:unterminated-quote"], result.Rejects);
    }

    [Fact]
    public async Task ReadAsync_BatchOfTwoRows_ClosesAtRowsAndCoversTheFile()
    {
        ReadResult result = await ExtractHarness.ReadAsync(
            Encoding.UTF8.GetBytes("id,name\n1,a\n2,b\n\n3,c\n4\n5,e"), ExtractHarness.Csv(), ["id", "name"], ExtractHarness.Batch(rows: 2));

        Assert.Equal([1, 2, 3], result.Numbers);
        Assert.Equal(
            [new SourceRange(0, 8, 17, 2, 5), new SourceRange(0, 17, 23, 5, 7), new SourceRange(0, 23, 26, 7, 8)], result.Ranges);
        Assert.Equal(5, result.Counts.Read);
    }

    [Fact]
    public async Task ReadAsync_Bytes_CloseABatchWhateverItsRows()
    {
        string line = "1," + new string('a', 598) + "\n";
        ReadResult result = await ExtractHarness.ReadAsync(
            Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Repeat(line, 5))), ExtractHarness.Csv(), ["id", "name"],
            ExtractHarness.Batch(bytes: 1024));

        Assert.Equal([2, 2, 1], result.Ranges.Select(range => (range.EndByte - range.StartByte) / line.Length));
    }

    [Fact]
    public async Task ReadAsync_LimitAndIds_CountRecordsReadAndFilterTheRest()
    {
        BatchReaderOptions options = new() { BaseDirectory = "/", Limit = 4, Ids = new HashSet<string> { "2", "5" } };
        ReadResult result = await ExtractHarness.ReadAsync(
            "id,name\n1,a\n 2 ,b\n3\n4,d\n5,e\n"u8.ToArray(), ExtractHarness.Csv(), ["id", "name"], options: options);

        Assert.Equal(["2|b"], result.Records);
        Assert.Equal((4, 2, 1), (result.Counts.Read, result.Counts.Filtered, result.Counts.Rejected));
        Assert.Equal(2, result.Counts.ByFilter["--ids"]);
    }

    [Fact]
    public async Task ReadAsync_IdsThatAreOnNoRecord_AreNamedInAWarning()
    {
        BatchReaderOptions options = new() { BaseDirectory = "/", Ids = new HashSet<string> { "2", "99", "x" } };
        ReadResult result = await ExtractHarness.ReadAsync(
            "id,name\n1,a\n2,b\n"u8.ToArray(), ExtractHarness.Csv(), ["id", "name"], options: options);

        Assert.Equal(["2|b"], result.Records);
        Assert.Contains("2 of the 3 ids given by --ids or --ids-file matched no record", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.EndsWith(": 99, x.", result.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Exclude_CountsTheFirstFilterThatHoldsBeforeTheIdIsJudged()
    {
        CsvBlockDefinition csv = ExtractHarness.Csv() with
        {
            Exclude =
            [
                new() { Column = "name", Name = "deleted", EqualTo = "x" },
                new() { Column = "NAME", In = ["x", "y"] },
                new() { Column = "gone", Optional = true, IsNull = true },
            ],
        };
        ReadResult result = await ExtractHarness.ReadAsync("id,name\n1,x\n,x\n2,y\n3,z\n,z\n", csv);

        Assert.Equal(["3|z"], result.Records);
        Assert.Equal(2, result.Counts.ByFilter["deleted"]);
        Assert.Equal(1, result.Counts.ByFilter["NAME"]);
        Assert.Equal(["6:id-missing"], result.Rejects);
    }

    [Theory]
    [InlineData("5", "10", "7", true)]
    [InlineData("5", "10", "10.0", true)]
    [InlineData("5", "10", "100", false)]
    [InlineData("2020-01-01", "2020-12-31", "2020-06-01 10:00", true)]
    [InlineData("2020-01-01", "2020-12-31", "2021-01-01", false)]
    [InlineData("5", null, "", false)]
    public void Holds_Range_ComparesNumbersAsNumbersAndTextsAsTexts(string min, string? max, string value, bool expected)
    {
        SourceColumns columns = new(["id"]);
        RowCondition condition = RowCondition.Compile(new ConditionDefinition { Column = "id", Min = min, Max = max }, columns);
        using RecordBatch batch = new(1, columns, 1);
        batch.AddRow(1, 0);
        batch.AddField(0, Encoding.UTF8.GetBytes(value));

        Assert.Equal(expected, condition.Holds(batch, 0));
    }

    [Fact]
    public async Task ReadAsync_Mojibake_IsCountedAndRepairedOnlyOnDemand()
    {
        const string Text = "id,name\n1,SociÃ©tÃ© voilÃ\u00A0\n2,a\uFFFDb\n3,Société\n4,ÃLE À\n";
        ReadResult reported = await ExtractHarness.ReadAsync(Text);
        ReadResult repaired = await ExtractHarness.ReadAsync(Text, ExtractHarness.Csv() with { Repair = Repair.Latin1 });

        Assert.Equal("1|SociÃ©tÃ© voilÃ", reported.Records[0]);
        Assert.Equal(1, reported.Counts.Damage["mojibake/name"]);
        Assert.Equal(1, reported.Counts.Damage["replacement-character/name"]);
        Assert.Equal(["1|Société voilà", "2|a\uFFFDb", "3|Société", "4|ÃLE À"], repaired.Records);
        Assert.Equal(1, repaired.Counts.Damage["mojibake-repaired/name"]);
    }

    [Fact]
    public async Task ReadAsync_NoteOf10Million_IsOneRecord()
    {
        string note = string.Concat(Enumerable.Repeat("a \"\"note\"\",\n", 1_000_000));
        ReadResult result = await ExtractHarness.ReadAsync($"id,name\n1,\"{note}.\"\n2,b\n");

        Assert.Equal(2, result.Records.Count);
        Assert.Equal(note.Length - 2_000_000 + 3, result.Records[0].Length);
    }

    [Fact]
    public async Task ReadAsync_RecordsLongerThanAllowed_LoseOnlyTheirFirstLine()
    {
        string long1 = new('x', 1_000_000);
        ReadResult result = await ExtractHarness.ReadAsync(
            $"id,name\n1,{long1}\n2,b\n3,\"{long1}\n4,d\n", ExtractHarness.Csv() with { MaxRecordBytes = 1024 });

        Assert.Equal(["2|b", "4|d"], result.Records);
        Assert.Equal(["2:record-too-long", "4:record-too-long"], result.Rejects);
    }

    [Fact]
    public async Task ReadAsync_EveryLineOpensAQuote_StaysLinear()
    {
        // 200,000 lines that each would run to the end of the input: hours if each were read to there.
        ReadResult result = await ExtractHarness.ReadAsync("id,name\n" + string.Concat(Enumerable.Repeat("b\"c,\"d\n", 200_000)));

        Assert.Equal(200_000, result.Counts.Rejected);
    }
}
