using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>One lookup block's question to the mirror. Thread-safe: several batches ask at the same time.</summary>
internal interface ILookup
{
    /// <summary>The block's definition.</summary>
    ValidLookup Definition { get; }

    /// <summary>The mirror columns that the answers' rows hold.</summary>
    IReadOnlyList<MirrorColumn> Columns { get; }

    /// <summary>Finds the mirror rows of a batch.</summary>
    /// <returns>The answer; the batch becomes its owner.</returns>
    ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken);
}
