using Recon.Dataflow.Staging;

namespace Recon.Postgres.Staging;

/// <summary>Rows of a batch that one COPY sends.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="CopyText">The COPY.</param>
/// <param name="HasChanges">Whether the tuples hold changes.</param>
internal sealed record StagedLot(StagedRows Rows, string CopyText, bool HasChanges)
{
    /// <summary>The rows without those that PostgreSQL refused.</summary>
    public RefusedTuples Refused { get; } = new(Rows);
}

/// <summary>The rows of a batch, by the COPY that sends them.</summary>
/// <param name="all">One for each COPY.</param>
internal sealed class BatchLots(params IReadOnlyList<StagedLot> all)
{
    /// <summary>One for each COPY, in the order in which they are sent.</summary>
    public IReadOnlyList<StagedLot> All => all;

    /// <summary>The one that was sent last: a row that the server names is one of it.</summary>
    public StagedLot? Sending { get; set; }
}
