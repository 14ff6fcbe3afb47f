using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <param name="Copy">The COPY that sends the rows.</param>
internal sealed record StagedLot(BinaryCopyBuffer Rows, string Copy)
{
    /// <summary>The rows without those that PostgreSQL refused.</summary>
    public RefusedTuples Refused { get; } = new(Rows);
}

/// <summary>The rows of a batch, by the COPY that sends them.</summary>
internal sealed class BatchLots(params IReadOnlyList<StagedLot> all)
{
    /// <summary>One for each COPY, in the order in which they are sent.</summary>
    public IReadOnlyList<StagedLot> All => all;

    /// <summary>The one that is being sent: a row that the server refuses is one of it.</summary>
    public StagedLot? Sending { get; set; }
}
