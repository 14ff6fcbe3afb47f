using Microsoft.Extensions.Logging;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Live;

namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Knows the splits that are open and the workers that do them. A split is done when workers have told of all of its batches; one whose
/// worker is silent, has left or gave it back goes to the front of the queue once nothing of it can commit under its old epoch.
/// Thread-safe.
/// </summary>
/// <param name="commit">Counts a batch that a worker tells of. Returns its records, or 0 for one that was counted before.</param>
/// <param name="told">Takes what a worker counted since it joined.</param>
/// <param name="left">A worker counts no more.</param>
/// <param name="abort">Ends what it is doing.</param>
internal sealed class SplitBoard(
    RunContext context,
    SharingTerms sharing,
    RunTerms terms,
    SplitStore store,
    Func<CommittedEntry, long> commit,
    Action<BoardWorker, WorkerFigures> told,
    Action<BoardWorker> left,
    CancellationToken abort) : IRunExchange
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, BoardWorker> _workers = [];
    private readonly SplitQueue _splits = new();
    private readonly List<BoardWorker> _former = [];
    private TaskCompletionSource _taken = Waiting();
    private Task _changing = Task.CompletedTask;
    private bool _isPlanned;
    private bool _isStopping;
    private long? _unreachableSince;

    /// <summary>Whether every batch is committed (<see langword="true"/>) or what was handed out when the run was stopped; faulted by the first fault.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>What the board is still entering and taking back.</summary>
    public Task Changing
    {
        get
        {
            lock (_gate)
            {
                return _changing;
            }
        }
    }

    /// <summary>What the run waits for while nobody works; <see langword="null"/> while somebody does.</summary>
    public string? WaitsFor
    {
        get
        {
            lock (_gate)
            {
                return _workers.Values.Any(worker => !worker.IsSilent) ? null
                    : _workers.Count + _former.Count == 0 ? "workers: none has joined"
                    : "workers: none is left";
            }
        }
    }

    /// <summary>The share of the batches that were cut so far that is committed, 0 to 1.</summary>
    public double Share
    {
        get
        {
            lock (_gate)
            {
                return _splits.Share;
            }
        }
    }

    /// <summary>Offers a split; waits while enough of them are waiting for workers.</summary>
    public async Task OfferAsync(IReadOnlyList<SplitBatch> batches, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_splits.Waiting < sharing.SplitsAhead)
                {
                    _splits.Add(batches);
                    return;
                }

                room = _taken.Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The input is at its end: no split follows.</summary>
    public void EndPlanning()
    {
        lock (_gate)
        {
            _isPlanned = true;
            EndIfDone();
        }
    }

    /// <summary>Hands out nothing more; what workers have is finished.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            EndIfDone();
        }
    }

    /// <summary>Ends the run; the first fault is kept.</summary>
    public void Fail(Exception fault)
    {
        if (fault is OperationCanceledException && abort.IsCancellationRequested)
        {
            _ended.TrySetCanceled(abort);
        }
        else
        {
            _ended.TrySetException(fault);
        }
    }

    public Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
    {
        if (worker.ToolVersion != context.ToolVersion)
        {
            context.Logger.WorkerTurnedAway(terms.Pipeline, worker.Host, worker.ProcessId, worker.ToolVersion, context.ToolVersion);
            return Task.FromResult(new JoinReply(
                JoinState.Refused,
                Message: $"The run of '{terms.Pipeline}' is one of recon {context.ToolVersion}, and this worker is recon {worker.ToolVersion}: "
                    + "all workers of a run have to be of its version."));
        }

        lock (_gate)
        {
            if (_ended.Task.IsCompleted || _isStopping)
            {
                return Task.FromResult(new JoinReply(JoinState.Wait));
            }

            // Whoever joins again has dropped what it had.
            if (_workers.Remove(worker.Name, out BoardWorker? before))
            {
                Leave(before);
            }

            _workers[worker.Name] = new BoardWorker(worker, context.Clock.GetTimestamp());
        }

        context.Logger.SharerJoined(terms.Pipeline, worker.Host, worker.ProcessId);
        return Task.FromResult(new JoinReply(JoinState.Join, terms));
    }

    public async Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
    {
        if (report.RunId != terms.RunId || report.Epoch != terms.Epoch)
        {
            return WorkerOrders.Of(OrderState.Rejoin);
        }

        // What is in the ledger counts, whoever tells of it and whatever became of its split.
        long[] records = [.. report.Committed.Select(commit)];
        BoardWorker? worker;
        Task<IReadOnlyList<SplitTicket>>? entering = null;
        lock (_gate)
        {
            worker = _workers.GetValueOrDefault(report.Worker);
            for (int entry = 0; entry < records.Length; entry++)
            {
                Commit(report.Committed[entry].Batch, worker, records[entry]);
            }

            if (report.Fault is { } fault)
            {
                _ended.TrySetException(WorkerFaultException.Of(fault));
            }

            if (worker is null)
            {
                return WorkerOrders.Of(_ended.Task.IsCompleted ? OrderState.Done : report.Leaves ? OrderState.GoOn : OrderState.Rejoin);
            }

            See(worker, report);
            if (report.Leaves)
            {
                _workers.Remove(report.Worker);
                Leave(worker);
                context.Logger.SharerLeft(terms.Pipeline, worker.Card.Host, worker.Card.ProcessId);
                return WorkerOrders.Of(_ended.Task.IsCompleted ? OrderState.Done : OrderState.GoOn);
            }

            TakeBack([.. worker.Held.Where(split => IsGivenUp(split, report))]);
            if (Reserve(worker, report.Wants) is { Count: > 0 } reserved)
            {
                entering = EnterAsync(worker, reserved);
                _changing = Task.WhenAll(_changing, entering);
            }
        }

        IReadOnlyList<SplitTicket> tickets = entering is null ? [] : await entering;
        lock (_gate)
        {
            worker.Revoked.RemoveAll(revoked => !_splits.IsOpen(revoked.Split));
            return new WorkerOrders(
                _ended.Task.IsCompleted ? OrderState.Done : OrderState.GoOn, tickets, [.. worker.Revoked.Select(revoked => revoked.Mark)]);
        }
    }

    /// <summary>Gives the splits of workers that show no sign of life to others, and tells people when nobody is there. Ends when cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        long worked = context.Clock.GetTimestamp();
        bool isTold = false;
        while (true)
        {
            await Task.Delay(sharing.Silence / 4, context.Clock, cancellationToken);
            lock (_gate)
            {
                foreach (BoardWorker silent in _workers.Values.Where(worker => !worker.IsSilent && Silence(worker) > sharing.Silence))
                {
                    silent.IsSilent = true;
                    context.Logger.WorkerSilent(terms.Pipeline, silent.Card.Host, silent.Card.ProcessId, Silence(silent).TotalSeconds, silent.Held.Count);
                    TakeBack([.. silent.Held]);
                }
            }

            if (WaitsFor is not { } waits)
            {
                (worked, isTold) = (context.Clock.GetTimestamp(), false);
            }
            else if (!isTold && context.Clock.GetElapsedTime(worked) > sharing.Silence)
            {
                isTold = true;
                context.Logger.NoWorkers(terms.Pipeline, waits);
            }
        }
    }

    /// <summary>What the workers do and did, those that have left last.</summary>
    public IReadOnlyList<WorkerProgress> Workers()
    {
        lock (_gate)
        {
            return [.. _workers.Values.Select(worker => Progress(worker, isThere: true)), .. _former.Select(worker => Progress(worker, isThere: false))];
        }
    }

    private static TaskCompletionSource Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TimeSpan Silence(BoardWorker worker) => context.Clock.GetElapsedTime(worker.SeenAt);

    private WorkerProgress Progress(BoardWorker worker, bool isThere)
    {
        IReadOnlyList<ProgressSample> samples = worker.History.Add(
            new ProgressSample(context.Clock.GetElapsedTime(worker.JoinedAt), worker.Records, 0, 0, []));
        return WorkerProgress.Of(
            worker.Card,
            WorkerSums.TimesOf(worker.Figures),
            worker.SplitsDone,
            worker.Held.Count,
            worker.Records,
            isThere ? ProgressHistory.Speed(samples, sample => sample.Records) : 0,
            isThere ? Silence(worker) : null,
            worker.Figures?.MemoryBytes ?? 0);
    }

    private void See(BoardWorker worker, WorkerReport report)
    {
        (worker.SeenAt, worker.IsSilent) = (context.Clock.GetTimestamp(), false);
        if (report.Figures is { } figures)
        {
            worker.Figures = figures;
            told(worker, figures);
        }
    }

    private void Commit(long batch, BoardWorker? worker, long records)
    {
        bool isLast = _splits.Commit(batch);
        if (worker is not null)
        {
            worker.Records += records;
            worker.SplitsDone += isLast ? 1 : 0;
        }

        EndIfDone();
    }

    // Given back, or done without all that belongs to it, or lost on the way to the worker.
    private static bool IsGivenUp(OpenSplit split, WorkerReport report)
        => split.State == SplitState.Given
            && (report.Returned.Contains(split.Mark) || report.Done.Contains(split.Mark) || report.Holds?.Contains(split.Mark) == false);

    // Few splits are left for many workers, so nobody takes more than its part of them; and one after the other when there are fewer
    // splits than workers.
    private List<OpenSplit> Reserve(BoardWorker worker, int wants)
    {
        if (_isStopping || _ended.Task.IsCompleted)
        {
            return [];
        }

        int workers = _workers.Values.Count(other => !other.IsSilent);
        int fair = !_isPlanned ? wants
            : _splits.Waiting < workers ? (worker.Held.Count == 0 ? 1 : 0)
            : (_splits.Waiting + workers - 1) / workers;
        List<OpenSplit> reserved = _splits.Reserve(worker, Math.Min(wants, fair));
        MakeRoom();
        return reserved;
    }

    private async Task<IReadOnlyList<SplitTicket>> EnterAsync(BoardWorker worker, List<OpenSplit> reserved)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            IReadOnlyDictionary<long, long> epochs = await store.GiveAsync([.. reserved.Select(split => split.Number)], worker.Card.Name, abort);
            lock (_gate)
            {
                _unreachableSince = null;
                (List<OpenSplit> given, List<OpenSplit> lost) = _splits.Give(reserved, epochs);
                TakeBack(lost);
                return [.. given.Select(split => split.Ticket())];
            }
        }
