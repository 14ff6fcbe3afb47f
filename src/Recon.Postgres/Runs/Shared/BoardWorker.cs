using Recon.Postgres.Runs.Live;

namespace Recon.Postgres.Runs.Shared;

/// <summary>A worker that has joined a run. Touched under the board's lock only.</summary>
/// <param name="joinedAt">As a timestamp of the clock.</param>
internal sealed class BoardWorker(WorkerCard card, long joinedAt)
{
    public WorkerCard Card => card;

    public long JoinedAt { get; } = joinedAt;

    /// <summary>The last sign of life, as a timestamp of the clock.</summary>
    public long SeenAt { get; set; } = joinedAt;

    /// <summary>Whether it has shown no sign of life for so long that its splits were given to others.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Splits that it has, or is about to get.</summary>
    public HashSet<OpenSplit> Held { get; } = [];

    /// <summary>Splits that were taken from it.</summary>
    public List<(OpenSplit Split, SplitMark Mark)> Revoked { get; } = [];

    public WorkerFigures? Figures { get; set; }

    public long SplitsDone { get; set; }

    /// <summary>Records of batches that it was the first to tell of.</summary>
    public long Records { get; set; }

    public ProgressHistory History { get; } = new();
}
