using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Staging;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>Creates and empties the staging schema. Everything here can be repeated without harm.</summary>
/// <remarks>
/// A staging table is partitioned by its own key into exactly one partition, which is the result of the last run: so a
/// result is published by exchanging the partition, while grants on and views over the table stay as they are.
/// </remarks>
/// <param name="tables">The names.</param>
public sealed class StagingSchema(StagingTables tables)
{
    /// <summary>Creates what is missing.</summary>
    /// <param name="connection">An open connection, outside a transaction.</param>
    /// <param name="pipelines">The pipelines whose tables are wanted.</param>
    /// <param name="cancellationToken">Cancels it; nothing is left half-made.</param>
    /// <exception cref="StagingException">A table of the name exists and is not recon's, or has other column types.</exception>
    public async Task CreateAsync(
        NpgsqlConnection connection, IEnumerable<PipelineDefinition> pipelines, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two runs that start together would both find nothing and both create it.
        await SqlText.Of($"select pg_advisory_xact_lock(hashtextextended('recon setup', 0))")
            .ExecuteAsync(connection, cancellationToken);
        bool exists = await SqlText.Of($"select 1 from pg_namespace where nspname = $1")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(tables.Schema.Value)) is not null;
        if (!exists)
        {
            await SqlText.Of($"create schema {tables.Schema}").ExecuteAsync(connection, cancellationToken);
        }

        await StagingDdl.Common(tables).ExecuteAsync(connection, cancellationToken);
        foreach (PipelineDefinition pipeline in pipelines)
        {
            await CreateTableAsync(connection, pipeline.Stage, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Empties a pipeline's staging table and forgets its rejects; the log stays.</summary>
    /// <param name="connection">An open connection, outside a transaction.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="cancellationToken">Cancels it; nothing is left half-done.</param>
    /// <returns>The number of rows that went.</returns>
    public async Task<long> ClearAsync(
        NpgsqlConnection connection, PipelineDefinition pipeline, CancellationToken cancellationToken)
    {
        SqlTable table = tables.Published(pipeline.Stage);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        bool exists = await SqlText.Of($"select to_regclass($1)::text")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString())) is not null;
        if (!exists)
        {
            return 0;
        }

        long rows = (long)(await SqlText.Of($"select count(*) from {table}").ScalarAsync(connection, cancellationToken))!;
        await SqlText.Of($"truncate {table}").ExecuteAsync(connection, cancellationToken);
        await SqlText.Of($"delete from {tables.Rejects} where pipeline = $1")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(pipeline.Name));
        await SqlText.Of($"delete from {tables.Ledger} where pipeline = $1 and run_id in (select run_id from {tables.Log} where pipeline = $1 and attempt_table is null)")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(pipeline.Name));
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    /// <summary>The type of a column's declaration, as the catalog spells it.</summary>
    /// <param name="type">The declaration, such as <c>timestamptz not null</c>.</param>
    internal static string CatalogType(string type) => type.Split(' ')[0] switch
    {
        "timestamptz" => "timestamp with time zone",
        string plain => plain,
    };

    private async Task CreateTableAsync(
        NpgsqlConnection connection, StageBlockDefinition stage, CancellationToken cancellationToken)
    {
        SqlTable table = tables.Published(stage);
        MirrorTable? found = await MirrorCatalog.FindAsync(connection, table, cancellationToken);
        if (found is null)
        {
            await StagingDdl.Table(tables, stage).ExecuteAsync(connection, cancellationToken);
            return;
        }

        string? kind = (string?)await SqlText.Of($"select relkind::text from pg_class where oid = $1::regclass")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString()));
        if (kind != "p")
        {
            throw new StagingException(
                $"{table.Display} exists and was not made by recon {StagingTables.Version}. Nothing was changed. "
                + $"Keep it under another name: alter table {table} rename to \"{table.Name.Value}_old\"; then run again.");
        }

        foreach ((string name, string type) in StagingTables.Written(stage).Append(CommonColumns.ParentIds))
        {
            await EnsureColumnAsync(connection, table, found.Find(name), name, type, cancellationToken);
        }
    }

    private static async Task EnsureColumnAsync(
        NpgsqlConnection connection,
        SqlTable table,
        TableColumn? found,
        string name,
        string type,
        CancellationToken cancellationToken)
    {
        if (found is null)
        {
            await SqlText.Of($"alter table {table} add column {new SqlName(name)} {SqlText.Trusted(type)}")
                .ExecuteAsync(connection, cancellationToken);
            return;
        }

        string wanted = CatalogType(type);
        if (found.SqlType != wanted)
        {
            throw new StagingException(
                $"Column \"{name}\" of {table.Display} has type {found.SqlType}, the definition wants {wanted}. Nothing was "
                + $"changed. Drop the column (alter table {table} drop column {new SqlName(name)};) and run again: the next "
                + "run fills it anew.");
        }
    }
}
