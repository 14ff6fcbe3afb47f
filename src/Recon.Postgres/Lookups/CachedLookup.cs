using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;

namespace Recon.Postgres.Lookups;

/// <summary>A lookup that reads its table once, by binary COPY, and then answers from memory.</summary>
internal sealed class CachedLookup(
    ValidLookup definition,
    CachedTable table,
    LookupQuery query,
    KeySelector select,
    TimeProvider clock,
    LookupMeter meter) : ILookup
{
    public ValidLookup Definition => definition;

    public IReadOnlyList<MirrorColumn> Columns => query.Columns;

    public int Count => table.Count;

    /// <exception cref="CacheBudgetException">It does not fit into the lookup's budget.</exception>
    public static async Task<CachedLookup> LoadAsync(
        ValidLookup definition,
        LookupQuery query,
        KeySelector select,
        NpgsqlDataSource source,
        string table,
        TimeProvider clock,
        LookupMeter meter,
        CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        var loader = new CacheLoader(query, definition.CacheBytes, table, definition.Id);
        NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync(query.Copy.Text, cancellationToken);
        CachedTable rows;
        try
        {
            rows = await loader.ReadAsync(copy, cancellationToken);
        }
        catch
        {
            // The rest of the table is not needed: the connection is given up rather than drained.
            await copy.CancelAsync();
            throw;
        }

        await copy.DisposeAsync();
        return new CachedLookup(definition, rows, query, select, clock, meter);
    }

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
