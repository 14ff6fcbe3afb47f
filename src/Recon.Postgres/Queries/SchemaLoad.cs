using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries;

/// <summary>A schema that is loaded from this program.</summary>
/// <param name="CreateSql">Creates the schema and its empty tables.</param>
/// <param name="Tables">For each table its <c>copy … from stdin</c> and what writes the rows.</param>
/// <param name="FinishSql">Adds indexes and statistics.</param>
internal sealed record SchemaContent(
    string Name,
    string CreateSql,
    IReadOnlyList<(string CopySql, Func<Stream, CancellationToken, Task> WriteAsync)> Tables,
    string FinishSql);

/// <summary>Creates and fills a schema that does not exist, in one transaction: a kill in the middle leaves nothing.</summary>
internal static class SchemaLoad
{
    /// <summary>Loads a schema unless it exists. Of several callers one loads, the others wait.</summary>
    /// <param name="starting">Called before anything is written.</param>
    public static async Task EnsureAsync(
        NpgsqlDataSource source, SchemaContent content, Action starting, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        if (await ExistsAsync(connection, content.Name, cancellationToken))
        {
            return;
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SqlText.Of($"select pg_advisory_xact_lock(hashtextextended('recon demo mirror', 0))")
            .ExecuteAsync(connection, cancellationToken);
        if (await ExistsAsync(connection, content.Name, cancellationToken))
        {
            return;
        }

        starting();
        // Both scripts are constants of the program.
        await SqlText.Trusted(content.CreateSql).ExecuteAsync(connection, cancellationToken);
        foreach ((string copySql, Func<Stream, CancellationToken, Task> writeAsync) in content.Tables)
        {
            await using NpgsqlCopyTextWriter copy = await connection.BeginTextImportAsync(copySql, cancellationToken);
            await writeAsync(copy.BaseStream, cancellationToken);
        }

        await SqlText.Trusted(content.FinishSql).ExecuteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // Not to_regnamespace: its cache would still say "no" to who waited while another loaded.
    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
        => await SqlText.Of($"select exists (select from pg_namespace where nspname = $1)")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(schema)) is true;
}
