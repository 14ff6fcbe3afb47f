using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs;

/// <summary>
/// Opens the first connections of lookups and writers, and asks and writes nothing over them, beside what a run does
/// before it needs them: the lease, the catalog, the attempt. What fails here is left to the real use, which tries again
/// and tells. Disposing it gives up.
/// </summary>
internal sealed class FirstConnections(ReconDataSources sources, StagingTables tables, ValidPipeline pipeline) : IAsyncDisposable
{
    // A connection that is being made notices a cancellation at once, unless its server is silent: then it ends, unheard,
    // when the time for connecting is over.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _end = new();
    private Task? _opening;

    /// <summary>Whether it has begun.</summary>
    public bool IsOpened => _opening is not null;

    /// <summary>Begins, unless that was done. The connections are two of those that the run is going to use.</summary>
    public void Open() => _opening ??= Task.WhenAll(QuietlyAsync(AskAsync), QuietlyAsync(WriteAsync));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_opening is not null)
        {
            await Task.WhenAny(_opening, Task.Delay(s_grace, TimeProvider.System, CancellationToken.None));
        }

        _end.Dispose();
    }

    private Task QuietlyAsync(Func<CancellationToken, Task> open) => Task.Run(
        async () =>
        {
            try
            {
                await open(_end.Token);
            }
#pragma warning disable CA1031 // Whatever it is, the first lookup or batch meets it again, with retries and a message.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        },
        CancellationToken.None);

    // Asks the match lookup for an id that no record has. Without an index the server would read the table for it.
    private async Task AskAsync(CancellationToken token)
    {
        ValidLookup match = pipeline.Match;
        MirrorTable? table;
        await using (NpgsqlConnection connection = await sources.Lookup.OpenConnectionAsync(token))
        {
            table = await MirrorCatalog.FindAsync(connection, SqlTable.Parse(match.Table), token);
        }

        if (table?.IndexedColumns.Contains(match.Key) != true)
        {
            return;
        }

        var lookup = new QueryLookup(
            match,
            pipeline.Name,
            table.Table,
            LookupQuery.Build(table, match.Key, match.Id, [], match.Keep),
            (_, _) => { },
            sources.Lookup,
            RetryPolicies.Reads(new RetrySettings { MaxRetries = 1 }, sources.Server, TimeProvider.System),
            TimeProvider.System,
            metrics: null);
        using var keys = new BatchKeys(1);
        keys.Ask(0, "-0"u8);
        using LookupAnswer answer = await lookup.FindAsync(keys, token);
    }

    // A transaction like that of a batch, with a COPY of no rows; it is rolled back.
    private async Task WriteAsync(CancellationToken token)
    {
        await using NpgsqlConnection connection = await sources.Writer.OpenConnectionAsync(token);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(token);
        await using var commands = new NpgsqlBatch(connection, transaction);
        commands.BatchCommands.Add(new NpgsqlBatchCommand("set local synchronous_commit = off"));
        commands.BatchCommands.Add(SqlText.Of($"select $1::bigint, $2::text, $3::uuid, $4::jsonb").InBatch(
            SqlValue.Of(1L), SqlValue.Of(""), SqlValue.Of(Guid.Empty), SqlValue.Json("{}")));
        await commands.ExecuteNonQueryAsync(token);
        await using (NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync(
            SqlText.Of($"copy {tables.Rejects} (run_id) from stdin (format binary)").Text, token))
        {
            await copy.WriteAsync(BinaryCopyBuffer.Header.ToArray(), token);
            await copy.WriteAsync(BinaryCopyBuffer.Trailer.ToArray(), token);
        }
    }
}
