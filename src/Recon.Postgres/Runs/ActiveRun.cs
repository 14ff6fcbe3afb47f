using Npgsql;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs;

/// <summary>A run that holds its lease: from the choice of the attempt to the publication of its result.</summary>
internal sealed class ActiveRun(
    ReconDataSources sources,
    StagingTables tables,
    ValidPipeline pipeline,
    TimeProvider clock,
    ReconMetrics? metrics,
    IRunProgress progress,
    RunTuning tuning)
{
    private readonly RunLog _log = new(tables);
    private readonly Attempt _attempts = new(tables);
    private readonly HashSet<long> _done = [];
    private readonly Lock _gate = new();
    private RepeatFilter? _repeats;
    private string _phase = "reading";
    private long _committed;

    /// <summary>Runs.</summary>
    public async Task<PipelineResult> RunAsync(
        RunRequest request,
        Lease lease,
        RunInput input,
        MirrorSession mirror,
        string toolVersion,
        long started,
        Heartbeat heartbeat,
        CancellationToken stopReading)
    {
        CancellationToken abort = heartbeat.Token;
        var fingerprints = new RunFingerprints(mirror.Fingerprint(request.Fingerprint(pipeline)), input.Fingerprint, toolVersion);
        (RunIdentity run, SqlTable attempt, Dictionary<long, SourceRange>? committed) = await RetryPolicies
            .Reads(tuning.Start, sources.Server, clock)
            .ExecuteAsync(async token => await PrepareAsync(
                request, lease.Run, fingerprints, mirror.DecisionsAsJson(), token), abort);
        RecordDiffer differ = mirror.Differ(run.RunId, clock, input);

        // A filter that has not seen every batch misses repeats: then the attempt is searched for them.
        _repeats = committed is null ? RepeatFilter.For(input.Reader.Files) : null;
        ReconciliationGraph graph = Wire(input, mirror, differ, run, attempt);
        progress.Started(pipeline.Name, () => new RunState(
            _phase, input.Reader.BytesRead, input.Reader.TotalBytes, Interlocked.Read(ref _committed)));
        var ending = new RunCompletion(
            sources, tables, pipeline, _log, clock, metrics, tuning, run, attempt, request.IsPartial, input.IsRepeatable);
        try
        {
            if (committed is not null)
            {
                _done.UnionWith(committed.Keys);
                await input.ResumeAsync(committed, abort);
                graph = Wire(input, mirror, differ, run, attempt);
                progress.Say($"{pipeline.Name}: resuming run {run.RunId}, {committed.Count} batches are committed.");
            }

            bool complete = await graph.RunAsync(stopReading, abort);
            while (complete && await FindLossAsync(run, abort) is { } kept)
            {
                RequireRepeatable(request);
                progress.Say($"{pipeline.Name}: the server crashed and lost batches that it had reported as committed; they are read again.");
                _repeats = null;
                await input.ResumeAsync(kept, abort);
                graph = Wire(input, mirror, differ, run, attempt);
                complete = await graph.RunAsync(stopReading, abort);
            }

            TimeSpan streamed = clock.GetElapsedTime(started);
            if (!complete)
            {
                return Result(await ending.CancelledAsync(started), streamed);
            }

            BatchCounts counts = await ending.FinishAsync(request, mirror.Plan, phase => _phase = phase, started, abort);
            return Result(new RunEnd(RunOutcome.Completed, counts, null, false, false), streamed);
        }
        catch (RejectsAboveLimitException above)
        {
            return Result(await ending.FailedAsync(above, started, keepAttempt: false), clock.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (heartbeat.Lost is { } lost)
        {
            return Result(await ending.FailedAsync(lost, started, keepAttempt: true), clock.GetElapsedTime(started));
        }
        catch (OperationCanceledException)
        {
            return Result(await ending.CancelledAsync(started), clock.GetElapsedTime(started));
        }
#pragma warning disable CA1031 // The run's end is logged whatever broke it; the exception is handed on in the result.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Result(await ending.FailedAsync(exception, started, keepAttempt: true), clock.GetElapsedTime(started));
        }
        finally
        {
            progress.Finished(pipeline.Name);
        }

        PipelineResult Result(RunEnd end, TimeSpan streamed)
        {
            return new PipelineResult(
                pipeline.Name,
                run.RunId,
                end.Outcome,
                end.Counts,
                clock.GetElapsedTime(started),
                graph.Blocks,
                Bottleneck.Of(graph.Blocks, streamed)?.Name,
                graph.MostResidentBatches,
                end.Fault is RejectsAboveLimitException,
                RunWarnings.Of(input, end.Counts, pipeline),
                end.Fault,
                end.Resumable);
        }
    }

    // Chooses the attempt; its table and its entry in the log are there together, or not at all.
    private async Task<(RunIdentity Run, SqlTable Attempt, Dictionary<long, SourceRange>? Committed)> PrepareAsync(
        RunRequest request,
        RunIdentity run,
        RunFingerprints fingerprints,
        string strategies,
        CancellationToken cancellationToken)
    {
        var fence = new LeaseFence(tables, run);
        Dictionary<long, SourceRange>? committed = null;
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        UnfinishedRun? resumed = await AttemptChoice.DecideAsync(
            connection, _log, _attempts, request, pipeline, fingerprints, fence, cancellationToken);
        if (resumed is not null)
        {
            run = run with { RunId = resumed.RunId };
            committed = await _log.CommittedAsync(connection, run, cancellationToken);
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await fence.HoldAsync(connection, cancellationToken);
        SqlTable attempt = await _attempts.CreateAsync(connection, pipeline.Stage, run.RunId, cancellationToken);
        await _log.StartAsync(
            connection, run, fingerprints, attempt, request.IsPartial, strategies, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (run, attempt, committed);
    }

    // Batches commit without waiting for the disk, so a server that crashes and comes back may have lost some that it
    // had reported as committed. A commit that does wait puts everything before it on disk; after it, the ledger tells
    // what is there.
    private async Task<Dictionary<long, SourceRange>?> FindLossAsync(RunIdentity run, CancellationToken cancellationToken)
    {
        Dictionary<long, SourceRange> kept = await RetryPolicies.Batches(tuning.Ending, sources.Server, clock).ExecuteAsync(
            async token =>
            {
                await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(token);
                await new LeaseFence(tables, run).WaitForDiskAsync(connection, token);
                return await _log.CommittedAsync(connection, run, token);
            },
            cancellationToken);
        return _done.All(kept.ContainsKey) ? null : kept;
    }

    private void RequireRepeatable(RunRequest request)
    {
        if (request.IsPartial || (request.Input ?? pipeline.Csv.Path) == "-")
        {
            throw new IOException(
                $"The server crashed and lost batches of '{pipeline.Name}' that it had reported as committed, and this input "
                + "cannot be read in parts again. Nothing was published. Run again.");
        }
    }

    private ReconciliationGraph Wire(
        RunInput input, MirrorSession mirror, RecordDiffer differ, RunIdentity run, SqlTable attempt)
    {
        ResiliencePipeline retry = RetryPolicies.Batches(
            tuning.Batches with
            {
                OnRetry = notice =>
                {
                    tuning.Batches.OnRetry?.Invoke(notice);
                    metrics?.Retried("stage");
                    progress.Say(
                        $"{pipeline.Name}: a batch is tried again in {notice.Delay.TotalSeconds:0.0} s: {notice.Fault.Message}");
                },
            },
            sources.Server,
            clock);
        var writer = new BatchWriter(
            sources.Writer, tables, attempt, new TupleLayout(pipeline.Stage), run, input.FileNames, retry, clock, metrics);
        return new ReconciliationGraph(
            pipeline,
            new GraphStages(
                input.Reader.ReadAsync,
                mirror.Lookups,
                batch => differ.Diff(batch, repeats: _repeats),
                async (batch, token) =>
                {
                    bool applied = await writer.WriteAsync(batch, token);
                    lock (_gate)
                    {
                        _done.Add(batch.Number);
                    }

                    if (applied)
                    {
                        metrics?.Committed(pipeline.Name, batch.Counts);
                        Interlocked.Add(ref _committed, batch.Counts.Read);
                    }
                }),
            clock,
            metrics);
    }
}

/// <summary>How a run ended.</summary>
internal sealed record RunEnd(
    RunOutcome Outcome, BatchCounts Counts, Exception? Fault, bool Resumable, bool RejectsAboveLimit);
