namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Where workers find the run of a job that is going in this process. The pipelines of a job follow one another, so between two
/// of them there is none. Thread-safe.
/// </summary>
internal sealed class RunDesk : IRunExchange
{
    private readonly Lock _gate = new();
    private IRunExchange? _open;
    private bool _hasEnded;

    /// <summary>A run takes workers from now on.</summary>
    public void Open(IRunExchange run)
    {
        lock (_gate)
        {
            _open = run;
        }
    }

    /// <summary>A run takes no more workers.</summary>
    public void Close(IRunExchange run)
    {
        lock (_gate)
        {
            _open = ReferenceEquals(_open, run) ? null : _open;
        }
    }

    /// <summary>The job has ended: nothing will follow.</summary>
    public void End()
    {
        lock (_gate)
        {
            (_open, _hasEnded) = (null, true);
        }
    }

    public Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
        => Current(out bool hasEnded) is { } run
            ? run.JoinAsync(worker, cancellationToken)
            : Task.FromResult(new JoinReply(hasEnded ? JoinState.Ended : JoinState.Wait));

    public Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
        => Current(out bool hasEnded) is { } run
            ? run.ReportAsync(report, cancellationToken)
            : Task.FromResult(WorkerOrders.Of(hasEnded ? OrderState.Ended : OrderState.Rejoin));

    private IRunExchange? Current(out bool hasEnded)
    {
        lock (_gate)
        {
            hasEnded = _hasEnded;
            return _open;
        }
    }
}
