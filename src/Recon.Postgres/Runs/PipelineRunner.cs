using Npgsql;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// Runs one pipeline: opens the input, takes the lease, runs the graph, folds repeats, builds indexes and publishes.
/// Whatever breaks, readers see either the previous result or the whole new one.
/// </summary>
/// <param name="metrics">Told everything that is counted; <see langword="null"/> for nobody.</param>
/// <param name="tuning">Retries and times; the defaults when <see langword="null"/>.</param>
internal sealed class PipelineRunner(
    ReconDataSources sources,
    TimeProvider clock,
    ReconMetrics? metrics,
    IRunProgress progress,
    string toolVersion,
    RunTuning? tuning = null)
{
    private readonly RunTuning _tuning = (tuning ?? new RunTuning()).Reconnecting(sources);

    /// <summary>Runs a pipeline.</summary>
    /// <param name="runId">The run; ignored when an attempt is resumed.</param>
    /// <param name="stopReading">Ends reading; what is in flight is still committed.</param>
    /// <returns>The result, also when the run failed after it had started.</returns>
    /// <exception cref="InputException">The input cannot be used.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    /// <exception cref="StagingException">The staging schema is not usable, or an attempt is in the way.</exception>
    /// <exception cref="ConnectionSettingsException">The server has too few connections left.</exception>
    /// <exception cref="PipelineHeldException">Another run holds the pipeline.</exception>
    public async Task<PipelineResult> RunAsync(
        RunRequest request,
        ValidPipeline pipeline,
        Guid runId,
        CancellationToken stopReading,
        CancellationToken abort)
    {
        long started = clock.GetTimestamp();
        var tables = new StagingTables(request.Definition.Staging.Schema);
        await using RunInput input = await OpenInputAsync(request, pipeline, stopReading, abort);
        ResiliencePipeline retry = RetryPolicies.Reads(_tuning.Start, sources.Server, clock);
        await using var first = new FirstConnections(sources, tables, pipeline);
        Lease lease = await retry.ExecuteAsync(async token => await TakeAsync(pipeline, tables, runId, first, token), abort);
        var active = new ActiveRun(sources, tables, pipeline, clock, metrics, progress, _tuning);
        try
        {
            await using var heartbeat = Heartbeat.Start(sources.Control, lease, _tuning.Lease.Beat, clock, abort);
            MirrorSession mirror = await PrepareAsync(retry, pipeline, tables, input, lease, heartbeat);
            return await active.RunAsync(request, lease, input, mirror, toolVersion, started, heartbeat, stopReading);
        }
        finally
        {
            await LeaseEnd.ReleaseAsync(sources, lease, _tuning.Lease, clock, progress.Say);
        }
    }

    /// <summary>Reads and compares without writing anything.</summary>
    public async Task<DryRunResult> DryRunAsync(
        RunRequest request, ValidPipeline pipeline, int samples, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        await using var input = await RunInput.OpenAsync(request, pipeline, cancellationToken);
        MirrorSession mirror = await RetryPolicies.Reads(_tuning.Start, sources.Server, clock).ExecuteAsync(
            async token =>
            {
                await using NpgsqlConnection control = await sources.Control.OpenConnectionAsync(token);
                return await OpenMirrorAsync(control, pipeline, input, token);
            },
            cancellationToken);
        var differ = new RecordDiffer(mirror.Plan);
        var collector = new SampleCollector(samples);
        var counts = new BatchCounts();
        var gate = new Lock();
        var graph = new ReconciliationGraph(
            pipeline,
            new GraphStages(
                input.Reader.ReadAsync,
                mirror.Lookups,
                batch => differ.Diff(batch, collector),
                (batch, _) =>
                {
                    lock (gate)
                    {
                        counts.Add(batch.Counts);
                    }

                    return ValueTask.CompletedTask;
                }),
            clock,
            metrics);
        await graph.RunAsync(CancellationToken.None, cancellationToken);
        return new DryRunResult(pipeline.Name, counts, collector.Samples, clock.GetElapsedTime(started))
        {
            Warnings = RunWarnings.Of(input, counts, pipeline),
        };
    }

    // The header of a silent pipe may never come; that of a file is there, and a run that was stopped is logged.
    private static async Task<RunInput> OpenInputAsync(
        RunRequest request, ValidPipeline pipeline, CancellationToken stopReading, CancellationToken abort)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            abort, (request.Input ?? pipeline.Csv.Path) == "-" ? stopReading : CancellationToken.None);
        return await RunInput.OpenAsync(request, pipeline, either.Token);
    }

    // The lease comes before everything that takes long or changes something. Each step can be repeated.
    private async Task<Lease> TakeAsync(
        ValidPipeline pipeline, StagingTables tables, Guid runId, FirstConnections first, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection control = await sources.Control.OpenConnectionAsync(cancellationToken);
        if (!first.IsOpened)
        {
            // A connection that is being made would count as somebody else's.
            await ConnectionBudget.RequireAsync(control, sources, pipeline, cancellationToken);
        }

        await new StagingSchema(tables).CreateAsync(control, [pipeline], cancellationToken);
        first.Open();
        return await Lease.TakeAsync(
            control, sources.Control, tables, pipeline.Name, runId, RunHolder.Describe(), _tuning.Lease, clock, cancellationToken);
    }

    // What a run needs besides its lease: the staging table's columns and the mirror, whose tables may be large.
    private async Task<MirrorSession> PrepareAsync(
        ResiliencePipeline retry,
        ValidPipeline pipeline,
        StagingTables tables,
        RunInput input,
        Lease lease,
        Heartbeat heartbeat)
    {
        try
        {
            return await retry.ExecuteAsync(
                async token =>
                {
                    await using NpgsqlConnection control = await sources.Control.OpenConnectionAsync(token);
                    await new StagingSchema(tables).AlignAsync(control, pipeline, lease.Run, token);
                    return await OpenMirrorAsync(control, pipeline, input, token);
                },
                heartbeat.Token);
        }
        catch (OperationCanceledException) when (heartbeat.Lost is { } lost)
        {
            throw lost;
        }
    }

    private Task<MirrorSession> OpenMirrorAsync(
        NpgsqlConnection control, ValidPipeline pipeline, RunInput input, CancellationToken cancellationToken)
        => MirrorSession.OpenAsync(control, sources, pipeline, input, clock, metrics, progress, _tuning, cancellationToken);
}
