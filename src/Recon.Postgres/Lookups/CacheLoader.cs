using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

/// <summary>Reads a mirror table by binary COPY into a <see cref="CachedTable"/>, within a budget.</summary>
/// <param name="budget">Most bytes of memory that the table may take.</param>
/// <param name="idColumn">The column of the HubSpot id, for messages.</param>
/// <param name="expected">About how many rows the table has; 0 where nobody knows.</param>
/// <param name="folder">Where rows may go to a file; <see langword="null"/> for nowhere.</param>
internal sealed class CacheLoader(LookupQuery query, long budget, string table, string idColumn, double expected = 0, string? folder = null)
    : IDisposable
{
    private const int HeaderLength = 19;

    // Key and HubSpot id come before the columns.
    private const int FieldsBefore = 2;

    // A read gives one row, however much would fit.
    private const int WindowBytes = 64 * 1024;

    private readonly Utf8Scratch _scratch = new();
    private readonly CopyTuple _tuple = new(FieldsBefore + query.Columns.Count);
    private readonly CachedTableBuilder _rows = new(query.Columns, budget, table, expected, folder);

    /// <exception cref="CacheBudgetException">The table is larger than the budget.</exception>
    /// <exception cref="MirrorException">An id is null or not an integer.</exception>
    public async Task<CachedTable> ReadAsync(Stream copy, CancellationToken cancellationToken)
    {
        byte[] window = new byte[WindowBytes];
        int used = 0;
        int at = HeaderLength;
        while (true)
        {
            int read = await copy.ReadAsync(window.AsMemory(used), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException($"The COPY of {table} ended before its trailer.");
            }

            used += read;
            if (used < at)
            {
                continue;
            }

            if (!AddAll(window.AsSpan(0, used), ref at))
            {
                return _rows.Build();
            }

            window.AsSpan(at, used - at).CopyTo(window);
            used -= at;
            at = 0;
            if (used == window.Length)
            {
                if (window.Length > Math.Max(budget, WindowBytes))
                {
                    throw new CacheBudgetException(
                        $"A row of {table} alone does not fit into {budget / 1_048_576} MiB. Raise \"cacheBytes\" of the lookup, or use the strategy \"any\".");
                }

                Array.Resize(ref window, checked(window.Length * 2));
            }
        }
    }

    /// <summary>Gives up what was read; not for a table that was handed on.</summary>
    public void Dispose() => _rows.Dispose();

    // Whether more is to come.
    private bool AddAll(ReadOnlySpan<byte> window, ref int at)
    {
        int length;
        while ((length = _tuple.Read(window[at..])) > 0)
        {
            Add(window.Slice(at, length));
            at += length;
        }

        return length == 0;
    }

    private void Add(ReadOnlySpan<byte> tuple)
    {
        ReadOnlySpan<FieldPlace> fields = _tuple.Fields;
        _scratch.Reset();
        ReadOnlySpan<byte> text = query.Keys.Read(MirrorText.Read(fields[0].Of(tuple), query.Keys.KeyType, _scratch), _scratch);
        if (!text.IsEmpty)
        {
            // No record asks for an empty key, and a mirror may hold millions of them.
            long id = HubspotIdReader.Read(fields[1].Of(tuple), query.IdType, _scratch)
                ?? throw MirrorException.BadId(table, idColumn);
            _rows.Add(text, id, tuple, fields[FieldsBefore..]);
        }
    }
}
