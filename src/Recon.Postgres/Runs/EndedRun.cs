using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs.Gates;

namespace Recon.Postgres.Runs;

/// <summary>How a run ended, for metrics, log and trace: by words of fixed lists, as messages may hold paths and values.</summary>
/// <param name="Outcome"><c>completed</c>, <c>refused</c> (by gates), <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Cause">The gates that refused it, the SQLSTATE or the type of the failure.</param>
internal sealed record EndedRun(string Pipeline, Guid RunId, string Outcome, string? Cause, BatchCounts? Counts)
{
    public static EndedRun Of(PipelineResult result) => result.Outcome switch
    {
        RunOutcome.Completed => new(result.Pipeline, result.RunId, RunMetrics.Completed, null, result.Counts),
        RunOutcome.Cancelled => new(result.Pipeline, result.RunId, "cancelled", null, result.Counts),
        _ => Of(result.Pipeline, result.RunId, result.Fault!) with { Counts = result.Counts },
    };

    /// <summary>A run that ended by an exception, such as one that could not begin.</summary>
    public static EndedRun Of(string pipeline, Guid runId, Exception failure) => failure switch
    {
        OperationCanceledException => new(pipeline, runId, "cancelled", null, null),
        GateException refused => new(pipeline, runId, "refused", string.Join(' ', ExceededGate.NamesOf(refused.Gates)), null),
        GraphFaultException { InnerException: { } cause and not OperationCanceledException } => Of(pipeline, runId, cause),
        PostgresException { SqlState: { } state } => new(pipeline, runId, "failed", state, null),
        _ => new(pipeline, runId, "failed", failure.GetType().Name, null),
    };

    public void Tell(ReconMetrics? metrics, ILogger logger, Activity? activity, TimeSpan elapsed, DateTimeOffset now)
    {
        metrics?.Runs.Ended(Pipeline, Outcome, elapsed, Counts, now);
        BatchCounts counts = Counts ?? new BatchCounts();
        if (Outcome == RunMetrics.Completed)
        {
            logger.RunCompleted(Pipeline, RunId, elapsed.TotalSeconds, counts.Read, counts.Staged, counts.WithChanges, counts.Rejected);
        }
        else
        {
            logger.RunNotCompleted(
                Outcome == "cancelled" ? LogLevel.Warning : LogLevel.Error,
                Pipeline, RunId, Outcome, elapsed.TotalSeconds, Cause ?? "a signal", counts.Read, counts.Rejected);
        }

        activity?.SetRun(RunId).SetTag("outcome", Outcome);
        if (Cause is not null)
        {
            activity?.SetTag("error.type", Cause).SetStatus(ActivityStatusCode.Error);
        }
    }
}
