using Recon.Dataflow.Batches;

namespace Recon.Postgres.Runs.Gates;

/// <summary>The result that a run's would replace.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Counts">What its run counted; nothing where the log does not know it.</param>
internal sealed record FormerResult(long Rows, BatchCounts Counts)
{
    /// <summary>When its run began; <see langword="null"/> where the log does not know it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public static FormerResult None { get; } = new(0, new BatchCounts());
}
