using System.Runtime.CompilerServices;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;

namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Cuts the input into splits: it reads the batches that a run on one machine would read, notes where they lie and which of their rows
/// may repeat an id, and lets them go. Splits depend on the files and the definition only, not on the workers.
/// </summary>
/// <param name="read">Reads the next batch; <see langword="null"/> at the end of the input.</param>
/// <param name="isWhole">Whether a file, by its index, cannot be divided.</param>
/// <param name="repeats">Has to see every batch of the input; <see langword="null"/> where it cannot, as in a run that is resumed.</param>
/// <param name="idColumn">The column of the legacy id.</param>
internal sealed class SplitPlanner(
    Func<CancellationToken, ValueTask<RecordBatch?>> read, Func<int, bool> isWhole, int batchesPerSplit, RepeatFilter? repeats, int idColumn)
{
    private bool[] _suspected = [];

    /// <summary>Reads to the end of the input, no further than what was taken and one split more.</summary>
    /// <returns>The batches of one split after the other.</returns>
    public async IAsyncEnumerable<IReadOnlyList<SplitBatch>> CutAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<SplitBatch> split = [];
        while (await read(cancellationToken) is { } batch)
        {
            SplitBatch next;
            using (batch)
            {
                next = new SplitBatch(batch.Number, batch.Range, Suspects(batch));
            }

            // Batches that are committed already were jumped over.
            if (split is [.., { } last] && (last.Number + 1 != next.Number || last.Range.File != next.Range.File))
            {
                yield return split;
                split = [];
            }

            split.Add(next);
            if (split.Count >= batchesPerSplit && !isWhole(next.Range.File))
            {
                yield return split;
                split = [];
            }
        }

        if (split.Count > 0)
        {
            yield return split;
        }
    }

    private IReadOnlyList<int> Suspects(RecordBatch batch)
    {
        if (repeats is null || batch.RowCount == 0)
        {
            return [];
        }

        if (_suspected.Length < batch.RowCount)
        {
            _suspected = new bool[batch.RowCount];
        }

        return repeats.Add(batch, idColumn, _suspected) == 0
            ? []
            : [.. Enumerable.Range(0, batch.RowCount).Where(row => _suspected[row])];
    }
}
