using System.Diagnostics;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Runs.Reruns;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// Runs one pipeline: opens the input, takes the lease, runs the graph, folds repeats, builds indexes and publishes.
/// Whatever breaks, a query sees either the previous result or the whole new one; so does a transaction that locked the table first.
/// </summary>
internal sealed class PipelineRunner(RunContext context)
{
    /// <param name="runId">The run; ignored when an attempt is resumed.</param>
    /// <param name="stopReading">Ends reading; what is in flight is still committed.</param>
    /// <returns>The result, also when the run failed after it had started.</returns>
    /// <exception cref="InputException">The input cannot be used.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    /// <exception cref="StagingException">The staging schema is not usable, or there is an unfinished attempt (see <see cref="RunSettings"/>).</exception>
    /// <exception cref="ConnectionSettingsException">The server has too few connections left.</exception>
    /// <exception cref="PipelineHeldException">Another run holds the pipeline.</exception>
    public async Task<PipelineResult> RunAsync(Guid runId, CancellationToken stopReading, CancellationToken abort)
    {
        RequireShareable();
        long started = context.Clock.GetTimestamp();
        using Activity? activity = ReconTrace.StartPipeline(context.Pipeline.Name);
        context.Metrics?.Runs.Started(context.Pipeline.Name);
        try
        {
            PipelineResult result = await RunAsync(runId, started, stopReading, abort);
            Tell(EndedRun.Of(result));
            return result;
        }
        catch (Exception failure)
        {
            Tell(EndedRun.Of(context.Pipeline.Name, runId, failure));
            throw;
        }

        void Tell(EndedRun ended) => ended.Tell(
            context.Metrics, context.Logger, activity, context.Clock.GetElapsedTime(started), context.Clock.GetUtcNow());
    }

    private async Task<PipelineResult> RunAsync(Guid runId, long started, CancellationToken stopReading, CancellationToken abort)
    {
        await using RunInput input = await OpenInputAsync(stopReading, abort);
        using IDisposable? reading = context.Metrics?.Runs.WatchInput(
            context.Pipeline.Name, () => input.Reader.BytesRead, input.Reader.TotalBytes);
        RunWatch watch = new(context, runId, input, started, stopReading);
        context.Progress?.Opened(watch);
        try
        {
            return await RunAsync(runId, input, watch, started, stopReading, abort);
        }
        finally
        {
            context.Progress?.Finished(watch);
        }
    }

    private async Task<PipelineResult> RunAsync(
        Guid runId, RunInput input, RunWatch watch, long started, CancellationToken stopReading, CancellationToken abort)
    {
        if (context.Request.Sink is { } sink)
        {
            await input.CheckedAsync(abort);
            return await new SinkRun(context, input, await OpenMirrorAsync(input, abort), sink, watch, started)
                .RunAsync(runId, stopReading, abort);
        }

        if (context.Sharing is not null && !context.ReadsStandardInput && !context.IsSharedOver(input))
        {
            context.Logger.FileNotShared(context.Pipeline.Name, input.FileNames[0]);
        }

        Lease lease = await context.OnControlAsync(context.StartRetry(), (control, token) => TakeAsync(control, runId, token), abort);
        Heartbeat? beating = null;
        try
        {
            if (context.Sharing is not null && await FindCompletedAsync(runId, abort) is { } completed)
            {
                context.Logger.CompletedBefore(context.Pipeline.Name, completed.RunId);
                return completed with { Elapsed = context.Clock.GetElapsedTime(started) };
            }

            await using Heartbeat heartbeat = beating = new Heartbeat(
                context.Sources, lease, context.Tuning.Lease, context.Clock, context.Logger, abort, watch);
            using IDisposable? alive = context.Metrics?.Runs.WatchHeartbeat(context.Pipeline.Name, () => heartbeat.Age);
            RerunChoice choice = new(context, input);
            MirrorSession mirror = await context.OnControlAsync(
                context.StartRetry(), (control, token) => PrepareAsync(control, input, lease, choice, token), heartbeat.Token);
            return await new ActiveRun(context, input, mirror, choice, heartbeat, watch, started).RunAsync(lease.Run, stopReading);
        }
        catch (OperationCanceledException) when (beating?.Lost is { } lost)
        {
            throw lost;
        }
        finally
        {
            await LeaseEnd.ReleaseAsync(context.Sources, lease, context.Tuning.Lease, context.Clock, context.Logger);
        }
    }

