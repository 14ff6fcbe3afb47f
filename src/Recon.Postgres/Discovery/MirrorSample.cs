using System.Buffers.Binary;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Discovery;

/// <summary>Rows of a mirror table as the comparisons of a run see them.</summary>
/// <param name="Columns">Those that recon can read.</param>
/// <param name="Rows">A value per column, as UTF-8; <see langword="null"/> for none.</param>
internal sealed record MirrorSample(IReadOnlyList<MirrorColumn> Columns, IReadOnlyList<byte[]?[]> Rows)
{
    private const int MostRows = 12_000;
    private const long MostBytes = 64L * 1024 * 1024;

    // What is longer is not compared: a few such texts must not fill the memory.
    private const int LongestValue = 32 * 1024;

    public MirrorType TypeOf(string column) => Columns.First(each => each.Name == column).Type;

    /// <summary>Reads the rows that have one of the given keys, up to 12,000 and 64 MiB.</summary>
    /// <param name="keys">As the key column spells them.</param>
    /// <param name="limit">After which the server ends the statement.</param>
    /// <exception cref="MirrorException">It took longer than the limit.</exception>
    public static async Task<MirrorSample> ReadAsync(
        NpgsqlConnection connection, MirrorTable table, string key, string[] keys, TimeSpan limit, CancellationToken cancellationToken)
    {
        MirrorColumn[] columns = [.. table.Columns.SelectMany(column => column.Type is { } known ? [new MirrorColumn(column.Name, known)] : (MirrorColumn[])[])];
        MirrorType type = columns.First(each => each.Name == key).Type;
        TableColumn column = table.Columns.First(each => each.Name == key);
        SqlText name = SqlText.Of($"{new SqlName(key)}");

        // An enum has no equality with texts.
        SqlText compared = type == MirrorType.Text && column.CastType.Text is not ("text" or "character varying") ? SqlText.Of($"{name}::text") : name;

        // A row constructor takes no more than 1,664 columns, as a table does.
        SqlText sql = SqlText.Of(
            $"select record_send(row({SqlText.Names(columns.Select(column => column.Name))})) from {table.Table} where {compared} = any ($1) limit {MostRows}");
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            // A view may call functions that write.
            await SqlText.Of($"set transaction read only").ExecuteAsync(connection, cancellationToken);
            await SqlText.Of($"set local statement_timeout = {Math.Max(1, (int)limit.TotalMilliseconds)}").ExecuteAsync(connection, cancellationToken);
            await using NpgsqlCommand command = sql.On(connection, KeyArray.Parameter(type, keys));
            command.CommandTimeout = 0;
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            List<byte[]?[]> rows = [];
            var scratch = new Utf8Scratch();
            long bytes = 0;
            while (bytes < MostBytes && await reader.ReadAsync(cancellationToken))
            {
                byte[] record = await reader.GetFieldValueAsync<byte[]>(0, cancellationToken);
                bytes += record.Length;
                rows.Add(Read(record, columns, scratch));
            }

            return new MirrorSample(columns, rows);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            throw new MirrorException(
                $"{table.Table.Display} could not be read by \"{key}\" within {limit.TotalSeconds:N0} s. Create an index on the column: create index on {table.Table} ({name});");
        }
    }

    // record_send: a count, then for each field its type's oid, its length (-1 for null) and its value.
    private static byte[]?[] Read(ReadOnlySpan<byte> record, MirrorColumn[] columns, Utf8Scratch scratch)
    {
        var row = new byte[]?[columns.Length];
        record = record[4..];
        for (int column = 0; column < columns.Length; column++)
        {
            int length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(record[4..]));
            scratch.Reset();
            ReadOnlySpan<byte> text = length > LongestValue ? default : Utf8WhiteSpace.Trim(MirrorText.Read(record.Slice(8, length), columns[column].Type, scratch));
            row[column] = text.IsEmpty ? null : text.ToArray();
            record = record[(8 + length)..];
        }

        return row;
    }
}
