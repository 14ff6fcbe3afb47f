using System.Text;
using Recon.Benchmarks.WholeRuns;

namespace Recon.Cli.Tests.Benchmarks;

public sealed class ChangedExportTests
{
    private const string Header = "c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,subject,c11\n";

    [Fact]
    public async Task Write_ThousandRecords_MarksFourAndTakesOneOutAndLeavesTheRest()
    {
        string[] records = [.. Enumerable.Range(1, 1_000).Select(number => Record(number, "note", "text"))];

        (string[] changed, long count) = await ChangeAsync(string.Concat(records.Prepend(Header)), round: 7);

        // 7, 207, …, 807 differ; 7 is gone.
        Assert.Equal(5, count);
        Assert.Equal(Header, changed[0]);
        Assert.Equal(1_000, changed.Length);
        Assert.DoesNotContain(records[6], changed);
        Assert.Equal(Record(207, "note", "7. text"), changed[206]);
        Assert.Equal(records.Where((_, at) => (at + 1) % 200 != 7), changed.Skip(1).Where(record => !record.Contains("7. text", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"a, \"\"b\"\"\nc\"", "\"text\"", "\"7. text\"")]
    [InlineData("", "", "7. ")]
    [InlineData("\"\"", "\"\"", "\"7. \"")]
    public async Task Write_QuotedValues_FindsTheSubject(string note, string subject, string expected)
    {
        string export = Header + string.Concat(Enumerable.Range(1, 210).Select(number => Record(number, note, subject)));

        (string[] changed, _) = await ChangeAsync(export, round: 7);

        Assert.Contains(Record(207, note, expected), string.Concat(changed), StringComparison.Ordinal);
    }

    private static string Record(int number, string note, string subject) => FormattableString.Invariant($"{number},,,,,,,,,{note},{subject},\n");

    private static async Task<(string[] Lines, long Count)> ChangeAsync(string export, int round)
    {
        using var source = new MemoryStream(Encoding.UTF8.GetBytes(export));
        using var target = new MemoryStream();
        long count = await ChangedExport.WriteAsync(source, target, round, TestContext.Current.CancellationToken);
        return ([.. Encoding.UTF8.GetString(target.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\n")], count);
    }
}
