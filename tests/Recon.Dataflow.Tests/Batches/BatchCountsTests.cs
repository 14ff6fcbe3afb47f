using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Tests.Batches;

public sealed class BatchCountsTests
{
    [Fact]
    public void Add_EveryCountFilled_SumsUpEachOfThem()
    {
        BatchCounts sum = FilledCounts.Create();

        sum.Add(FilledCounts.Create());

        FilledCounts.AssertSame(FilledCounts.Create(), sum, 2);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(9, false)]
    [InlineData(11, false)]
    public void Balances_RowsLostOrInvented_AreNoticed(long read, bool balances)
    {
        BatchCounts counts = new() { Read = read, Matched = 1, Unmatched = 2, Ambiguous = 1, Conflict = 1, Folded = 2, Filtered = 2, Rejected = 1 };

        Assert.Equal(5, counts.Staged);
        Assert.Equal(balances, counts.Balances);
    }

    [Fact]
    public void Add_ManyWithheldSamples_KeepsSomeDifferentOnesOfEachRule()
    {
        BatchCounts sum = new();
        for (int batch = 0; batch < 100; batch++)
        {
            BatchCounts counts = new();
            counts.Withheld.Add(new WithheldSample("type", "compare-only", $"{batch}", "Client", "Customer"));
            counts.Withheld.Add(new WithheldSample("name", "compare-only", $"{batch}", $"{batch}", "x"));
            counts.Withheld.Add(new WithheldSample("name", "newest", $"{batch}", $"{batch}", null));
            sum.Add(counts);
        }

        Assert.Equal(
            [("name", "compare-only", WithheldSamples.MostShown), ("name", "newest", WithheldSamples.MostShown), ("type", "compare-only", 1)],
            sum.Withheld.Different.GroupBy(sample => (sample.Property, sample.Rule)).Select(kind => (kind.Key.Property, kind.Key.Rule, kind.Count())).Order());
    }

    [Fact]
    public void Add_ManyDifferentSamples_KeepsSomeAndCountsAll()
    {
        BatchCounts sum = new();
        for (int batch = 0; batch < 10; batch++)
        {
            BatchCounts counts = new();
            for (int value = 0; value < RejectedValue.MaxSamplesPerBatch; value++)
            {
                counts.RejectedValues[new RejectedValue("phone", "Tel", "not-a-phone", $"{batch}-{value}")] = 1;
            }

            sum.Add(counts);
        }

        Assert.Equal(10 * RejectedValue.MaxSamplesPerBatch, sum.RejectedValues.Values.Sum());
        Assert.Equal(RejectedValue.MaxSamplesPerRun, sum.RejectedValues.Keys.Count(value => value.Sample is not null));
    }
}
