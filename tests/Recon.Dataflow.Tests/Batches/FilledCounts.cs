using System.Reflection;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Tests.Batches;

/// <summary>Counts to copy and add. The tests of Recon.Postgres compile this file, too.</summary>
internal static class FilledCounts
{
    private static readonly PropertyInfo[] s_numbers =
        [.. typeof(BatchCounts).GetProperties().Where(property => property.PropertyType == typeof(long) && property.CanWrite)];

    private static readonly PropertyInfo[] s_groups =
        [.. typeof(BatchCounts).GetProperties().Where(property => property.PropertyType == typeof(Dictionary<string, long>))];

    /// <summary>Every count has a value of its own, also those that are added to the class later.</summary>
    public static BatchCounts Create()
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
        counts.UnresolvedParents[new RejectedValue("company", "Company_Id", "not-found", "x")] = 8;
        counts.Withheld.Add(new WithheldSample("name", "truncated", "1", "a", "ab"));
        counts.Withheld.Add(new WithheldSample("name", "compare-only", "1", null, "ab"));
        counts.Withheld.Add(new WithheldSample("name", "compare-only", "2", "é\"\\\u0001😀", null));
        return counts;
    }

    /// <param name="times">How often <paramref name="one"/> is in <paramref name="other"/>.</param>
    public static void AssertSame(BatchCounts one, BatchCounts other, long times)
    {
        Assert.All(s_numbers, number => Assert.Equal(times * (long)number.GetValue(one)!, number.GetValue(other)));
        Assert.All(s_groups, group => Assert.Equal(
            ((Dictionary<string, long>)group.GetValue(one)!).ToDictionary(pair => pair.Key, pair => times * pair.Value),
            (Dictionary<string, long>)group.GetValue(other)!));
        Assert.Equal(one.RejectedValues.ToDictionary(pair => pair.Key, pair => times * pair.Value), other.RejectedValues);
        Assert.Equal(one.UnresolvedParents.ToDictionary(pair => pair.Key, pair => times * pair.Value), other.UnresolvedParents);
        Assert.Equal(one.Withheld.Kept, other.Withheld.Kept);
    }
}
