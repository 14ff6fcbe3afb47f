using Recon.Postgres.Runs.Live;

namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Knows the splits that are open and the workers that do them. A split is done when workers have told of all of its batches; one whose
/// worker is silent, has left or gave it back goes to the front of the queue once nothing of it can commit under its old epoch.
/// Thread-safe.
/// </summary>
/// <param name="run">What workers have to know of the run.</param>
/// <param name="tally">Takes what workers tell.</param>
/// <param name="abort">Ends what it is doing.</param>
internal sealed class SplitBoard(
    RunContext context, SharingTerms sharing, RunTerms run, SplitStore store, ISplitTally tally, CancellationToken abort) : IRunExchange
{
    private readonly RunTerms _terms = run with { Board = Guid.NewGuid() };
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BoardCrew _crew = new(context.Clock);
    private readonly SplitQueue _splits = new();
    private readonly SplitTroubles _troubles = new(context.Logger, run.Pipeline);
    private TaskCompletionSource _taken = Waiting();
    private Task _changing = Task.CompletedTask;
    private bool _isPlanned;
    private bool _isStopping;

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
                return _crew.WaitsFor;
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

    /// <summary>Hands out nothing more; what workers have is finished, but for what takes long: a file that is one split.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            StartTakingBack(_splits.GivenWithMoreThan(sharing.BatchesPerSplit));
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
            context.Logger.WorkerTurnedAway(_terms.Pipeline, worker.Host, worker.ProcessId, worker.ToolVersion, context.ToolVersion);
            return Task.FromResult(new JoinReply(
                JoinState.Refused,
                Message: $"The run of '{_terms.Pipeline}' is one of recon {context.ToolVersion}, and this worker is recon {worker.ToolVersion}: "
                    + "all workers of a run have to be of its version."));
        }

        lock (_gate)
        {
            if (_ended.Task.IsCompleted || _isStopping)
            {
                return Task.FromResult(new JoinReply(JoinState.Wait));
            }

            // Whoever joins again has dropped what it had.
            if (_crew.Find(worker.Name) is { } before)
            {
                Leave(before);
            }

            _crew.Add(worker);
        }

        context.Logger.SharerJoined(_terms.Pipeline, worker.Host, worker.ProcessId);
        return Task.FromResult(new JoinReply(JoinState.Join, _terms));
    }

    public async Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
    {
        // It may be meant for another pipeline of the job, or for what this one offered before.
        if (report.Board != _terms.Board)
        {
            return WorkerOrders.Of(OrderState.Rejoin);
        }

        bool isMixed = report.Fault is { Kind: WorkerFaultKind.MixedInput } mixed
            && (mixed.HasWritten || await tally.IsInputChangedAsync(cancellationToken));

        // What is in the ledger counts, whoever tells of it and whatever became of its split.
        long[] records = [.. report.Committed.Select(tally.Commit)];
        BoardWorker? worker;
        List<OpenSplit> missed;
        Task<IReadOnlyList<SplitTicket>>? entering = null;
        lock (_gate)
        {
            worker = _crew.Find(report.Worker);
            for (int entry = 0; entry < records.Length; entry++)
            {
                Commit(report.Committed[entry].Batch, worker, records[entry]);
            }

            EndBy(isMixed ? WorkerFaultException.Of(report.Fault!) : null);
            if (worker is null)
            {
                return WorkerOrders.Of(_ended.Task.IsCompleted ? OrderState.Done : report.Leaves ? OrderState.GoOn : OrderState.Rejoin);
            }

            See(worker, report);
            if (report.Leaves)
            {
                EndBy(report.Fault is { } fault ? _troubles.Failed(worker, fault) : null);
                Leave(worker);
                context.Logger.SharerLeft(_terms.Pipeline, worker.Card.Host, worker.Card.ProcessId);
                return WorkerOrders.Of(_ended.Task.IsCompleted ? OrderState.Done : OrderState.GoOn);
            }

            missed = Missed(worker, report);
            EndBy(_troubles.NotReceived(worker, missed));
            StartTakingBack(
            [
                .. missed.Where(split => _isStopping || split.Untold > SplitTroubles.MostToldAgain),
                .. worker.Held.Where(split => split.State == SplitState.Given && report.Done.Contains(split.Mark)),
            ]);

            // Who has not heard of what it was given gets nothing more, or all of it would come at once.
            bool hasAll = missed.Count == 0 && worker.Held.All(static split => split.State != SplitState.Entering);
            if (hasAll && Reserve(worker, report.Wants) is { Count: > 0 } reserved)
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
                _ended.Task.IsCompleted ? OrderState.Done : OrderState.GoOn,
                [.. missed.Where(split => worker.Held.Contains(split) && split.State == SplitState.Given).Select(split => split.Ticket()), .. tickets],
                [.. worker.Revoked.Select(revoked => revoked.Mark)]);
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
                foreach (BoardWorker silent in _crew.FallSilent(sharing.Silence))
                {
                    EndBy(_troubles.FellSilent(silent, _crew.Silence(silent)));
                    StartTakingBack([.. silent.Held]);
                }
            }

            if (WaitsFor is not { } waits)
            {
                (worked, isTold) = (context.Clock.GetTimestamp(), false);
            }
            else if (!isTold && context.Clock.GetElapsedTime(worked) > sharing.Silence)
            {
                isTold = true;
                context.Logger.NoWorkers(_terms.Pipeline, waits);
            }
        }
    }

    /// <summary>What the workers do and did, those that have left last.</summary>
    public IReadOnlyList<WorkerProgress> Workers()
    {
        lock (_gate)
        {
            return _crew.Progress();
        }
    }

    private static TaskCompletionSource Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void See(BoardWorker worker, WorkerReport report)
    {
        (worker.SeenAt, worker.IsSilent) = (context.Clock.GetTimestamp(), false);
        if (report.Figures is { } figures)
        {
            worker.Figures = figures;
            tally.Tell(worker, figures);
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

    // The answer that gave them was lost: the worker has begun nothing of them.
    private static List<OpenSplit> Missed(BoardWorker worker, WorkerReport report) =>
    [
        .. worker.Held.Where(split => split.State == SplitState.Given
            && report.Holds?.Contains(split.Mark) == false && !report.Done.Contains(split.Mark)).OrderBy(split => split.Number),
    ];

    // Few splits are left for many workers, so nobody takes more than its part of them; and one after the other when there are fewer
    // splits than workers.
    private List<OpenSplit> Reserve(BoardWorker worker, int wants)
    {
        if (_isStopping || _ended.Task.IsCompleted)
        {
            return [];
        }

        int workers = _crew.Living;
        int fair = !_isPlanned ? wants
            : _splits.Waiting < workers ? (worker.Held.Count == 0 ? 1 : 0)
            : (_splits.Waiting + workers - 1) / workers;
        List<OpenSplit> reserved = _splits.Reserve(worker, Math.Min(wants, fair), isAlone: workers == 1);
        MakeRoom();
        return reserved;
    }

    private async Task<IReadOnlyList<SplitTicket>> EnterAsync(BoardWorker worker, List<OpenSplit> reserved)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            IReadOnlyDictionary<long, long> epochs = await context.BatchRetry().ExecuteAsync(
                async token => await store.GiveAsync([.. reserved.Select(split => split.Number)], worker.Card.Name, token), abort);
            lock (_gate)
            {
                // It waited for this answer, however long that took.
                worker.SeenAt = context.Clock.GetTimestamp();
                (List<OpenSplit> given, List<OpenSplit> lost) = _splits.Give(reserved, epochs);
                StartTakingBack(lost);
                return [.. given.Select(split => split.Ticket())];
            }
        }
#pragma warning disable CA1031 // A fault ends the run, not only the answer to one worker.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
            return [];
        }
    }

    private void EndBy(Exception? fault)
    {
        if (fault is not null)
        {
            _ended.TrySetException(fault);
        }
    }

    private void Leave(BoardWorker worker)
    {
        StartTakingBack([.. worker.Held]);
        _crew.Remove(worker);
        tally.Leave(worker);
    }

    private void StartTakingBack(List<OpenSplit> splits)
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
