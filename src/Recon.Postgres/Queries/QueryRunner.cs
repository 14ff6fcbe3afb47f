using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries;

/// <summary>Runs queries that only read.</summary>
internal static class QueryRunner
{
    /// <summary>Runs a query in a read-only transaction.</summary>
    /// <returns>Each row as a JSON object, its keys in the order of the columns.</returns>
    public static async IAsyncEnumerable<string> RunAsync(
        NpgsqlConnection connection, SqlText query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SqlText.Of($"set transaction read only").ExecuteAsync(connection, cancellationToken);
        await using NpgsqlCommand command = SqlText.Of($"select row_to_json(q)::text from (\n{query}\n) q").On(connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader.GetString(0);
        }
    }
}
