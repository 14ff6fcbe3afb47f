using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Reconcile;

namespace Recon.Dataflow.Tests.Reconcile;

public sealed class RepeatFilterTests
{
    private static readonly SourceColumns Columns = new(["Name", "Id"]);

    // Few letters and short ids, so that many repeat.
    private static readonly Gen<string> Id = Gen.Char["01aé\u2028"].Array[1, 4].Select(letters => new string(letters));

    [Fact]
    public void Suspects_RandomIdsWithRepeats_HoldEveryRepeatAndNothingThatIsNotThere()
        => Gen.Select(Id.Array[0, 300], Gen.Int[1, 50], Gen.Long[0, 1_000_000].Nullable()).Sample((ids, rows, bytes) =>
        {
            RepeatFilter filter = new(bytes);
            AddAll(filter, ids, rows);

            IReadOnlyCollection<string>? suspects = filter.Suspects;

            Assert.NotNull(suspects);
            Assert.Equal(suspects.Count, suspects.Distinct().Count());
            Assert.Subset(ids.ToHashSet(), suspects.ToHashSet());
            Assert.Superset(ids.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(), suspects.ToHashSet());
        });

    // Short records are the worst case: there is less room for each.
    [Theory]
    [InlineData(150L * 200_000)]
    [InlineData(242L * 200_000)]
    [InlineData(null)]
    public void Suspects_DistinctIds_AreFewerThanOneInAHundred(long? bytes)
    {
        RepeatFilter filter = new(bytes);
        AddAll(filter, Numbers(200_000), 5_000);

        Assert.InRange(filter.Suspects!.Count, 0, 2_000);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(long.MaxValue)]
    [InlineData(null)]
    public void Suspects_InputOfAnyLength_HoldTheRepeats(long? bytes)
    {
        RepeatFilter filter = new(bytes);
        AddAll(filter, [.. Numbers(1_000), "17", "999"], 100);

        Assert.Contains("17", filter.Suspects!);
        Assert.Contains("999", filter.Suspects!);
    }

    [Fact]
    public void Suspects_AsManyAsAreAllowed_AreKept()
    {
        RepeatFilter filter = new(null);
        AddAll(filter, [.. Numbers(RepeatFilter.MostSuspects), .. Numbers(RepeatFilter.MostSuspects)], 10_000);

        Assert.Equal(RepeatFilter.MostSuspects, filter.Suspects!.Count);
    }

    [Fact]
    public void Suspects_MoreThanAreAllowed_AreNotKnownAnyMore()
    {
        RepeatFilter filter = new(null);
        AddAll(filter, [.. Numbers(RepeatFilter.MostSuspects + 1), .. Numbers(RepeatFilter.MostSuspects + 1)], 10_000);
        AddAll(filter, ["1", "1"], 2);

        Assert.Null(filter.Suspects);
    }

    [Fact]
    public void Add_FromManyThreads_MissesNoRepeat()
    {
        RepeatFilter filter = new(null);
        string[] ids = [.. Numbers(20_000).Select(id => id + "-id")];

        // Every id comes from two threads at nearly the same time.
        Parallel.ForEach(ids.Chunk(100).SelectMany(chunk => (string[][])[chunk, chunk]), chunk => AddAll(filter, chunk, 100));

        Assert.Equal(ids.Order(StringComparer.Ordinal), filter.Suspects!.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Numbers(int count)
        => Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private static void AddAll(RepeatFilter filter, IEnumerable<string> ids, int rows)
    {
        foreach (string[] chunk in ids.Chunk(rows))
        {
            using RecordBatch batch = new(1, Columns, chunk.Length);
            foreach (string id in chunk)
            {
                batch.AddRow(1, 0);
                batch.AddField(0, "the same name"u8);
                batch.AddField(1, Encoding.UTF8.GetBytes(id));
            }

            filter.Add(batch, Columns.IndexOf("Id"));
        }
    }
}
