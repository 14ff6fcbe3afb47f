using Recon.Dataflow.Batches;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

internal sealed class CacheBudgetException(string message) : Exception(message);

/// <summary>Takes the rows of a mirror table, within a budget. Not thread-safe.</summary>
/// <param name="budget">Most bytes that the table may take.</param>
internal sealed class CachedTableBuilder(IReadOnlyList<MirrorColumn> columns, long budget, string table)
{
    private readonly PackedRows _rows = new(columns.Count);
    private readonly List<ulong> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Bytes that the table takes, its index included, which is built last.</summary>
    public long Bytes => _rows.Bytes + RowIndex.BytesFor(Count);

    /// <param name="values">Where they stand, one for each column.</param>
    /// <exception cref="CacheBudgetException">It does not fit into the budget.</exception>
    public void Add(ReadOnlySpan<byte> key, long id, ReadOnlySpan<byte> buffer, ReadOnlySpan<FieldPlace> values)
    {
        _entries.Add(RowIndex.Entry(RowIndex.HashOf(key), _rows.Add(id, key, buffer, values)));
        if (Bytes > budget || _rows.Bytes > PackedRows.AddressableBytes)
        {
            throw new CacheBudgetException(
                $"{table} does not fit into {budget / 1_048_576} MiB. Raise \"cacheBytes\" of the lookup, or use the strategy \"any\".");
        }
    }

    public CachedTable Build() => new(columns, _rows, new RowIndex(_entries), Count);
}
