using System.Data;
using Npgsql;
using NpgsqlTypes;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Connections;

/// <summary>
/// Opens the first connections of lookups and writers beside what a run does before it needs them: the lease, the
/// attempt, the catalog. What fails here is left to the real use, which tries again and tells. Disposing it gives up and
/// leaves nothing running.
/// </summary>
/// <param name="sources">The pools.</param>
/// <param name="table">A mirror table of the run.</param>
internal sealed class FirstConnections(ReconDataSources sources, string table) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task? _opening;

    /// <summary>Begins, unless that was done. The connections are some of those that the run is going to use.</summary>
    /// <param name="withWriters">Whether writers are going to be needed, too.</param>
    public void Open(bool withWriters)
        => _opening ??= Task.WhenAll(
            QuietlyAsync(AskAsync),
            withWriters ? QuietlyAsync(WriteAsync) : Task.CompletedTask);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await (_opening ?? Task.CompletedTask);
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

    // Asks for what the run is going to ask: first the catalog, then, in the way of a lookup, with keys as an array and the
    // answer as one value in a stream.
    private async Task AskAsync(CancellationToken token)
    {
        await using NpgsqlConnection connection = await sources.Lookup.OpenConnectionAsync(token);
        await MirrorCatalog.FindAsync(connection, SqlTable.Parse(table), token);
        await using NpgsqlCommand command = SqlText.Of($"select string_agg(record_send(row(key)), '') from unnest($1) key").On(
            connection, new NpgsqlParameter<string[]> { TypedValue = [""], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(
            CommandBehavior.SequentialAccess | CommandBehavior.SingleRow, token);
        if (await reader.ReadAsync(token) && !await reader.IsDBNullAsync(0, token))
        {
            await using Stream stream = await reader.GetStreamAsync(0, token);
            await stream.CopyToAsync(Stream.Null, token);
        }
    }

    // A transaction of two statements, like that of a batch; it changes nothing.
    private async Task WriteAsync(CancellationToken token)
    {
        await using NpgsqlConnection connection = await sources.Writer.OpenConnectionAsync(token);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(token);
        await using var commands = new NpgsqlBatch(connection, transaction);
        commands.BatchCommands.Add(new NpgsqlBatchCommand("set local synchronous_commit = off"));
        var values = new NpgsqlBatchCommand("select $1::bigint, $2::text, $3::uuid, $4::jsonb");
        values.Parameters.Add(SqlValue.Of(1L));
        values.Parameters.Add(SqlValue.Of(""));
        values.Parameters.Add(SqlValue.Of(Guid.Empty));
        values.Parameters.Add(SqlValue.Json("{}"));
        commands.BatchCommands.Add(values);
        await commands.ExecuteNonQueryAsync(token);
        await transaction.CommitAsync(token);
    }
}
