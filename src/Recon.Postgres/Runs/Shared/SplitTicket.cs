using Recon.Dataflow.Batches;

namespace Recon.Postgres.Runs.Shared;

/// <summary>The right to commit a part of the input: some batches in a row.</summary>
/// <param name="Split">Its number: that of the first batch that it had when it was cut. Of one that is handed out again, batches at the start may be missing.</param>
/// <param name="Epoch">Grows each time the split is handed out; batches of an earlier one do not commit.</param>
/// <param name="Batches">The batches, which lie in one file, one behind the other.</param>
internal sealed record SplitTicket(long Split, long Epoch, IReadOnlyList<SplitBatch> Batches);

/// <summary>A batch of a split.</summary>
/// <param name="Number">Its number in the whole input.</param>
/// <param name="Range">Where it lies.</param>
/// <param name="Suspects">Rows whose legacy id may have occurred before, by their index in the batch, in ascending order.</param>
internal sealed record SplitBatch(long Number, SourceRange Range, IReadOnlyList<int> Suspects);
