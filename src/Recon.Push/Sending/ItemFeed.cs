using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>Hands out the items that are still to be dealt with, batch by batch, each once. Thread-safe.</summary>
internal sealed class ItemFeed(PushLedger ledger, bool undoing) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _after;

    /// <returns>Items of one batch; none at the end.</returns>
    public async Task<IReadOnlyList<PushItem>> NextAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            IReadOnlyList<PushItem> items = await ledger.NextAsync(_after, undoing, cancellationToken);
            _after = items.Count > 0 ? items[^1].No : _after;
            return items;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
