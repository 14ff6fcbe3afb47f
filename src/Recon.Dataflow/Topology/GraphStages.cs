using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Dataflow.Topology;

/// <summary>What the blocks of a graph do; the definition says how many of it at a time.</summary>
/// <param name="Read">Reads the next batch; <see langword="null"/> at the end of the input. Is given whom to tell of waiting.</param>
/// <param name="Lookups">The lookups, in the order of the definition.</param>
/// <param name="Diff">Compares a batch and encodes what is staged.</param>
/// <param name="Stage">Commits a batch (or shows it, in a dry run). The graph disposes the batch afterwards.</param>
internal sealed record GraphStages(
    Func<IWaits, CancellationToken, ValueTask<RecordBatch?>> Read,
    IReadOnlyList<ILookup> Lookups,
    Action<RecordBatch> Diff,
    Func<RecordBatch, CancellationToken, ValueTask> Stage);
