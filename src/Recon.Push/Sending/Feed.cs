namespace Recon.Push.Sending;

/// <summary>Hands out what is still to be dealt with, batch by batch, each once. Thread-safe.</summary>
/// <param name="next">Reads the batch after a number; an empty one at the end.</param>
/// <param name="numberOf">The number of an element.</param>
internal sealed class Feed<T>(Func<long, CancellationToken, Task<IReadOnlyList<T>>> next, Func<T, long> numberOf) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _after;

    /// <returns>The elements of one batch; none at the end.</returns>
    public async Task<IReadOnlyList<T>> NextAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            IReadOnlyList<T> batch = await next(_after, cancellationToken);
            _after = batch.Count > 0 ? numberOf(batch[^1]) : _after;
            return batch;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
