using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Extract;

namespace Recon.Dataflow.Tests.Diff.Repeats;

public sealed class RepeatFilterTests
{
    private static readonly SourceColumns s_columns = new(["Name", "Id"]);

    // Few letters and short ids, so that many repeat.
    private static readonly Gen<string> s_id = Gen.Char["01aé\u2028"].Array[1, 4].Select(letters => new string(letters));

    // Of the rows of one id, all but one are suspected; rows are told apart by nothing else.
    [Fact]
    public void Add_RandomIdsWithRepeats_SuspectsAllRowsOfAnIdButOne()
        => Gen.Select(s_id.Array[0, 300], Gen.Int[1, 50], Gen.Long[0, 1_000_000].Nullable()).Sample((ids, rows, bytes) =>
        {
            List<(string Id, bool Suspected)> told = AddAll(new RepeatFilter(bytes), ids, rows);

            Assert.Equal(ids, told.Select(row => row.Id));
            Assert.All(told.GroupBy(row => row.Id), group => Assert.InRange(group.Count(row => !row.Suspected), 0, 1));
            Assert.All(told.GroupBy(row => row.Id), group => Assert.All(group.Skip(1), row => Assert.True(row.Suspected)));
        });

    // Short records are the worst case: there is less room for each.
    [Theory]
    [InlineData(150L * 200_000)]
    [InlineData(242L * 200_000)]
    [InlineData(null)]
    public void Add_DistinctIds_SuspectsFewerThanOneInAHundred(long? bytes)
        => Assert.InRange(Suspects(AddAll(new RepeatFilter(bytes), Numbers(200_000), 5_000)).Count, 0, 2_000);

    [Theory]
    [InlineData(0L)]
    [InlineData(long.MaxValue)]
    [InlineData(null)]
    public void Add_InputOfAnyLength_SuspectsTheRepeats(long? bytes)
    {
        List<(string Id, bool Suspected)> told = AddAll(new RepeatFilter(bytes), [.. Numbers(1_000), "17", "999"], 100);

        Assert.Equal([("17", true), ("999", true)], told[^2..]);
    }

    // A compressed file has many more records than its length suggests, and standard input has no length at all.
    [Theory]
    [InlineData(InputKind.Gzip, 3_000_000L)]
    [InlineData(InputKind.Plain, 30_000_000L)]
    [InlineData(InputKind.StandardInput, null)]
    public void For_FilesOfAnyKind_SuspectsFewOfTheirRows(object kind, long? length)
    {
        var filter = RepeatFilter.For([new SourceFile("f", "f", length, (InputKind)kind)]);

        Assert.InRange(Suspects(AddAll(filter, Numbers(150_000), 5_000)).Count, 0, 150);
    }

    [Fact]
    public void Add_AsManyAsAreAllowed_AreSuspected()
    {
        List<(string Id, bool Suspected)> told = AddAll(
            new RepeatFilter(null), [.. Numbers(RepeatFilter.MostSuspects), .. Numbers(RepeatFilter.MostSuspects)], 10_000);

        Assert.Equal(RepeatFilter.MostSuspects, told.Count(row => row.Suspected));
    }

    [Fact]
    public void Add_MoreThanAreAllowed_SuspectsNoneFromThereOn()
    {
        RepeatFilter filter = new(null);
        AddAll(filter, [.. Numbers(RepeatFilter.MostSuspects), .. Numbers(RepeatFilter.MostSuspects)], 10_000);

        Assert.Empty(Suspects(AddAll(filter, ["1", "1"], 2)));
    }

    // The array of an earlier, longer batch serves again.
    [Fact]
    public void Add_PlacesThatWereSet_AreSetAnew()
    {
        bool[] suspected = [true, true, true];
        using RecordBatch batch = Batch(["1", "2"]);

        Assert.Equal(0, new RepeatFilter(null).Add(batch, s_columns.IndexOf("Id"), suspected));
        Assert.Equal([false, false, true], suspected);
    }

    [Fact]
    public void Add_FromManyThreads_MissesNoRepeat()
    {
        RepeatFilter filter = new(null);
        string[] ids = [.. Numbers(20_000).Select(id => id + "-id")];
        var told = new ConcurrentBag<(string Id, bool Suspected)>();

        // Every id comes from two threads at nearly the same time.
        Parallel.ForEach(ids.Chunk(100).SelectMany(chunk => (string[][])[chunk, chunk]), chunk =>
            AddAll(filter, chunk, 100).ForEach(told.Add));

        Assert.Equal(ids.ToHashSet(), Suspects(told));
    }

    private static HashSet<string> Suspects(IEnumerable<(string Id, bool Suspected)> told)
        => [.. told.Where(row => row.Suspected).Select(row => row.Id)];

    private static IEnumerable<string> Numbers(int count)
        => Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private static List<(string Id, bool Suspected)> AddAll(RepeatFilter filter, IEnumerable<string> ids, int rows)
    {
        List<(string, bool)> told = [];
        bool[] suspected = new bool[rows];
        foreach (string[] chunk in ids.Chunk(rows))
        {
            using RecordBatch batch = Batch(chunk);
            Assert.Equal(filter.Add(batch, s_columns.IndexOf("Id"), suspected), suspected[..chunk.Length].Count(row => row));
            told.AddRange(chunk.Zip(suspected));
        }

        return told;
    }

    private static RecordBatch Batch(string[] ids)
    {
        RecordBatch batch = new(1, s_columns, ids.Length);
        foreach (string id in ids)
        {
            batch.AddRow(1, 0);
            batch.AddField(0, "the same name"u8);
            batch.AddField(1, Encoding.UTF8.GetBytes(id));
        }

        return batch;
    }
}
