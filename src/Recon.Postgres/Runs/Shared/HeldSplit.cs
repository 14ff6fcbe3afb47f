namespace Recon.Postgres.Runs.Shared;

/// <summary>A split that a worker has, and how far it is with it. Guarded by its feed.</summary>
internal sealed class HeldSplit(SplitTicket ticket)
{
    public SplitMark Mark { get; } = new(ticket.Split, ticket.Epoch);

    /// <summary>The next batch to read.</summary>
    public int Next { get; set; }

    /// <summary>Batches that are not committed.</summary>
    public int Uncommitted { get; set; } = ticket.Batches.Count;

    /// <summary>Whether another worker has it now.</summary>
    public bool IsLost { get; set; }

    public IReadOnlyList<SplitBatch> Batches => ticket.Batches;

    public bool IsRead => IsLost || Next == Batches.Count;
}
