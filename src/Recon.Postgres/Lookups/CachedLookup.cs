using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>A lookup that reads its table once, by binary COPY, and then answers from memory.</summary>
internal sealed class CachedLookup(
    ValidLookup definition,
    CachedTable table,
    LookupQuery query,
    KeySelector select,
    TimeProvider clock,
    LookupMeter meter) : ILookup, IDisposable
{
    public ValidLookup Definition => definition;

    public IReadOnlyList<MirrorColumn> Columns => query.Columns;

    public int Count => table.Count;

    /// <summary>Bytes of its values that are in a file.</summary>
    public long FileBytes => table.FileBytes;

    /// <exception cref="CacheBudgetException">It does not fit into the lookup's budget.</exception>
    public static async Task<CachedLookup> LoadAsync(
        ValidLookup definition,
        LookupQuery query,
        KeySelector select,
        NpgsqlDataSource source,
        MirrorTable table,
        TimeProvider clock,
        LookupMeter meter,
        CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
#pragma warning disable CA2000 // The table owns what the loader holds, the lookup owns the table; what fails is let go below.
        var loader = new CacheLoader(
            query, definition.CacheBytes, table.Table.Display, definition.Id, Math.Max(table.EstimatedRows, 0), Folder(query, definition, table));
        NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync(query.Copy.Text, cancellationToken);
        CachedTable rows;
        try
        {
            rows = await loader.ReadAsync(copy, cancellationToken);
#pragma warning restore CA2000
        }
        catch
        {
            // The rest of the table is not needed: the connection is given up rather than drained.
            loader.Dispose();
            await copy.CancelAsync();
            throw;
        }

        await copy.DisposeAsync();
        return new CachedLookup(definition, rows, query, select, clock, meter);
    }

    public void Dispose() => table.Dispose();

    // Rows of parents are only keys, and each batch asks for them from all over the table. A view has no size.
    private static string? Folder(LookupQuery query, ValidLookup definition, MirrorTable table)
        => query.Columns.Count > 0 && (table.Bytes == 0 || table.Bytes > definition.CacheBytes / 8) && SpillFile.HasRoomFor(table.Bytes) ? SpillFile.Folder : null;

    public ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        using var keys = new BatchKeys(batch.RowCount);
        select(batch, keys);
#pragma warning disable CA2000 // The batch owns the answer.
        LookupAnswer answer = table.Find(keys);
#pragma warning restore CA2000
        meter.AnsweredFromCache(keys.Count, clock.GetElapsedTime(started));
        return ValueTask.FromResult(answer);
    }
}
