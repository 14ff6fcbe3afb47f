using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Diff;

/// <summary>What some rows add to the counts of their batches: the same each.</summary>
internal sealed class CountKind(BatchCounts counts)
{
    public BatchCounts Counts => counts;

    /// <summary>The same as whoever keeps it writes it; <see langword="null"/> until then.</summary>
    public byte[]? Written { get; set; }

    /// <summary>The hash of that.</summary>
    public ulong Hash { get; set; }

    /// <summary>The batch that met it last, and its place among the kinds of that batch. For whoever writes them.</summary>
    public object? Batch { get; set; }

    /// <inheritdoc cref="Batch"/>
    public int Place { get; set; }
}
