using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Diff.Repeats;

/// <summary>Tells which rows may repeat the legacy id of a row before them. Thread-safe.</summary>
internal interface IRepeatMarks
{
    /// <summary>Marks the rows of a batch.</summary>
    /// <param name="suspected">One place for each row of the batch; all are set.</param>
    /// <returns>The number of rows marked.</returns>
    int Add(RecordBatch batch, int idColumn, Span<bool> suspected);
}
