using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Tests.Wire;

/// <summary>What is known of the published records.</summary>
public sealed class FormerRecordsTests
{
    private static readonly SourceColumns s_columns = new(["Id"]);

    // Ids that a code holds whole, longer ones, and one whose length takes more than a byte.
    private static readonly string[] s_ids = [.. Enumerable.Range(0, 40).Select(number => $"{number}"), .. Enumerable.Range(0, 40).Select(number => $"legacy-{number:000000}"), new string('x', 300), ""];

    [Fact]
    public void IsUnchanged_RandomRunsAskedInAnyOrder_KnowsWhatTheNewestRunStagedOnce()
        => Gen.Select(Gen.Int[0, s_ids.Length - 1].Select(index => s_ids[index]), Gen.Int[0, 3], Gen.Int[0, 3].Select(number => number == 0 ? RowFate.Unknown : RowFate.Staged))
            .Array[0, 60].Array[1, 4].Select(Gen.Shuffle(s_ids), Gen.Bool).Sample(drawn =>
        {
            // Newest first. Within a run, all but one of several rows of an id are set apart.
            ((string Id, int Content, RowFate Fate)[][] runs, string[] asked, bool inOrder) = drawn;
            runs = [.. runs.Select(run => run.Select((row, index) => run.Take(index).Any(other => other.Item1 == row.Item1) ? (row.Item1, row.Item2, RowFate.Unknown) : row).ToArray())];
            FormerRecords former = Read(runs);
            Dictionary<string, int?> expected = [];
            foreach ((string Id, int Content, RowFate Fate)[] run in runs)
            {
                foreach (IGrouping<string, (string Id, int Content, RowFate Fate)> rows in run.GroupBy(row => row.Id))
                {
                    _ = expected.TryAdd(rows.Key, rows.Count() == 1 && rows.Single().Fate == RowFate.Staged ? rows.Single().Content : null);
                }
            }

            string[] ids = inOrder ? [.. runs[^1].Select(row => row.Id).Concat(s_ids).Distinct()] : asked;
            using RecordBatch batch = Batch(ids);
            former.Find(batch, 0);

            for (int row = 0; row < ids.Length; row++)
            {
                for (int content = 0; content <= 3; content++)
                {
                    Assert.Equal(
                        expected.TryGetValue(ids[row], out int? staged) && staged == content,
                        former.IsUnchanged(batch.Known[row], (ulong)content));
                }
            }

            Assert.False(former.AreRepeated);
            Assert.Equal(
                expected.Where(id => id.Value is null).Select(id => id.Key).Order(StringComparer.Ordinal),
                former.Touched().Order(StringComparer.Ordinal));
        });

    [Fact]
    public void Find_IdThatComesTwice_IsToldAndReliedOnNoMore()
    {
        FormerRecords former = Read([("A", 1, RowFate.Staged), ("B", 2, RowFate.Staged)]);
        using RecordBatch batch = Batch("A", "B", "A");
        former.Find(batch, 0);

        Assert.True(former.AreRepeated);
        former.Restart();
        former.Find(batch, 0);

        Assert.False(former.IsUnchanged(batch.Known[0], 1));
        Assert.True(former.IsUnchanged(batch.Known[1], 2));
        Assert.False(former.AreRepeated);
    }

    [Fact]
    public void Add_MoreSuspectsThanARunSetsApart_ReliesOnNoIdThatRepeats()
    {
        IEnumerable<(string, int, RowFate)> suspects = Enumerable.Range(0, RepeatFilter.MostSuspects).Select(number => ($"S{number}", 0, RowFate.Unknown));
        FormerRecords former = Read([.. suspects, ("A", 1, RowFate.Staged), ("B", 2, RowFate.Staged), ("A", 1, RowFate.Staged)]);
        using RecordBatch batch = Batch("A", "B");
        former.Find(batch, 0);

        Assert.False(former.IsUnchanged(batch.Known[0], 1));
        Assert.True(former.IsUnchanged(batch.Known[1], 2));
    }

    [Fact]
    public void WriteGone_SomeIdsAreNotRead_TellsThemToTheNextRun()
    {
        FormerRecords former = Read([("B", 3, RowFate.Staged)], [("A", 1, RowFate.Staged), ("B", 2, RowFate.Staged), ("C", 3, RowFate.Staged)]);
        using RecordBatch batch = Batch("A");
        former.Find(batch, 0);
        byte[] gone = former.WriteGone();

        var next = new FormerRecords(4, 1, null);
        next.BeginRun(isOldest: false);
        next.Add(gone);
        next.BeginRun(isOldest: true);
        next.Add(Entries([("A", 1, RowFate.Staged), ("B", 2, RowFate.Staged), ("C", 3, RowFate.Staged)]));
        next.EndAdding();
        using RecordBatch all = Batch("A", "B", "C");
        next.Find(all, 0);

        Assert.Equal([true, false, false], Enumerable.Range(0, 3).Select(row => next.IsUnchanged(all.Known[row], (ulong)row + 1)));
    }

    private static FormerRecords Read(params (string Id, int Content, RowFate Fate)[][] runs)
    {
        var former = new FormerRecords(4, 1, null);
        foreach ((string Id, int Content, RowFate Fate)[] run in runs)
        {
            former.BeginRun(isOldest: run == runs[^1]);
            former.Add(Entries(run));
        }

        former.EndAdding();
        return former;
    }

    private static byte[] Entries((string Id, int Content, RowFate Fate)[] rows)
    {
        using RecordBatch batch = Batch([.. rows.Select(row => row.Id)]);
        using var hashes = new StagedHashes(rows.Length, 0);
        for (int row = 0; row < rows.Length; row++)
        {
            hashes.Set(row, rows[row].Fate, (ulong)rows[row].Content, 0, null);
        }

        return rows.Length == 0 ? [0, 0] : hashes.Write(batch, 0, null).ToArray();
    }

    private static RecordBatch Batch(params string[] ids)
    {
        var batch = new RecordBatch(1, s_columns, Math.Max(ids.Length, 1));
        foreach (string id in ids)
        {
            batch.AddRow(1, 0);
            batch.AddField(0, Encoding.UTF8.GetBytes(id));
        }

        return batch;
    }
}
