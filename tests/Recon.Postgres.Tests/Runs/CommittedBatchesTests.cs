using Recon.Dataflow.Batches;
using Recon.Postgres.Runs;

namespace Recon.Postgres.Tests.Runs;

public sealed class CommittedBatchesTests
{
    [Fact]
    public void Add_BatchThatTheServerLostAndThatWasCommittedAgain_CountsOnce()
    {
        var committed = new CommittedBatches();
        committed.AddEarlier([1]);

        // Batch 1 was counted by the process that committed it first.
        Assert.Equal([false, true, false], [Add(committed, 1), Add(committed, 2), Add(committed, 2)]);

        Assert.Equal(3, committed.Counts.Read);
    }

    private static bool Add(CommittedBatches committed, long number)
    {
        using var batch = new RecordBatch(number, new SourceColumns([]), 1);
        batch.Counts.Read = 3;
        return committed.Add(batch);
    }
}
