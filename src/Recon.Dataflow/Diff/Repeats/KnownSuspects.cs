using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Diff.Repeats;

/// <summary>Marks the rows that somebody else suspects, who has seen the whole input.</summary>
/// <param name="of">The rows of a batch that are suspected: their indexes in the batch.</param>
internal sealed class KnownSuspects(Func<RecordBatch, IReadOnlyList<int>> of) : IRepeatMarks
{
    public int Add(RecordBatch batch, int idColumn, Span<bool> suspected)
    {
        suspected.Clear();
        IReadOnlyList<int> rows = of(batch);
        foreach (int row in rows)
        {
            suspected[row] = true;
        }

        return rows.Count;
    }
}
