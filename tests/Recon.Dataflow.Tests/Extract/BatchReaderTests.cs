using System.Text;
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
}