    /// <summary>
    /// Finds what a job made of the pipeline, whichever of its processes did: one may have published since another found that it is gone.
    /// While the pipeline's lease is this process's, no other can.
    /// </summary>
    /// <returns>The result, without how long it took; <see langword="null"/> while the job has not completed the pipeline.</returns>
    internal async Task<PipelineResult?> FindCompletedAsync(Guid job, CancellationToken cancellationToken)
        => (await context.OnControlAsync(
            context.StartRetry(),
            (control, token) => new JobStore(context.Tables).FindCompletedAsync(control, job, context.Pipeline.Name, token),
            cancellationToken))?.ResultOf(context.Pipeline.Name, TimeSpan.Zero);

    /// <summary>Reads and compares without writing anything.</summary>
    /// <param name="folds">Whether repeats are folded, as in a run; every record is kept in memory for that.</param>
    public async Task<DryRunResult> DryRunAsync(int samples, CancellationToken cancellationToken, bool folds = false)
    {
        if (context.Sharing is not null)
        {
            throw new StagingException("A dry run is not shared with workers: it writes nothing that they could share. Leave one out.");
        }

        long started = context.Clock.GetTimestamp();
        using Activity? activity = ReconTrace.StartPipeline(context.Pipeline.Name);
        await using var input = await RunInput.OpenAsync(context.Request, context.Pipeline, cancellationToken);
        RunWatch watch = new(context, Guid.Empty, input, started, cancellationToken, dryRun: true);
        context.Progress?.Opened(watch);
        try
        {
            return await DryRunAsync(input, watch, samples, folds, started, cancellationToken);
        }
        finally
        {
            context.Progress?.Finished(watch);
        }
    }

    private async Task<DryRunResult> DryRunAsync(
        RunInput input, RunWatch watch, int samples, bool folds, long started, CancellationToken cancellationToken)
    {
        MirrorSession mirror = await OpenMirrorAsync(input, cancellationToken);
        var collector = new SampleCollector(samples);
        DryRunClaims? claims = mirror.ClaimsMayMeet ? new DryRunClaims(context.Pipeline) : null;
        DryRunRepeats? repeats = folds ? new DryRunRepeats(mirror.Plan, mirror.Decided.Kept) : null;
        var compared = new CommittedBatches();
        ReconciliationGraph graph = BatchPath.Wire(
            context,
            input,
            mirror,
            new RecordDiffer(mirror.Plan),
            (batch, _) =>
            {
                compared.Add(batch);
                return ValueTask.CompletedTask;
            },
            observer: new DiffObservers(collector, (IDiffObserver?)repeats ?? claims));
        watch.Reads(graph, mirror, compared, phases: null);
        await graph.RunAsync(CancellationToken.None, cancellationToken);
        BatchCounts counts = compared.Counts;
        IReadOnlyList<Miss> misses = await MissReport.TellAsync(context, mirror, isWhole: true, cancellationToken);
        foreach (RecordVerdict staying in repeats?.Fold(counts) ?? [])
        {
            claims?.Add(staying);
        }

        claims?.Settle(counts);
        MirrorVerdict changes = await new MirrorJudge(context, mirror).JudgeAsync(cancellationToken);
        IReadOnlyList<ExceededGate> exceeded = [.. await new GateJudge(context, mirror).JudgeAsync(counts, cancellationToken), .. changes.Gates];
        TimeSpan elapsed = context.Clock.GetElapsedTime(started);
        IReadOnlyList<RunWarning> warned =
        [
            .. RunWarnings.Of(input, counts, mirror, exceeded, misses, changes.Warnings),
            .. RunWarnings.Of(new DecisionTally(0, counts.Remarks.GetValueOrDefault(RecordDecisions.RefusedRemark), 0), left: 0, context.Pipeline.Name),
            .. claims?.IsExceeded == true ? [new RunWarning(WarningKind.NotJudged, DryRunClaims.NotJudged)] : (RunWarning[])[],
        ];
        return new DryRunResult(
            context.Pipeline.Name,
            counts,
            [.. collector.Samples.Where(sample => claims?.Loses(sample) != true)],
            elapsed)
        {
            Blocks = graph.Blocks,
            Verdict = RunVerdict.Of(context, graph, started, elapsed, null),
            Warnings = [.. warned.Select(warning => warning.Text)],
            Warned = warned,
            Exceeded = exceeded,
            Findings = RunFindings.Of(counts, mirror),
            Misses = misses,
            Unmapped = UnmappedValue.Of(counts, mirror.Plan),
        };
    }

