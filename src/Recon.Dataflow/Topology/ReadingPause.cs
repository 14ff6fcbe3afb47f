namespace Recon.Dataflow.Topology;

/// <summary>Lets somebody hold the reader between two batches; what is in flight goes on. Thread-safe.</summary>
internal sealed class ReadingPause
{
    private volatile TaskCompletionSource? _over;

    public bool IsOn => _over is not null;

    /// <summary>Begins a pause, or ends the one that there is.</summary>
    public void Toggle()
    {
        TaskCompletionSource? before = _over;
        TaskCompletionSource? after = before is null ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        if (Interlocked.CompareExchange(ref _over, after, before) == before)
        {
            before?.SetResult();
        }
    }

    /// <summary>Waits until no pause is on.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (_over is { } over)
        {
            await over.Task.WaitAsync(cancellationToken);
        }
    }
}
