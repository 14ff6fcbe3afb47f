using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Extract.Cuts;

public sealed class LengthSampleTests
{
    public static TheoryData<string, int> Columns
    {
        get
        {
            TheoryData<string, int> columns = [];
            foreach (string kind in MadeTexts.Kinds)
            {
                columns.Add(kind, 60);
                columns.Add(kind, 1_000);
                columns.Add(kind, 10_000);
            }

            return columns;
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public void FindCuts_ColumnThatNobodyCut_ShowsNone(string kind, int count)
    {
        for (int seed = 0; seed < (count > 1000 ? 1 : 5); seed++)
        {
            Assert.Empty(Find(new MadeTexts(seed).Of(kind, count)));
        }
    }

    [Theory]
    [InlineData("names", 11)]
    [InlineData("names", 12)]
    [InlineData("cities", 12)]
    [InlineData("cities", 20)]
    [InlineData("companies", 15)]
    [InlineData("subjects", 30)]
    [InlineData("subjects", 80)]
    [InlineData("notes", 50)]
    [InlineData("notes", 255)]
    [InlineData("notes", 1000)]
    [InlineData("padded", 15)]
    public void FindCuts_ColumnThatWasCut_ShowsWhere(string kind, int length)
    {
        foreach (int count in (int[])[400, 4_000])
        {
            string[] texts = [.. new MadeTexts(count).Of(kind, count).Select(text => Cut(text, length))];

            CutPattern found = Find(texts)[0];

            Assert.Equal(("Note", length), (found.Column, found.Length.Length));
        }
    }

    [Theory]
    [InlineData(300)]
    [InlineData(777)]
    [InlineData(1_500)]
    [InlineData(3_000)]
    public void FindCuts_OneRowInTwoHundredCut_ShowsWhere(int length)
    {
        var made = new MadeTexts(length);
        string[] texts = [.. made.Of("notes", 19_900), .. Enumerable.Range(0, 100).Select(_ => made.Prose(length + 20)[..length])];

        Assert.Equal([length], Find(texts).Select(cut => cut.Length.Length));
    }

    [Fact]
    public void FindCuts_SameTextManyTimes_ShowsNone()
    {
        var made = new MadeTexts(1);
        string[] texts = [.. made.Of("notes", 200), .. Enumerable.Repeat(made.Prose(700)[..650], 500)];

        Assert.Empty(Find(texts));
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static IReadOnlyList<CutPattern> Find(string[] texts)
    {
        var columns = new SourceColumns(["Id", "Note"]);
        var sample = new LengthSample(columns);
        using RecordBatch batch = new(1, columns, 1);
        foreach (string text in texts)
        {
            byte[] raw = Encoding.UTF8.GetBytes(text);
            sample.See(batch, 1, raw, Utf8WhiteSpace.Trim(raw));
        }

        return sample.FindCuts();
    }
}
