using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Diff;

/// <summary>Commits batches. Thread-safe: several batches are written at the same time.</summary>
internal interface IStagingWriter
{
    /// <summary>
    /// Commits a batch's ledger entry, rows and rejects in one transaction. A batch that is already in the ledger is
    /// left as it is.
    /// </summary>
    /// <param name="batch">The batch. Its counts and rejects may change: a row that PostgreSQL refuses becomes a reject.</param>
    /// <returns>Whether the batch was written now; <see langword="false"/> when it had been applied before.</returns>
    ValueTask<bool> WriteAsync(RecordBatch batch, CancellationToken cancellationToken);
}
