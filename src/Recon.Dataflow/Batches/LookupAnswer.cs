using System.Buffers;

namespace Recon.Dataflow.Batches;

/// <summary>What one lookup found for one batch: the candidates of every row, in order of their HubSpot ids.</summary>
/// <param name="starts">For each row of the batch, where its candidates start in <paramref name="candidates"/>; one entry more than rows. Rented from the shared pool.</param>
/// <param name="candidates">Indexes into <paramref name="rows"/>. Rented from the shared pool.</param>
internal sealed class LookupAnswer(MirrorRows rows, int[] starts, int[] candidates) : IDisposable
{
    private int[] _starts = starts;
    private int[] _candidates = candidates;

    public MirrorRows Rows { get; } = rows;

    /// <summary>Rows of the batch that had something to ask for.</summary>
    public int Asked { get; init; }

    /// <summary>Distinct keys of the question for which something was found.</summary>
    public int FoundKeys { get; init; }

    /// <summary>Rows of the batch whose one candidate was reached by way of a merged record.</summary>
    public IReadOnlyDictionary<int, (long Loser, long Winner)>? Merged { get; init; }

    /// <summary>Whether a row of the batch has candidates.</summary>
    public bool Found(int row) => _starts[row + 1] > _starts[row];

    /// <summary>The candidates of a row of the batch.</summary>
    /// <returns>Indexes into <see cref="Rows"/>; empty when nothing was found or the row was not asked for.</returns>
    public ReadOnlySpan<int> Candidates(int row) => _candidates.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>The same mirror rows with other candidates; this answer gives up its own.</summary>
    /// <returns>The new answer, which owns the rows.</returns>
    public LookupAnswer With(int[] starts, int[] candidates)
    {
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_candidates);
        (_starts, _candidates) = ([], []);
        return new LookupAnswer(Rows, starts, candidates) { Asked = Asked };
    }

    /// <summary>Returns the arrays. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_starts.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_starts);
            ArrayPool<int>.Shared.Return(_candidates);
            (_starts, _candidates) = ([], []);
            Rows.Dispose();
        }
    }
}