    // Workers are other processes: what this program brings is not there, and a part of the input needs none of them.
    private void RequireShareable()
    {
        if (context.Sharing is null)
        {
            return;
        }

        RunRequest request = context.Request;
        string? obstacle = request.IsPartial ? "a run with --limit or --ids is short enough for one process"
            : request.Source is not null ? "its records come from this program"
            : request.Lookups.Count > 0 ? "this program answers its lookups"
            : request.Sink is not null ? "its records go to this program"
            : request.Conversions.Count > 0 ? "this program converts values"
            : null;
        if (obstacle is not null)
        {
            throw new StagingException($"The run of '{context.Pipeline.Name}' cannot be shared with workers: {obstacle}. Run it without them.");
        }

        if (!context.ReadsStandardInput)
        {
            return;
        }

        if (context.Sharing.IsTakeOver)
        {
            throw new StagingException(
                $"The run of '{context.Pipeline.Name}' cannot be taken over: it reads the standard input of the process that began it. Run it again there.");
        }

        context.Logger.InputNotShared(context.Pipeline.Name);
    }

    // Without a lease: nothing is written.
    private async Task<MirrorSession> OpenMirrorAsync(RunInput input, CancellationToken cancellationToken)
        => context.Pipeline.Lookups.All(lookup => context.Request.Lookups.ContainsKey(lookup.Label))
            ? await MirrorSession.OpenAsync(context, null, input, cancellationToken)
            : await context.OnControlAsync(
                context.StartRetry(), (control, token) => MirrorSession.OpenAsync(context, control, input, token), cancellationToken);

    // The header of a silent pipe may never come; that of a file is there, and a run that was stopped is logged.
    private async Task<RunInput> OpenInputAsync(CancellationToken stopReading, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            abort, context.ReadsStandardInput ? stopReading : CancellationToken.None);
        return await RunInput.BeginAsync(context.Request, context.Pipeline, either.Token);
    }

    // The lease comes before everything that takes long or changes something. Each step can be repeated.
    private async Task<Lease> TakeAsync(NpgsqlConnection control, Guid runId, CancellationToken cancellationToken)
    {
        // Who takes over has the connections of a worker, which would be counted as others'.
        if (context.Sharing is not { IsTakeOver: true })
        {
            await ConnectionBudget.RequireAsync(control, context.Sources, context.Pipeline, cancellationToken);
        }

        await new StagingSchema(context.Tables).CreateAsync(control, [context.Pipeline], cancellationToken);
        return await Lease.TakeAsync(
            control,
            context.Sources.Control,
            context.Tables,
            context.Pipeline.Name,
            runId,
            RunHolder.Describe(),
            context.Tuning.Lease,
            context.Clock,
            cancellationToken,
            takenOverAt: context.Sharing is { IsTakeOver: true, TakenOverAt: var takenOverAt } ? takenOverAt : null);
    }

    // What a run needs besides its lease: the staging table's columns and the mirror, whose tables may be large.
    private async Task<MirrorSession> PrepareAsync(
        NpgsqlConnection control, RunInput input, Lease lease, RerunChoice choice, CancellationToken cancellationToken)
    {
        MirrorSession mirror = await MirrorSession.OpenAsync(
            context, control, input, cancellationToken, await DecidedAsync(control, lease, cancellationToken), choice: choice);
        await input.CheckedAsync(cancellationToken);
        await new StagingSchema(context.Tables).AlignAsync(control, context.Pipeline, lease.Run, cancellationToken);
        return mirror;
    }

    // The sample that tells how parents are written may be another one by now; a resumed attempt goes on as it began.
    private async Task<string?> DecidedAsync(
        NpgsqlConnection control, Lease lease, CancellationToken cancellationToken)
    {
        if (!context.Request.Resume && context.Sharing is not { IsTakeOver: true })
        {
            return null;
        }

        var log = new RunLog(context.Tables);
        return await log.FindUnfinishedAsync(control, context.Pipeline.Name, cancellationToken) is { } unfinished
            && context.RequestFor(unfinished, lease.Run).Resume
            ? await log.StrategiesAsync(control, lease.Run with { RunId = unfinished.RunId }, cancellationToken)
            : null;
    }
}
