namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Takes part in the runs of a job, one pipeline after the other: looks up, compares and commits the parts of the input that the
/// coordinator gives it. Correct whatever becomes of it: what it commits, it may commit.
/// </summary>
internal sealed class SplitWorker(WorkerContext context)
{
    // Beats between two tries to work with a server that could not be reached.
    private const int BeatsWithoutServer = 5;

    private readonly WorkerCard _card = new(
        $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}",
        Environment.MachineName,
        Environment.ProcessId,
        context.ToolVersion);

    private long _batches;
    private (Guid RunId, string Pipeline) _written;

    /// <summary>Works until the job has ended, or it cannot take part any more.</summary>
    /// <param name="stop">Asks it to leave: what is in flight is finished, the rest is given back.</param>
    /// <param name="abort">Ends everything at once.</param>
    /// <exception cref="OperationCanceledException">It was aborted.</exception>
    public async Task<WorkerEnd> RunAsync(IRunExchange exchange, CancellationToken stop, CancellationToken abort)
    {
        long? outOfReachSince = null;
        long? withoutServerSince = null;
        while (!stop.IsCancellationRequested)
        {
            abort.ThrowIfCancellationRequested();
            JoinReply reply;
            try
            {
                reply = await exchange.JoinAsync(_card, abort);
                outOfReachSince = null;
            }
            catch (ExchangeUnavailableException unavailable)
            {
                if (outOfReachSince is null)
                {
                    context.Logger.CoordinatorOutOfReach(unavailable.Message, context.Patience.TotalSeconds);
                }

                outOfReachSince ??= context.Clock.GetTimestamp();
                if (HasPassed(outOfReachSince, context.Patience))
                {
                    return End(WorkerEndKind.Unreachable, unavailable.Message);
                }

                await PauseAsync(1, stop, abort);
                continue;
            }

            if (reply is not { State: JoinState.Join, Terms: { } terms })
            {
                if (reply.State == JoinState.Ended)
                {
                    return End(WorkerEndKind.Ended);
                }

                if (reply.State == JoinState.Refused)
                {
                    return Refuse(reply.Message ?? "the run's coordinator refuses it.");
                }

                await PauseAsync(1, stop, abort);
                continue;
            }

            JoinedRun joined = new(context, terms, _card, exchange, hasWritten: _written == (terms.RunId, terms.Pipeline));
            JoinedEnd end = await joined.RunAsync(stop, abort);
            _written = joined.HasWritten ? (terms.RunId, terms.Pipeline) : _written;
            _batches += joined.Batches;
            withoutServerSince = end.Kind != JoinedEndKind.NoServer || joined.Batches > 0 ? null : withoutServerSince ?? context.Clock.GetTimestamp();
            context.Logger.WorkerLeft(terms.Pipeline, terms.RunId, joined.Batches, ReasonOf(end));
            switch (end.Kind)
            {
                case JoinedEndKind.Ended:
                    return End(WorkerEndKind.Ended);
                case JoinedEndKind.Stopped:
                    return End(WorkerEndKind.Stopped);
                case JoinedEndKind.Refused:
                    return Refuse(end.Message!);
                case JoinedEndKind.Unreachable:
                    return End(WorkerEndKind.Unreachable, end.Message);
                case JoinedEndKind.NoServer when HasPassed(withoutServerSince, context.Patience):
                    return End(WorkerEndKind.Unreachable, end.Message);
                case JoinedEndKind.NoServer:
                    context.Logger.WorkerBroke(terms.Pipeline, terms.RunId, end.Message!);
                    await PauseAsync(BeatsWithoutServer, stop, abort);
                    break;
                case JoinedEndKind.Done when end.Message is null:
                    break;
                case JoinedEndKind.Done:
                    context.Logger.WorkerBroke(terms.Pipeline, terms.RunId, end.Message);
                    await PauseAsync(1, stop, abort);
                    break;
                default:
                    await PauseAsync(1, stop, abort);
                    break;
            }
        }

        abort.ThrowIfCancellationRequested();
        return End(WorkerEndKind.Stopped);
    }

    private WorkerEnd End(WorkerEndKind kind, string? message = null) => new(kind, _batches, message);

    private WorkerEnd Refuse(string reason)
    {
        context.Logger.WorkerRefused(reason);
        return End(WorkerEndKind.Refused, reason);
    }

    private static string ReasonOf(JoinedEnd end) => end.Kind switch
    {
        JoinedEndKind.Done when end.Message is null => "no split is left",
        JoinedEndKind.Done => "it failed",
        JoinedEndKind.Rejoin => "the run is over, or its coordinator has changed or given this worker up",
        JoinedEndKind.Ended => "the job has ended",
        JoinedEndKind.Stopped => "this worker was stopped",
        JoinedEndKind.Refused => "it is another run than this worker's files are for",
        JoinedEndKind.Unreachable => "its coordinator cannot be reached",
        _ => "the server cannot be reached",
    };

    private bool HasPassed(long? since, TimeSpan most) => since is { } start && context.Clock.GetElapsedTime(start) >= most;

    private async Task PauseAsync(int beats, CancellationToken stop, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        await Task.Delay(beats * context.Beat, context.Clock, either.Token).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
