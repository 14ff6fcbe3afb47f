using System.Diagnostics;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Telemetry;

/// <summary>
/// The activity source <c>Recon</c>: a run holds its pipelines, a pipeline its batches and what comes after them, a batch what
/// its lookups, its comparison and its commit did. Tags name run, pipeline, block, batch number and rows; no value of a record,
/// no id of one, no path.
/// </summary>
/// <remarks>Without a listener nothing is made: starting an activity is then one look at a field.</remarks>
internal static class ReconTrace
{
    public const string SourceName = "Recon";

    /// <summary>The name of a batch's activity, and of the tag with its number. A sampler sees both.</summary>
    public const string Batch = "batch";

    private const string Pipeline = "pipeline";

    private static readonly ActivitySource s_source = new(SourceName);

    public static Activity? StartRun(Guid runId) => s_source.StartActivity("run")?.SetRun(runId);

    public static Activity? StartPipeline(string pipeline)
        => s_source.StartActivity(Pipeline)?.SetTag(Pipeline, pipeline);

    /// <summary>Starts the activity of something that a pipeline does when all is read, such as <c>indexing</c>.</summary>
    public static Activity? StartPhase(string pipeline, string phase)
        => s_source.StartActivity(phase)?.SetTag(Pipeline, pipeline);

    /// <summary>Tells which run it was; a resumed one is known only later.</summary>
    public static Activity SetRun(this Activity activity, Guid runId) => activity.SetTag("recon.run.id", runId.ToString());

    /// <summary>Starts the activity of a batch that was read; disposing the batch ends it.</summary>
    public static void StartBatch(RecordBatch batch, string pipeline)
    {
        if (!s_source.HasListeners())
        {
            return;
        }

        Activity? around = Activity.Current;
        batch.Trace = s_source.StartActivity(
            Batch, ActivityKind.Internal, default(ActivityContext), [new(Pipeline, pipeline), new(Batch, batch.Number), new("rows", batch.RowCount)]);

        // The next batch is not a part of this one.
        Activity.Current = around;
    }

    /// <summary>
    /// Starts the activity of a block's work on a batch: <c>lookup</c>, <c>diff</c> or <c>stage</c>. A worker has the context of
    /// whoever started it, so what it does from here on belongs to the batch, also where the block gets no activity of its own.
    /// </summary>
    public static Activity? StartBlock(BlockStats block, RecordBatch batch)
    {
        if (batch.Trace is null)
        {
            return null;
        }

        Activity.Current = batch.Trace;
        return s_source.StartActivity(block.Kind)?
            .SetTag(Pipeline, block.Pipeline).SetTag("block", block.Name).SetTag(Batch, batch.Number).SetTag("rows", batch.RowCount);
    }
}
