using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Bronze;

/// <summary>Makes room for bronze records. A comment on the table tells recon's own from everybody else's.</summary>
internal static class BronzeDdl
{
    private const string Mark = "Loaded by recon load; the next load replaces it.";

    /// <summary>Creates the schema if there is none, and an empty table.</summary>
    /// <exception cref="BronzeException">A table of that name is not recon's, or something depends on it.</exception>
    public static async Task ReplaceAsync(
        NpgsqlConnection connection, SqlTable table, SqlName[] columns, CancellationToken cancellationToken)
    {
        await SqlText.Of($"select pg_advisory_xact_lock(hashtextextended('recon load ' || $1, 0))")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(table.ToString()));
        if (await SqlText.Of($"select 1 from pg_namespace where nspname = $1")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.Schema.Value)) is null)
        {
            await SqlText.Of($"create schema {table.Schema}").ExecuteAsync(connection, cancellationToken);
        }

        string? kind = (string?)await SqlText.Of($"""
            select coalesce(obj_description(c.oid, 'pg_class'), '') from pg_class c
            join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(table.Schema.Value), SqlValue.Of(table.Name.Value));
        if (kind is not null && kind != Mark)
        {
            throw new BronzeException(
                $"{table.Display} exists and was not made by recon load, so it is not replaced. Name another table by --table, or drop it.");
        }

        if (kind is not null && await HasColumnsAsync(connection, table, columns, cancellationToken))
        {
            // Grants and views stay.
            await SqlText.Of($"truncate {table}").ExecuteAsync(connection, cancellationToken);
            return;
        }

        try
        {
            await SqlText.Of($"drop table if exists {table}").ExecuteAsync(connection, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DependentObjectsStillExist)
        {
            throw new BronzeException(
                $"The file has other columns than {table.Display}, and views depend on that table. Drop them first, or name another table by --table.",
                exception);
        }

        var text = SqlText.Join(", ", columns.Select(column => SqlText.Of($"{column} text")));
        await SqlText.Of($"create table {table} ({text})").ExecuteAsync(connection, cancellationToken);
        await SqlText.Of($"comment on table {table} is {new SqlLiteral(Mark)}").ExecuteAsync(connection, cancellationToken);
    }

    private static async Task<bool> HasColumnsAsync(
        NpgsqlConnection connection, SqlTable table, SqlName[] columns, CancellationToken cancellationToken)
    {
        MirrorTable? known = await MirrorCatalog.FindAsync(connection, table, cancellationToken);
        return known is not null && known.Columns.All(column => column.SqlType == "text")
            && known.Columns.Select(column => column.Name).SequenceEqual(columns.Select(column => column.Value), StringComparer.Ordinal);
    }
}
