using System.Data;
using Npgsql;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>A lookup that asks one <c>= any(@ids)</c> query per batch.</summary>
internal sealed class QueryLookup(
    ValidLookup definition,
    SqlTable table,
    LookupQuery query,
    KeySelector select,
    NpgsqlDataSource source,
    ResiliencePipeline retry,
    TimeProvider clock,
    LookupMeter meter) : ILookup
{
    public ValidLookup Definition => definition;

    public LookupMeter Meter => meter;

    public IReadOnlyList<MirrorColumn> Columns => query.Columns;

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        using var keys = new BatchKeys(batch.RowCount);
        select(batch, keys);
        return await FindAsync(keys, batch.Waits, cancellationToken);
    }

    /// <summary>Finds the mirror rows of keys.</summary>
    /// <param name="waits">Is told from when to when the server is waited for.</param>
    /// <returns>The answer, with candidates for the rows of <paramref name="keys"/>.</returns>
    internal async ValueTask<LookupAnswer> FindAsync(BatchKeys keys, IWaits waits, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        (byte[] bytes, int length) = keys.Count == 0 ? (PooledArray.Rent(1), 0) : await AskAsync(keys, waits, cancellationToken);
        TimeSpan elapsed = clock.GetElapsedTime(started);
        LookupAnswer answer = RecordSendReader.Read(query, table.Display, definition.Id, bytes, length, keys);
        meter.Answered(keys.Count, answer.FoundKeys, elapsed);
        return answer;
    }

    /// <summary>Counts keys for which nobody had to be asked.</summary>
    internal void Remembered(int keys) => meter.Remembered(keys);

    private async Task<(byte[] Bytes, int Length)> AskAsync(BatchKeys keys, IWaits waits, CancellationToken cancellationToken)
    {
        // Sorting the keys is work, and the first question's only: what is asked again waits all the while.
        NpgsqlParameter? first = query.Keys.Parameter(keys);
        using (new WaitScope(waits, WaitFor.Answer))
        {
            return await retry.ExecuteAsync(
                async token =>
                {
                    NpgsqlParameter parameter = first ?? query.Keys.Parameter(keys);
                    first = null;
                    return await AskAsync(parameter, token);
                },
                cancellationToken);
        }
    }

    private async Task<(byte[] Bytes, int Length)> AskAsync(NpgsqlParameter keys, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = query.Text.On(source, [keys, .. query.Filters.Select(SqlValue.Of)]);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(
            CommandBehavior.SequentialAccess | CommandBehavior.SingleRow, cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || await reader.IsDBNullAsync(0, cancellationToken))
        {
            return (PooledArray.Rent(1), 0);
        }

        await using Stream stream = await reader.GetStreamAsync(0, cancellationToken);
        int length = checked((int)stream.Length);
        byte[] bytes = PooledArray.Rent(Math.Max(length, 1));
        await stream.ReadExactlyAsync(bytes.AsMemory(0, length), cancellationToken);
        return (bytes, length);
    }
}
