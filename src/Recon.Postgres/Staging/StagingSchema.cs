using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>Creates, aligns and empties the staging schema. Everything here can be repeated without harm.</summary>
/// <remarks>
/// Readers see a view. The table of its rows is partitioned by its own key into exactly one partition, which is the result of the
/// last run: so a result is published by exchanging the partition, while grants on and views over the view stay as they are.
/// </remarks>
internal sealed class StagingSchema(StagingTables tables)
{
    /// <summary>
    /// Creates the tables that are missing and checks the others, without changing them: a run that is under way may
    /// rely on them. Columns that a table lacks are added by <see cref="AlignAsync"/>, under the pipeline's lease.
    /// </summary>
    /// <param name="cancellationToken">Cancels it; nothing is left half-made.</param>
    /// <exception cref="StagingException">A table of the name exists and is not recon's, or has other column types.</exception>
    public async Task CreateAsync(
        NpgsqlConnection connection, IEnumerable<ValidPipeline> pipelines, CancellationToken cancellationToken)
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

        // Even "if not exists" locks the tables, and would wait for every batch of other runs.
        if (await StagingDdl.CommonPresent(tables).ScalarAsync(connection, cancellationToken) is not true)
        {
            await StagingDdl.Common(tables).ExecuteAsync(connection, cancellationToken);
        }

        foreach (ValidPipeline pipeline in pipelines)
        {
            await CreateTableAsync(connection, pipeline.Stage, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Adds the columns that a pipeline's staging table lacks.</summary>
    /// <param name="cancellationToken">Cancels it; nothing is left half-made.</param>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task AlignAsync(
        NpgsqlConnection connection, ValidPipeline pipeline, RunIdentity run, CancellationToken cancellationToken)
    {
        if (!await LacksColumnsAsync(connection, pipeline, cancellationToken))
        {
            return;
        }

        StagedTable table = await StagedTable.RequireAsync(connection, tables, pipeline.Stage, cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(tables, run).HoldAsync(connection, cancellationToken);
        foreach ((string Name, string Type) column in table.Layout.Stored)
        {
            await SqlText.Of($"alter table {table.Rows} add column if not exists {StagingTables.Declaration(column)}")
                .ExecuteAsync(connection, cancellationToken);
        }

        await StagingView.AlignAsync(connection, tables, table, cancellationToken);

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether a pipeline's staging table, which exists, lacks a column that the definition wants.</summary>
    internal async Task<bool> LacksColumnsAsync(
        NpgsqlConnection connection, ValidPipeline pipeline, CancellationToken cancellationToken)
        => await StagedTable.FindAsync(connection, tables, pipeline.Stage, cancellationToken) is { } table
            && await MirrorCatalog.FindAsync(connection, table.Rows, cancellationToken) is { } found
            && table.Layout.Names.Any(column => found.Find(column) is null);

    /// <summary>
    /// Empties a pipeline's staging table and forgets its rejects. The log stays, and so does everything of attempts that
    /// can be resumed.
    /// </summary>
    /// <param name="cancellationToken">Cancels it; nothing is left half-done.</param>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task<long> ClearAsync(
        NpgsqlConnection connection, ValidPipeline pipeline, RunIdentity run, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(tables, run).HoldAsync(connection, cancellationToken);
        var replaced = new ReplacedRows(tables, pipeline.Stage, run);
        if (await StagedTable.FindAsync(connection, tables, pipeline.Stage, cancellationToken) is not { Rows: var table })
        {
            await replaced.ForgetAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return 0;
        }

        long rows = (long)(await SqlText.Of($"select count(*) from {table}").ScalarAsync(connection, cancellationToken))!;

        // A table that a foreign key refers to cannot be truncated, not even when it is referred to by no row.
        bool isReferredTo = await Publication.IsReferredToAsync(connection, table, cancellationToken);
        await (isReferredTo ? SqlText.Of($"delete from {table}") : SqlText.Of($"truncate {table}"))
            .ExecuteAsync(connection, cancellationToken);
        await replaced.ForgetAsync(connection, cancellationToken);
        foreach (SqlTable kept in (SqlTable[])[tables.Rejects, tables.Ledger, tables.Hashes])
        {
            await SqlText.Of($"delete from {kept} where pipeline = $1 and run_id in (select run_id from {tables.Log} where pipeline = $1 and attempt_table is null)")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(pipeline.Name));
        }

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
        StagedTable? table = await StagedTable.FindAsync(connection, tables, stage, cancellationToken);
        if (table is null)
        {
            table = StagedTable.Of(tables, new RowLayout(stage, IsPacked: true));
            foreach (SqlTable name in (SqlTable[])[table.Published, table.Rows])
            {
                await RequireFreeAsync(connection, name, cancellationToken);
            }

            await SqlText.Of($"{StagingDdl.Rows(table)}; {StagingDdl.EmptyPartition(tables, table)}").ExecuteAsync(connection, cancellationToken);
        }
        else
        {
            await RequireKeyAsync(connection, table, cancellationToken);
            MirrorTable found = (await MirrorCatalog.FindAsync(connection, table.Rows, cancellationToken))!;
            foreach ((string name, string type) in table.Layout.Stored)
            {
                RequireType(table, found.Find(name), name, type);
            }
        }

        if (!await MirrorCatalog.ExistsAsync(connection, table.Published, cancellationToken))
        {
            await StagingView.AlignAsync(connection, tables, table, cancellationToken);
            await StagingDdl.Comment(table).ExecuteAsync(connection, cancellationToken);
        }
    }

    private static async Task RequireFreeAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
    {
        if (await MirrorCatalog.ExistsAsync(connection, table, cancellationToken))
        {
            throw new StagingException(
                $"{table.Display} exists and was not made by recon {StagingTables.Version}. Nothing was changed. "
                + $"Keep it under another name: alter table {table} rename to \"{table.Name.Value}_old\"; then run again.");
        }
    }

    private static async Task RequireKeyAsync(NpgsqlConnection connection, StagedTable table, CancellationToken cancellationToken)
    {
        StageBlockDefinition stage = table.Layout.Stage;
        string? key = (string?)await SqlText.Of($"""
            select a.attname::text from pg_partitioned_table p
            join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0] where p.partrelid = $1::regclass
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(table.Rows.ToString()));
        if (key != stage.LegacyId)
        {
            string old = key is null ? "" : string.Join(' ', ((SqlTable[])[table.Rows, table.Published]).Distinct()
                .Select(one => $"alter table {one} rename column {new SqlName(key)} to {new SqlName(stage.LegacyId)};"));
            throw new StagingException(
                $"{table.Published.Display} has the legacy id in column \"{key}\", the definition's \"legacyId\" says \"{stage.LegacyId}\". "
                + $"Nothing was changed. Rename the column ({old}), or write the former name into the definition, and run again.");
        }
    }

    /// <summary>The statement that drops a column of another type: recon makes it, and the view, anew.</summary>
    internal static string DropColumn(StagedTable table, string name)
        => $"{(table.IsFormer ? "" : $"drop view {table.Published}; ")}alter table {table.Rows} drop column {new SqlName(name)};";

    private static void RequireType(StagedTable table, TableColumn? found, string name, string type)
    {
        string wanted = CatalogType(type);
        if (found is not null && found.SqlType != wanted)
        {
            throw new StagingException(
                $"Column \"{name}\" of {table.Published.Display} has type {found.SqlType}, the definition wants {wanted}. Nothing was "
                + $"changed. Drop the column ({DropColumn(table, name)}) and run again: the next "
                + $"run fills it anew{(table.IsFormer ? "" : ", and makes the view, whose grants are to be given again")}.");
        }
    }
}
