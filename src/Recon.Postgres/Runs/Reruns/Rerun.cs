using Recon.Dataflow.Batches;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Reruns;

/// <summary>A run that writes only what differs from the published result.</summary>
/// <param name="published">The result.</param>
/// <param name="former">What is known of its records.</param>
internal sealed class Rerun(PublishedMark published, FormerRecords former)
{
    // A whole run exchanges a partition; a merge writes every row a second time, and finds it by an index first.
    private const double MostWritten = 0.15;

    // Where nearly everything differs, the first records show it.
    private const long LeastToJudge = 20_000;

    private long _unchanged;
    private long _written;

    public PublishedMark Published => published;

    public FormerRecords Former => former;

    /// <summary>Rows that were published as they are.</summary>
    public long Unchanged => Interlocked.Read(ref _unchanged);

    /// <summary>Counts a batch that was committed.</summary>
    /// <exception cref="WholeRunNeededException">So much differs that writing everything is quicker.</exception>
    public void Count(RecordBatch batch)
    {
        int kept = ((StagedTuples)batch.Staged!).Hashes!.Unchanged;
        long unchanged = Interlocked.Add(ref _unchanged, kept);
        long written = Interlocked.Add(ref _written, batch.RowCount - kept);
        if (written > Math.Max(published.Rows, LeastToJudge) * MostWritten || (written + unchanged >= LeastToJudge && written > unchanged))
        {
            throw new WholeRunNeededException("more than 15 % of the rows differ from the published result");
        }
    }

    /// <summary>To be called when all batches are committed.</summary>
    /// <exception cref="WholeRunNeededException">Ids repeat that were taken for the only ones.</exception>
    public void RequireDistinct()
    {
        if (former.AreRepeated)
        {
            throw new WholeRunNeededException("legacy ids repeat that did not in the published result", isRepeat: true);
        }
    }

    /// <summary>Starts over.</summary>
    public void Restart()
    {
        former.Restart();
        (_unchanged, _written) = (0, 0);
    }
}
