using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Shared;

/// <summary>A worker's part in one run: opens what the run reads, and sends splits through one graph until there are no more.</summary>
/// <param name="hasWritten">Whether this worker took part before, and may have committed batches.</param>
internal sealed class JoinedRun(WorkerContext context, RunTerms terms, WorkerCard card, IRunExchange exchange, bool hasWritten)
{
    private readonly SplitFeed _feed = new();
    private volatile bool _hasWritten = hasWritten;

    /// <summary>Batches that it committed.</summary>
    public long Batches => _feed.Batches;

    /// <summary>Whether this worker may have committed batches, by now or before.</summary>
    public bool HasWritten => _hasWritten;

    /// <param name="stop">Asks it to leave: what is in flight is finished, the rest is given back.</param>
    /// <param name="abort">Ends everything at once.</param>
    public async Task<JoinedEnd> RunAsync(CancellationToken stop, CancellationToken abort)
    {
        WorkerVoice voice = new(context, terms, card, exchange, _feed);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(abort);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(abort);
        using var ordered = CancellationTokenSource.CreateLinkedTokenSource(abort);
        Task<JoinedEnd> speaking = SpeakAsync(voice, over, ordered, silence.Token);
        (JoinedEnd? end, WorkerFault? fault) = await WorkAsync(voice, stop, over.Token, ordered.Token);
        bool isTold = speaking.IsCompletedSuccessfully;
        await silence.CancelAsync();
        try
        {
            // What the coordinator ordered ends the work, so that it is there by then.
            end = await speaking is var order && (isTold || end is null) ? order : end;
        }
        catch (OperationCanceledException) when (end is not null && !abort.IsCancellationRequested)
        {
            OrderState? answer = await voice.LeaveAsync(fault, abort);

            // Where the run goes on, it is only this worker's copy that is another one. If that is committed in part, the run has to know.
            end = fault is { Kind: WorkerFaultKind.MixedInput, HasWritten: false } && answer is not (OrderState.Done or OrderState.Ended)
                ? Refused(fault.Message)
                : end;
        }

        return end!;
    }

    // The coordinator's orders end the work; also what was not begun when there is nothing more to do.
    private async Task<JoinedEnd> SpeakAsync(
        WorkerVoice voice, CancellationTokenSource over, CancellationTokenSource ordered, CancellationToken silence)
    {
        JoinedEnd? end = null;
        try
        {
            return end = await voice.SpeakAsync(silence);
        }
        finally
        {
            if (!silence.IsCancellationRequested)
            {
                _feed.Complete();
                await ordered.CancelAsync();
            }

            if (!silence.IsCancellationRequested && end is not { Kind: JoinedEndKind.Done })
            {
                await over.CancelAsync();
            }
        }
    }

    // No end where an order ended it.
    private async Task<(JoinedEnd? End, WorkerFault? Fault)> WorkAsync(
        WorkerVoice voice, CancellationToken stop, CancellationToken over, CancellationToken ordered)
    {
        bool isOpen = false;
        try
        {
            RunContext? run = ContextOf();
            if (run is null)
            {
                return (Refused($"its definition has no pipeline '{terms.Pipeline}'."), null);
            }

            using var opening = CancellationTokenSource.CreateLinkedTokenSource(stop, ordered);
            await using RunInput input = await RunInput.BeginAsync(run.Request, run.Pipeline, opening.Token, isCheckedElsewhere: true);
            if (Difference(run, input) is { } difference)
            {
                return (Refused(difference), null);
            }

            MirrorSession mirror = await run.OnControlAsync(
                run.StartRetry(),
                async (connection, token) =>
                {
                    await ConnectionBudget.RequireAsync(connection, run.Sources, run.Pipeline, token);
                    return await MirrorSession.OpenAsync(
                        run, connection, input, token, terms.Mirror, decidedUntil: terms.LastDecision, absent: terms.Absent);
                },
                opening.Token);
            if (mirror.Fingerprint(run.Request.Fingerprint(run.Pipeline)) != terms.Definition)
            {
                return (Refused($"a map file of '{terms.Pipeline}' has another content than the run's. Give all workers the same files."), null);
            }

            isOpen = true;
            ReconciliationGraph graph = Wire(run, input, mirror);
            voice.Figures = () => WorkerMeasure.Of(graph, mirror);
            context.Logger.WorkerJoined(terms.Pipeline, terms.RunId);
            _feed.Open(graph.Blocks.Sum(block => block.Workers));
            await using CancellationTokenRegistration stopping = stop.Register(_feed.Close);
            return await graph.RunAsync(stop, over) ? (null, null) : (new JoinedEnd(JoinedEndKind.Stopped), null);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested || ordered.IsCancellationRequested)
        {
            return (null, null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (new JoinedEnd(JoinedEndKind.Stopped), null);
        }
#pragma warning disable CA1031 // Whatever it is, the coordinator has to know.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return EndOf(failure, isOpen);
        }
    }

