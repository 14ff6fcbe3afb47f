using System.Text;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Decisions;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Runs.Reruns;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs;

/// <summary>A run that holds its lease: from the choice of the attempt to the publication of its result.</summary>
/// <param name="started">When the run began, as a timestamp of the context's clock.</param>
internal sealed class ActiveRun(
    RunContext context, RunInput input, MirrorSession mirror, RerunChoice choice, Heartbeat heartbeat, RunWatch watch, long started)
{
    private readonly RunLog _log = new(context.Tables);
    private readonly Attempt _attempts = new(context.Tables);
    private CommittedBatches _committed = new();
    private RunPhases _phases = new(context.Pipeline.Name, context.Clock, context.Metrics?.Runs);
    private IReadOnlyList<Miss> _misses = [];
    private IReadOnlyList<string> _elsewhere = [];

    /// <summary>Runs, unless the user has to choose first between continuing an attempt and starting anew.</summary>
    /// <param name="holder">The run that holds the lease; a resumed attempt takes its place.</param>
    public async Task<PipelineResult> RunAsync(RunIdentity holder, CancellationToken stopReading)
    {
        while (true)
        {
            try
            {
                return await RunOnceAsync(holder, stopReading);
            }
            catch (WholeRunNeededException needed)
            {
                context.Logger.StartsOver(context.Pipeline.Name, needed.Message);
                await StartOverAsync(needed);
            }
        }
    }

    // Nothing of the attempt is left; what was read and counted is forgotten.
    private async Task StartOverAsync(WholeRunNeededException needed)
    {
        context.Metrics?.Corrected(context.Pipeline.Name, _committed.Counts, new BatchCounts());
        (_committed, _phases) = (new(), new(context.Pipeline.Name, context.Clock, context.Metrics?.Runs));
        foreach ((LookupTally tally, _) in mirror.Tallies)
        {
            tally.Reset();
        }

        await input.ResumeAsync(new Dictionary<long, SourceRange>(), heartbeat.Token);
        if (needed.IsRepeat)
        {
            choice.Rerun!.Restart();
        }
        else
        {
            choice.StartWhole(needed.Message);
        }
    }

    private async Task<PipelineResult> RunOnceAsync(RunIdentity holder, CancellationToken stopReading)
    {
        ValidPipeline pipeline = context.Pipeline;
        CancellationToken abort = heartbeat.Token;
        var fingerprints = new RunFingerprints(
            mirror.Fingerprint(context.Request.Fingerprint(pipeline)), input.Fingerprint, context.ToolVersion)
        {
            InputFiles = string.Join(", ", input.FileNames),
            InputFacts = new InputFacts(
                input.Reader.MissingColumns, [.. input.DestroyedDates.Select(date => date.Column)], input.Cuts.Patterns, mirror.Decided.Last).Write(),
        };
        (RunIdentity run, AttemptTable attempt, Dictionary<long, SourceRange>? committed) = await context.StartRetry()
            .ExecuteAsync(async token => await PrepareAsync(holder, fingerprints, token), abort);
        RecordDiffer differ = mirror.Differ(
            input,
            attempt.Names,
            choice.Seed is not { } seed || committed is not null ? null
                : new RowHashing(seed, choice.Rerun?.Former, choice.Traced is not null, choice.Rerun?.IsAnew == true, mirror.Decided.Records, counts => Encoding.UTF8.GetBytes(CountsJson.Write(counts))));

        // A filter that has not seen every batch misses repeats: then the attempt is searched for them.
        SharedWork? shared = context.Sharing is { } sharing && context.IsSharedOver(input)
            ? new SharedWork(context, sharing, input, mirror, run, Terms(run, fingerprints, attempt, isHashed: committed is null))
            : null;
        IBatchGraph graph = Wire(
            shared, differ, run, attempt, committed is null ? RepeatFilter.For(input.Reader.Files) : null);
        context.Progress?.Started(watch);
        var ending = new RunCompletion(context, run, attempt, new GateJudge(context, mirror, attempt.Name, choice.Rerun is null), new MirrorJudge(context, mirror), mirror.Decided, () => graph.Blocks, input.IsRepeatable, started)
        {
            Choice = choice,
            IsHashed = choice.Seed is not null && committed is null,
            Course = watch.Course,
            Workers = () => shared?.Workers ?? [],
        };
        try
        {
            if (committed is not null)
            {
                _committed.AddEarlier(committed.Keys);
                await input.ResumeAsync(committed, abort);
                graph = Wire(shared, differ, run, attempt, repeats: null);
                context.Logger.Resuming(pipeline.Name, run.RunId, watch.RecordsBefore, committed.Count);
            }
            else
            {
                context.Logger.RunBegan(pipeline.Name, run.RunId);
            }

            bool complete = await graph.RunAsync(stopReading, abort);
            while (complete && await FindLossAsync(run, abort) is { } kept)
            {
                RequireRepeatable();
                RequireWhole();
                context.Logger.BatchesLost(pipeline.Name);
                await input.ResumeAsync(kept, abort);
                graph = Wire(shared, differ, run, attempt, repeats: null);
                complete = await graph.RunAsync(stopReading, abort);
            }

            if (!complete)
            {
                return await EndAsync(await ending.CancelledAsync());
            }

            choice.Rerun?.RequireDistinct();
            return await EndAsync(await FinishAsync(ending, isWhole: committed is null, abort));
        }
        catch (Exception exception) when (WholeRunNeededException.In(exception) is { } needed)
        {
            await ending.DiscardAsync(abort);
            throw needed;
        }
        catch (GateException above)
        {
            return await EndAsync(await ending.FailedAsync(above, keepAttempt: false));
        }
        catch (OperationCanceledException) when (heartbeat.Lost is { } lost)
        {
            return await EndAsync(await ending.FailedAsync(lost, keepAttempt: true));
        }
        catch (OperationCanceledException)
        {
            return await EndAsync(await ending.CancelledAsync());
        }
#pragma warning disable CA1031 // The run's end is logged whatever broke it; the exception is handed on in the result.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            bool isMixed = (exception is GraphFaultException ? exception.InnerException : exception) is InputException { IsMixed: true };
            return await EndAsync(await ending.FailedAsync(exception, keepAttempt: !isMixed));
        }
        finally
        {
            _phases.End();
        }

        async Task<PipelineResult> EndAsync(RunEnd end)
        {
            PipelineResult result = Result(end);
            if (end.Fault is not LeaseLostException)
            {
                await KeptWarnings.KeepAsync(
                    context, run, [.. result.Findings.WithoutValues, .. result.Warned.OrderBy(warning => warning.Kind).Select(warning => warning.Text)]);
            }

            return result;
        }

        PipelineResult Result(RunEnd end)
        {
            IReadOnlyList<RunWarning> warned =
            [
                .. RunWarnings.Of(input, end.Counts, mirror, end.Gates, _misses, end.Warnings),
                .. RunWarnings.Of(end.Decisions, end.DecisionsLeft, pipeline.Name),
                .. _elsewhere.Select(text => new RunWarning(WarningKind.ClaimedElsewhere, text)),
            ];
            TimeSpan elapsed = context.Clock.GetElapsedTime(started);
            Verdict verdict = RunVerdict.Of(context, graph, started, elapsed, _phases.LongestEnding());
            return new PipelineResult(
                pipeline.Name,
                run.RunId,
                end.Outcome,
                end.Counts,
                elapsed,
                graph.Blocks,
                verdict.Block,
                graph.MostResidentBatches,
                end.Fault is GateException && end.Gates.Any(gate => gate.Name == "maxRejects"),
                [.. warned.Select(warning => warning.Text)],
                end.Fault,
                end.Resumable)
            {
                Exceeded = end.Gates,
                Findings = RunFindings.Of(end.Counts, mirror),
                Warned = warned,
                Former = end.Former,
                Decisions = end.Decisions,
                Verdict = verdict,
                Way = choice.Way,
                Written = end.Written,
                Skipped = choice.Rerun?.Skipped ?? 0,
            };
        }
    }

    // Why ids were not found is asked while the result is folded and published, which wait for one connection: only a
    // warning waits for it. Indexes are built on two.
    private async Task<RunEnd> FinishAsync(RunCompletion ending, bool isWhole, CancellationToken abort)
    {
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(abort);
        Task<IReadOnlyList<Miss>>? misses = null;
        try
        {
            RunEnd end = await ending.FinishAsync(mirror.Plan, mirror.ClaimsMayMeet, Enter, abort);
            _elsewhere = await ClaimsReport.TellAsync(context, asking.Token);
            return end;
        }
        catch (Exception failure) when (failure is not GateException)
        {
            await asking.CancelAsync();
            throw;
        }
        finally
        {
            _misses = await (misses ?? AskAsync());
        }

        void Enter(string phase)
        {
            _phases.Enter(phase);
            misses ??= phase == RunCompletion.Indexing ? null : AskAsync();
        }

        Task<IReadOnlyList<Miss>> AskAsync() => MissReport.TellAsync(context, mirror, isWhole, asking.Token);
    }

    // Chooses the attempt; its table and its entry in the log are there together, or not at all.
    private async Task<(RunIdentity Run, AttemptTable Attempt, Dictionary<long, SourceRange>? Committed)> PrepareAsync(
        RunIdentity run, RunFingerprints fingerprints, CancellationToken cancellationToken)
    {
        var fence = new LeaseFence(context.Tables, run);
        Guid job = run.RunId;
        Dictionary<long, SourceRange>? committed = null;
        await using NpgsqlConnection connection = await context.Sources.Control.OpenConnectionAsync(cancellationToken);
        UnfinishedRun? resumed = await AttemptChoice.DecideAsync(
            connection, _log, _attempts, context, run, fingerprints, fence, cancellationToken);
        if (resumed is not null)
        {
            run = run with { RunId = resumed.RunId };
            await RequireMirrorAsync(connection, run, cancellationToken);
            committed = await _log.CommittedAsync(connection, run, cancellationToken);
            watch.Resumes(run.RunId, (await _log.SumAsync(connection, run, cancellationToken)).Read);
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await fence.HoldAsync(connection, cancellationToken);
        if (context.Sharing is { IsTakeOver: true } && resumed is null)
        {
            // Whoever coordinated before may have failed under the same id.
            await _attempts.ForgetAsync(connection, context.Pipeline, run.RunId, cancellationToken);
        }

        AttemptTable attempt = await _attempts.CreateAsync(
            connection, context.Pipeline, run.RunId, context.Request.IsPartial || choice.Rerun is not null, mirror.LegacyNames, cancellationToken);
        await _log.StartAsync(
            connection, run, fingerprints, attempt.Name, context.Request.IsPartial, resumed is not null, mirror.DecisionsAsJson(), choice.Way, cancellationToken);
        if (context.Sharing is not null)
        {
            await new JobStore(context.Tables).NoteRunAsync(connection, job, run, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return (run, attempt, committed);
    }

    private async Task RequireMirrorAsync(NpgsqlConnection connection, RunIdentity run, CancellationToken cancellationToken)
    {
        MirrorVerdict changes = await new MirrorJudge(context, mirror).JudgeAsync(connection, cancellationToken);
        if (changes.Gates is [{ Excesses: [{ Finding: var change }, ..] }] && !context.Request.PublishAnyway)
        {
            throw new StagingException(
                $"The run {run.RunId} of '{run.Pipeline}' cannot be resumed: {change}, or since. Start anew with --fresh, or continue all the "
                + "same with --publish-anyway.");
        }
    }

    // Batches commit without waiting for the disk, so a server that crashes and comes back may have lost some that it
    // had reported as committed. A commit that does wait puts everything before it on disk; after it, the ledger tells
    // what is there.
    private async Task<Dictionary<long, SourceRange>?> FindLossAsync(RunIdentity run, CancellationToken cancellationToken)
    {
        Dictionary<long, SourceRange> kept = await context.OnControlAsync(
            context.EndingRetry(),
            async (connection, token) =>
            {
                await new LeaseFence(context.Tables, run).WaitForDiskAsync(connection, token);
                return await _log.CommittedAsync(connection, run, token);
            },
            cancellationToken);
        return _committed.AreIn(kept) ? null : kept;
    }

    private void RequireRepeatable()
    {
        if (context.Request.IsPartial || context.ReadsStandardInput)
        {
            throw new IOException(
                $"The server crashed and lost batches of '{context.Pipeline.Name}' that it had reported as committed, and this input "
                + "cannot be read in parts again. Nothing was published. Run again.");
        }
    }

    // Which of the lost records had been published as they are is not known of the batches that are left.
    private void RequireWhole()
    {
        if (choice.Rerun is not null)
        {
            throw new WholeRunNeededException("the server crashed and lost batches that it had reported as committed");
        }
    }

    // What workers have to know to do the same as this process would.
    private RunTerms Terms(RunIdentity run, RunFingerprints fingerprints, AttemptTable attempt, bool isHashed) => new()
    {
        Pipeline = run.Pipeline,
        RunId = run.RunId,
        Epoch = run.Epoch,
        Definition = fingerprints.Definition,
        InputFingerprint = fingerprints.Input,
        Input = input.Given,
        AttemptTable = attempt.Name.Name.Value,
        IsPacked = attempt.Layout.IsPacked,
        Names = attempt.Names,
        Mirror = mirror.DecisionsAsJson(),
        Absent = mirror.Absent,
        LastDecision = mirror.Decided.Last,
        HashSeed = isHashed ? choice.Seed : null,
        IsTraced = choice.Traced is not null,
    };

    private IBatchGraph Wire(SharedWork? shared, RecordDiffer differ, RunIdentity run, AttemptTable attempt, RepeatFilter? repeats)
    {
        if (shared is not null)
        {
            SplitGraph splits = shared.Wire(repeats, Commit);
            watch.Reads(splits, mirror, _committed, _phases);
            return splits;
        }

        BatchWriter writer = BatchPath.WriterTo(context, differ, attempt, run, input);
        ReconciliationGraph graph = BatchPath.Wire(
            context,
            input,
            mirror,
            differ,
            async (batch, token) =>
            {
                // Also a batch that was found committed is this process's own: the answer to its COMMIT was lost.
                await writer.WriteAsync(batch, token);
                choice.Rerun?.Count(batch);
                if (_committed.Add(batch))
                {
                    context.Metrics?.Committed(context.Pipeline.Name, batch.Counts);
                }
            },
            repeats,
            rerun: choice.Rerun);
        watch.Reads(graph, mirror, _committed, _phases);
        return graph;
    }

    private long Commit(CommittedEntry entry)
    {
        BatchCounts counts = CountsJson.Read(entry.Counts);
        if (!_committed.AddEntry(entry.Batch, counts, entry.CopiedBytes))
        {
            return 0;
        }

        context.Metrics?.Committed(context.Pipeline.Name, counts);
        return counts.Read;
    }
}

/// <summary>How a run ended.</summary>
internal sealed record RunEnd(RunOutcome Outcome, BatchCounts Counts, Exception? Fault, bool Resumable)
{
    /// <summary>The gates that it exceeded, whether that kept it from being published or not.</summary>
    public IReadOnlyList<ExceededGate> Gates { get; init; } = (Fault as GateException)?.Gates ?? [];

    /// <summary>Rows that were published; those that were published before as they are do not count.</summary>
    public long? Written { get; init; }

    /// <summary>What became of decisions about records.</summary>
    public DecisionTally Decisions { get; init; } = DecisionTally.None;

    /// <summary>Decisions that were made while the run went on, and that only the next one can apply.</summary>
    public int DecisionsLeft { get; init; }

    /// <summary>What people should know about the mirror although the result is published.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The result that was replaced; <see langword="null"/> when none was, or none is known.</summary>
    public FormerResult? Former { get; init; }
}
