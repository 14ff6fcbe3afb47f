namespace Recon.Dataflow.Telemetry;

/// <summary>Finds the block that the others wait for.</summary>
internal static class Bottleneck
{
    /// <param name="elapsed">How long the graph has been running.</param>
    /// <returns>The block with the highest <see cref="BlockStats.Utilisation"/>; <see langword="null"/> when none has finished a batch.</returns>
    public static BlockStats? Of(IReadOnlyList<BlockStats> blocks, TimeSpan elapsed)
        => blocks.MaxBy(block => block.Utilisation(elapsed)) is { Batches: > 0 } busiest ? busiest : null;
}
