using System.Buffers;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A parent lookup that asks for each parent once: many records have the same parents, and a HubSpot id is all that is
/// wanted of one. What was found, or not found, is kept within a budget; beyond it, batches ask again.
/// </summary>
internal sealed class RememberingLookup(QueryLookup any, KeySelector select, RememberedIds remembered) : ILookup
{
    public ValidLookup Definition => any.Definition;

    public IReadOnlyList<MirrorColumn> Columns => any.Columns;

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        using var keys = new BatchKeys(batch.RowCount);
        select(batch, keys);

        // A row of this question is a key of the batch.
        using var unknown = new BatchKeys(keys.Count);
        int[] held = ArrayPool<int>.Shared.Rent(Math.Max(keys.Count, 1));
        remembered.Find(keys, held, unknown);
        any.Remembered(keys.Count - unknown.Count);
        using LookupAnswer? found = unknown.Count == 0 ? null : await any.FindAsync(unknown, batch.Waits, cancellationToken);
        LookupAnswer answer = remembered.Answer(keys, held, found);
        ArrayPool<int>.Shared.Return(held);
        return answer;
    }
}
