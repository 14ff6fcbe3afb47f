using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>Runs alone: the runtime counts the allocations of all threads together.</summary>
[CollectionDefinition(nameof(ReaderAllocationTests), DisableParallelization = true)]
[Collection(nameof(ReaderAllocationTests))]
public sealed class ReaderAllocationTests
{
    [Fact]
    public async Task ReadAsync_GoodRecords_AllocateNothingPerRow()
    {
        byte[] few = Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Repeat("123456,some name\n", 1_000)));
        byte[] many = Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Repeat("123456,some name\n", 201_000)));
        await CountAsync(many);

        long perRow = (await CountAsync(many) - await CountAsync(few)) / 200_000;

        Assert.True(perRow <= 8, $"{perRow} bytes a row");
    }

    private static async Task<long> CountAsync(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await using BatchReader reader = await BatchReader.OpenAsync(
            ExtractHarness.Csv(), ExtractHarness.Batch(), new DefaultsDefinition(), new SourceColumns(["id", "name"]),
            new BatchReaderOptions { BaseDirectory = "/", StandardInput = stream }, TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is RecordBatch batch)
        {
            batch.Dispose();
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