#pragma warning disable CA1031 // A fault ends the run, not only the answer to one worker.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            lock (_gate)
            {
                _splits.Return(reserved);
                if (!PostgresFaults.IsBroken(exception) || IsPatienceOver())
                {
                    Fail(exception);
                }
            }

            return [];
        }
    }

    // A server that is restarted is waited for as for a batch.
    private bool IsPatienceOver()
    {
        _unreachableSince ??= context.Clock.GetTimestamp();
        return context.Clock.GetElapsedTime(_unreachableSince.Value) > context.Tuning.Batches.Budget;
    }

    private void Leave(BoardWorker worker)
    {
        TakeBack([.. worker.Held]);
        _former.Add(worker);
        left(worker);
    }

    private void TakeBack(List<OpenSplit> splits)
    {
        List<OpenSplit> entered = SplitQueue.TakeBack(splits);
        if (entered.Count > 0)
        {
            _changing = Task.WhenAll(_changing, TakeBackAsync(entered));
        }

        EndIfDone();
    }

    private async Task TakeBackAsync(List<OpenSplit> splits)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await context.BatchRetry().ExecuteAsync(
                async token => await store.TakeBackAsync([.. splits.Select(split => split.Number)], token), abort);
            lock (_gate)
            {
                _splits.Return(splits);
                EndIfDone();
            }
        }
#pragma warning disable CA1031 // A fault ends the run; nobody waits for this task but its end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    private void MakeRoom()
    {
        if (_splits.Waiting < sharing.SplitsAhead)
        {
            TaskCompletionSource taken = _taken;
            _taken = Waiting();
            taken.TrySetResult();
        }
    }

    private void EndIfDone()
    {
        if (_isPlanned && _splits.IsEmpty)
        {
            _ended.TrySetResult(true);
        }
        else if (_isStopping && _splits.IsAtRest)
        {
            _ended.TrySetResult(false);
        }
    }
}
