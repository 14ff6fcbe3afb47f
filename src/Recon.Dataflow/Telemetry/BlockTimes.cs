namespace Recon.Dataflow.Telemetry;

/// <summary>Where the time of a block's workers went. The first four add up to it, tick by tick.</summary>
/// <param name="Busy">They computed, or had a batch and no processor.</param>
/// <param name="Waiting">They waited for an answer, such as one of the server.</param>
/// <param name="Idle">There was no batch to take.</param>
/// <param name="Blocked">A finished batch waited for room in the next block.</param>
/// <param name="Committing">The part of <paramref name="Waiting"/> that was for COMMIT.</param>
internal readonly record struct BlockTimes(TimeSpan Busy, TimeSpan Waiting, TimeSpan Idle, TimeSpan Blocked, TimeSpan Committing)
{
    public TimeSpan All => Working + Idle + Blocked;

    public TimeSpan Working => Busy + Waiting;

    /// <summary>The share of the time in which the block kept the others waiting, and not they it: 0 to 1.</summary>
    public double Load => All > TimeSpan.Zero ? Working / All : 0;

    public BlockTimes Plus(BlockTimes other) => new(
        Busy + other.Busy, Waiting + other.Waiting, Idle + other.Idle, Blocked + other.Blocked, Committing + other.Committing);
}
