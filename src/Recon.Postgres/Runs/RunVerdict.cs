using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;

namespace Recon.Postgres.Runs;

/// <summary>Judges what limited a run, from its graph and the times around it.</summary>
internal static class RunVerdict
{
    /// <param name="started">When the run began, as a timestamp of the context's clock.</param>
    /// <param name="longestEnding">The phase after the last batch that took longest.</param>
    public static Verdict Of(RunContext context, IBatchGraph graph, long started, TimeSpan elapsed, string? longestEnding)
    {
        TimeSpan streaming = graph.Times.Window;
        TimeSpan opening = streaming > TimeSpan.Zero ? context.Clock.GetElapsedTime(started, graph.Times.StartedAt) : TimeSpan.Zero;
        var parts = new RunParts(opening, streaming, elapsed - opening - streaming, longestEnding) { Paused = graph.Paused };
        return Verdict.Of(context.Pipeline, graph.Blocks, parts, graph.Processors);
    }
}