    private (JoinedEnd End, WorkerFault? Fault) EndOf(Exception failure, bool isOpen)
    {
        string server = context.Sources.Server;
        if (WorkerFaults.CauseOf(failure) is LeaseLostException lost)
        {
            return (new JoinedEnd(JoinedEndKind.Rejoin, lost.Message), null);
        }

        // The coordinator opened the same mirror and input, so that what fails before any split is this process's own.
        WorkerFault fault = WorkerFaults.Of(failure, server) with { HasWritten = _hasWritten };

        // Connections that the server has not left now may be there in a moment.
        bool mayPass = WorkerFaults.MayPass(failure, server) || (!isOpen && failure is ConnectionSettingsException);
        return (mayPass, isOpen) switch
        {
            (true, false) => (new JoinedEnd(JoinedEndKind.NoServer, fault.Message), null),
            (true, true) => (new JoinedEnd(JoinedEndKind.NoServer, fault.Message), fault with { Kind = WorkerFaultKind.Passing }),
            (false, false) => (Refused(fault.Message), null),
            (false, true) => (new JoinedEnd(JoinedEndKind.Done, fault.Message), fault),
        };
    }

    private static JoinedEnd Refused(string reason) => new(JoinedEndKind.Refused, reason);

    private RunContext? ContextOf()
    {
        RunRequest request = context.RequestFor(terms.Pipeline) with { Input = terms.Input };
        return request.Definition.Pipelines.FirstOrDefault(pipeline => pipeline.Name == terms.Pipeline) is not { } pipeline ? null
            : new RunContext(context.Sources, request, pipeline)
            {
                Clock = context.Clock,
                Metrics = context.Metrics,
                Logger = context.Logger,
                Tuning = context.Tuning,
                ToolVersion = context.ToolVersion,
            };
    }

    // Before anything that takes long: what of the definition and the input differs from the run's, for people.
    private string? Difference(RunContext run, RunInput input)
        => run.Request.Fingerprint(run.Pipeline) != terms.Definition.Split(MirrorSession.MapsMark, 2)[0]
            ? $"its definition of '{terms.Pipeline}' is not the run's. Give all workers the same definition."
            : input.Fingerprint != terms.InputFingerprint
            ? $"the input of '{terms.Pipeline}' ({string.Join(", ", input.FileNames)}) is not the run's: names, lengths, times of the last write "
                + "and contents have to be the same. Give all workers the same files, for example on a shared drive."
            : null;

    private ReconciliationGraph Wire(RunContext run, RunInput input, MirrorSession mirror)
    {
        AttemptTable attempt = new(run.Tables.Table(terms.AttemptTable), new RowLayout(run.Pipeline.Stage, terms.IsPacked), terms.Names);
        RecordDiffer differ = mirror.Differ(
            input,
            attempt.Names,
            terms.HashSeed is { } seed
                ? new RowHashing(seed, Former: null, terms.IsTraced, IsAnew: false, mirror.Decided.Records, counts => Encoding.UTF8.GetBytes(CountsJson.Write(counts)))
                : null);
        BatchWriter writer = BatchPath.WriterTo(
            run,
            differ,
            attempt,
            new RunIdentity(terms.RunId, terms.Pipeline, terms.Epoch),
            input,
            new SplitFence(batch => _feed.MarkOf(batch) is var mark ? (mark.Split, mark.Epoch) : default));
        return BatchPath.Wire(
            run,
            input,
            mirror,
            differ,
            (batch, token) => CommitAsync(writer, batch, token),
            new KnownSuspects(_feed.SuspectsOf),
            read: (waits, token) => _feed.ReadAsync(input, waits, token));
    }

    private async ValueTask CommitAsync(BatchWriter writer, RecordBatch batch, CancellationToken cancellationToken)
    {
        if (_feed.IsLost(batch))
        {
            _feed.Drop(batch);
            return;
        }

        try
        {
            _hasWritten = true;

            // One that was applied before counts, too: whoever did it may not have told of it.
            await writer.WriteAsync(batch, cancellationToken);
            _feed.Commit(batch);
        }
        catch (SplitTakenException)
        {
            SplitMark mark = _feed.MarkOf(batch);
            _feed.Drop(batch);
            if (_feed.Lose(mark))
            {
                context.Logger.SplitLost(terms.Pipeline, mark.Split);
            }
        }
    }
}
