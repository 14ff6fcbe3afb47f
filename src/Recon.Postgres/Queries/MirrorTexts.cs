using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries;

/// <summary>The rows of a mirror table as texts, as HubSpot writes values: times in UTC with milliseconds, days in ISO form.</summary>
internal static class MirrorTexts
{
    /// <summary>Reads all rows, in the order of the table's columns; null where a value is null.</summary>
    public static async IAsyncEnumerable<string?[]> ReadAsync(
        NpgsqlDataSource source, MirrorTable table, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlCommand command = SqlText.Of($"select {SqlText.Join(", ", table.Columns.Select(Text))} from {table.Table}").On(connection);
        command.CommandTimeout = 0;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new string?[table.Columns.Count];
            for (int column = 0; column < row.Length; column++)
            {
                row[column] = await reader.IsDBNullAsync(column, cancellationToken) ? null : reader.GetString(column);
            }

            yield return row;
        }
    }

    private static SqlText Text(TableColumn column)
    {
        var name = new SqlName(column.Name);
        return column.Type switch
        {
            MirrorType.TimestampTz => SqlText.Of($"""to_char({name} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""),
            MirrorType.Timestamp => SqlText.Of($"""to_char({name}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""),
            MirrorType.Date => SqlText.Of($"to_char({name}, 'YYYY-MM-DD')"),
            _ => SqlText.Of($"{name}::text"),
        };
    }
}
