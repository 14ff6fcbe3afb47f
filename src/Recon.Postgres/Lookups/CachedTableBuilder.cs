using Recon.Dataflow.Batches;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

internal sealed class CacheBudgetException(string message) : Exception(message);

/// <summary>Takes the rows of a mirror table, within a budget. Not thread-safe.</summary>
/// <param name="budget">Most bytes of memory that the table may take.</param>
/// <param name="expected">About how many rows there will be; 0 where nobody knows.</param>
/// <param name="folder">
/// Where rows go to a file, so that an eighth of the budget holds rows and the rest is for the index; <see langword="null"/> for
/// nowhere. Reading a batch's rows back takes no time that shows, as they are mostly beside each other.
/// </param>
internal sealed class CachedTableBuilder(
    IReadOnlyList<MirrorColumn> columns, long budget, string table, double expected = 0, string? folder = null) : IDisposable
{
    private readonly PackedRows _rows = new(columns.Count, RowBudget(budget, folder));
    private string? _folder = folder;
    private string _whyNoFile = "";

    // A list that grows takes three times its size for a while. Statistics are a little old.
    private readonly List<ulong> _entries = new((int)Math.Min(expected * 1.02, Math.Min(budget, int.MaxValue) / sizeof(ulong)));

    public int Count => _entries.Count;

    /// <summary>Bytes of memory that the table takes, its index included, which is built last.</summary>
    public long Bytes => _rows.Bytes + RowIndex.BytesFor(Count);

    /// <param name="values">Where they stand, one for each column.</param>
    /// <exception cref="CacheBudgetException">It does not fit into the budget.</exception>
    public void Add(ReadOnlySpan<byte> key, long id, ReadOnlySpan<byte> buffer, ReadOnlySpan<FieldPlace> values)
    {
        _entries.Add(RowIndex.Entry(RowIndex.HashOf(key), _rows.Add(id, key, buffer, values)));
        if (IsOver || _rows.IsFull)
        {
            MakeRoom();
        }
    }

    public CachedTable Build()
    {
        _rows.Complete();
        return new(columns, _rows, new RowIndex(_entries), Count);
    }

    public void Dispose() => _rows.Dispose();

    private bool IsOver => Bytes > budget || _rows.Bytes > RowBudget(budget, _folder);

    private void MakeRoom()
    {
        try
        {
            bool moved = true;
            while (moved && IsOver)
            {
                moved = _folder is not null && _rows.Spill(_folder);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Then as much as fits is in memory.
            _folder = null;
            _whyNoFile = $" The folder for temporary files takes no more: {failure.Message}";
        }

        if (Bytes > budget || _rows.IsFull)
        {
            throw new CacheBudgetException(
                $"{table} does not fit into {budget / 1_048_576} MiB. Raise \"cacheBytes\" of the lookup, or use the strategy \"any\".{_whyNoFile}");
        }
    }

    private static long RowBudget(long budget, string? folder) => folder is null ? budget : budget / 8;
}
