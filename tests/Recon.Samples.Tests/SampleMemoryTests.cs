namespace Recon.Samples.Tests;

/// <summary>Runs alone: the memory of tests at its side would count.</summary>
[CollectionDefinition(nameof(SampleMemoryTests), DisableParallelization = true)]
[Collection(nameof(SampleMemoryTests))]
public class SampleMemoryTests
{
    [Fact]
    public async Task Memory_TenTimesTheRows_StaysTheSame()
    {
        long small = await LiveBytesAsync(10_000);
        long large = await LiveBytesAsync(100_000);

        Assert.InRange(large, 0, small + 1_000_000);

        static async Task<long> LiveBytesAsync(long rows)
        {
            using LiveBytesStream stream = new();
            await new SampleGenerator(new SampleOptions { Rows = rows }).WriteBronzeAsync("Bronze_Communication.csv", stream, SampleFiles.Token);
            return stream.Most;
        }
    }
}
