using Recon.Dataflow.Batches;

namespace Recon.Postgres.Staging;

/// <summary>The split of a batch was given to another worker: nothing of the batch was written, and nothing is wrong.</summary>
internal sealed class SplitTakenException(RecordBatch batch) : Exception($"Another worker has the split of {batch} now.");
