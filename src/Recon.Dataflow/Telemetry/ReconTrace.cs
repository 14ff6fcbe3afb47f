using System.Diagnostics;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Telemetry;

/// <summary>
/// The activity source <c>Recon</c>: a run holds its pipelines, a pipeline its batches, a batch what its lookups, its
/// comparison and its commit did. Tags name pipeline, block, batch number and rows; no value of a record, no id, no path.
/// </summary>
/// <remarks>Without a listener nothing is made: starting an activity is then one look at a field.</remarks>
internal static class ReconTrace
{
    public const string SourceName = "Recon";

    private static readonly ActivitySource s_source = new(SourceName);

    public static Activity? StartRun() => s_source.StartActivity("run");

    public static Activity? StartPipeline(string pipeline)
        => s_source.StartActivity("pipeline")?.SetTag("pipeline", pipeline);

    /// <summary>Starts the activity of a batch that was read; disposing the batch ends it.</summary>
    public static void StartBatch(RecordBatch batch, string pipeline)
    {
        Activity? around = Activity.Current;
        batch.Trace = s_source.StartActivity("batch")?
            .SetTag("pipeline", pipeline).SetTag("batch", batch.Number).SetTag("rows", batch.RowCount);

        // The next batch is not a part of this one.
        Activity.Current = around;
    }

    /// <summary>Starts the activity of a block's work on a batch: <c>lookup</c>, <c>diff</c> or <c>stage</c>.</summary>
    public static Activity? StartBlock(BlockStats block, RecordBatch batch)
        => batch.Trace is not { } parent ? null : s_source
            .StartActivity(block.Kind, ActivityKind.Internal, parent.Context)?
            .SetTag("pipeline", block.Pipeline).SetTag("block", block.Name)
            .SetTag("batch", batch.Number).SetTag("rows", batch.RowCount);
}
