using System.Reflection;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;

namespace Recon.Dataflow.Tests.Batches;

public sealed class BatchCountsTests
{
    private static readonly PropertyInfo[] s_numbers =
        [.. typeof(BatchCounts).GetProperties().Where(property => property.PropertyType == typeof(long) && property.CanWrite)];

    private static readonly PropertyInfo[] s_groups =
        [.. typeof(BatchCounts).GetProperties().Where(property => property.PropertyType == typeof(Dictionary<string, long>))];

    [Fact]
    public void CountsJson_EveryCountFilled_ComesBackTheSame()
    {
        BatchCounts counts = Filled();

        BatchCounts read = CountsJson.Read(CountsJson.Write(counts));

        AssertSame(counts, read, 1);
    }

    [Fact]
    public void CountsJson_NothingCounted_IsAnEmptyObject() => Assert.Equal("{}", CountsJson.Write(new BatchCounts()));

    [Fact]
    public void CountsJson_Sample_KeepsItsCharacters()
    {
        BatchCounts counts = new();
        counts.RejectedValues[new RejectedValue("name", "Name", "unmapped", "é\"\\\u0001😀")] = 3;
        counts.RejectedValues[new RejectedValue("name", "Name", "unmapped", null)] = 4;

        Assert.Equal(counts.RejectedValues, CountsJson.Read(CountsJson.Write(counts)).RejectedValues);
    }

    [Fact]
    public void Add_EveryCountFilled_SumsUpEachOfThem()
    {
        BatchCounts sum = Filled();

        sum.Add(Filled());

        AssertSame(Filled(), sum, 2);
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

    /// <summary>Every count has a value of its own, also those that are added to the class later.</summary>
    private static BatchCounts Filled()
    {
        BatchCounts counts = new();
        for (int index = 0; index < s_numbers.Length; index++)
        {
            s_numbers[index].SetValue(counts, index + 1L);
        }

        for (int index = 0; index < s_groups.Length; index++)
        {
            var group = (Dictionary<string, long>)s_groups[index].GetValue(counts)!;
            group["a/b"] = 100 + index;
            group["é"] = 200 + index;
        }

        counts.RejectedValues[new RejectedValue("name", "Name", "unmapped", "x")] = 7;
        return counts;
    }

    private static void AssertSame(BatchCounts one, BatchCounts other, long times)
    {
        Assert.All(s_numbers, number => Assert.Equal(times * (long)number.GetValue(one)!, number.GetValue(other)));
        Assert.All(s_groups, group => Assert.Equal(
            ((Dictionary<string, long>)group.GetValue(one)!).ToDictionary(pair => pair.Key, pair => times * pair.Value),
            (Dictionary<string, long>)group.GetValue(other)!));
        Assert.Equal(one.RejectedValues.ToDictionary(pair => pair.Key, pair => times * pair.Value), other.RejectedValues);
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
