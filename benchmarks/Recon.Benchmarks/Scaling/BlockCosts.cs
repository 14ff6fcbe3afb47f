using Recon.Dataflow.Definition;

namespace Recon.Benchmarks.Scaling;

/// <summary>
/// What a record takes in each block when a core is free for it, in microseconds, and what that lets a pipeline do: the block
/// that takes longest for a batch, over the batches that it works on at a time, decides.
/// </summary>
/// <param name="Read">Reading and cutting the file; always one at a time.</param>
/// <param name="Match">The match lookup, its server's part included.</param>
/// <param name="Parent">Each other lookup.</param>
/// <param name="Diff">Comparing and encoding.</param>
/// <param name="Stage">The transaction of a batch, its server's part included.</param>
internal sealed record BlockCosts(double Read, double Match, double Parent, double Diff, double Stage)
{
    /// <summary>As measured for docs/tuning.md: communications, strategy <c>any</c>.</summary>
    public static BlockCosts Measured { get; } = new(Read: 1.0, Match: 3.0, Parent: 0.55, Diff: 1.35, Stage: 5.5);

    /// <summary>What a record takes in a lookup.</summary>
    public double Of(ValidLookup lookup) => lookup.Role == LookupRole.Match ? Match : Parent;

    /// <summary>Records a second that a pipeline can move, as long as there are cores for all of it.</summary>
    public double RecordsPerSecond(ValidPipeline pipeline) => 1e6 / Slowest(pipeline).Microseconds;

    /// <summary>The block that decides.</summary>
    public string Limit(ValidPipeline pipeline) => Slowest(pipeline).Block;

    private (string Block, double Microseconds) Slowest(ValidPipeline pipeline) => pipeline.Lookups
        .Select(lookup => (lookup.Label, Of(lookup) / lookup.Parallelism))
        .Concat([("csv", Read), ("diff", Diff / pipeline.Diff.Parallelism), ("stage", Stage / pipeline.Stage.Writers)])
        .MaxBy(block => block.Item2);
}
