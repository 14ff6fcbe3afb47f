using Recon.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Live;

namespace Recon.Postgres.Runs;

/// <summary>A run whose records go to a sink of the hosting program: nothing is staged, logged or published.</summary>
internal sealed class SinkRun(RunContext context, RunInput input, MirrorSession mirror, IRecordSink sink, RunWatch watch, long started)
{
    private readonly CommittedBatches _taken = new();
    private IReadOnlyList<Miss> _misses = [];

    public async Task<PipelineResult> RunAsync(Guid runId, CancellationToken stopReading, CancellationToken abort)
    {
        ReconciliationGraph graph = BatchPath.Wire(
            context, input, mirror, new RecordDiffer(mirror.Plan, () => new RecordEncoder(mirror.Plan)), TakeAsync);
        watch.Reads(graph, mirror, _taken, phases: null);
        context.Progress?.Started(watch);
        context.Logger.RunBegan(context.Pipeline.Name, runId);
        try
        {
            bool complete = await graph.RunAsync(stopReading, abort);
            _misses = complete ? await MissReport.TellAsync(context, mirror, isWhole: true, abort) : [];
            if (!complete)
            {
                return Result(RunOutcome.Cancelled, null, []);
            }

            MirrorVerdict changes = await new MirrorJudge(context, mirror).JudgeAsync(abort);
            return Result(
                RunOutcome.Completed,
                null,
                [.. await new GateJudge(context, mirror).JudgeAsync(_taken.Counts, abort), .. changes.Gates],
                changes.Warnings);
        }
        catch (OperationCanceledException)
        {
            return Result(RunOutcome.Cancelled, null, []);
        }
#pragma warning disable CA1031 // As for a staged run, the exception is handed on in the result.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Result(RunOutcome.Failed, exception, []);
        }

        PipelineResult Result(RunOutcome outcome, Exception? fault, IReadOnlyList<ExceededGate> exceeded, IReadOnlyList<string>? changes = null)
        {
            BatchCounts counts = _taken.Counts;
            TimeSpan elapsed = context.Clock.GetElapsedTime(started);
            Verdict verdict = RunVerdict.Of(context, graph, started, elapsed, null);
            return new PipelineResult(
                context.Pipeline.Name,
                runId,
                outcome,
                counts,
                elapsed,
                graph.Blocks,
                verdict.Block,
                graph.MostResidentBatches,
                !context.Request.PublishAnyway && exceeded.Any(gate => gate.Name == "maxRejects"),
                [.. RunWarnings.Of(input, counts, mirror, exceeded, _misses, changes ?? []).Select(warning => warning.Text)],
                fault,
                Resumable: false)
            {
                Exceeded = exceeded,
                Findings = RunFindings.Of(counts, mirror),
                Verdict = verdict,
            };
        }
    }

    private async ValueTask TakeAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        IReadOnlyList<ReconciledRecord> records = batch.Staged is CollectedRecords collected ? collected.Items : [];
        using (new WaitScope(batch.Waits, WaitFor.Answer))
        {
            await sink.WriteAsync(new ReconciledBatch(context.Pipeline.Name, batch.Number, records), cancellationToken);
        }

        _taken.Add(batch);
        context.Metrics?.Committed(context.Pipeline.Name, batch.Counts);
    }
}
