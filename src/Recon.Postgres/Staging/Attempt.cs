using System.Globalization;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>The tables that runs fill before their result is published.</summary>
internal sealed class Attempt(StagingTables tables)
{
    /// <summary>Creates a run's own table and the one for repeats: recon's own columns of the staging table, neither checks nor an index yet.</summary>
    /// <param name="isPartial">Whether its rows are merged into those of the staging table, whose layout they have then.</param>
    /// <param name="names">The columns of the file whose values rows hold; <see langword="null"/> for rows that nobody reads.</param>
    /// <exception cref="StagingException">The staging table has a column that recon cannot fill.</exception>
    public async Task<AttemptTable> CreateAsync(
        NpgsqlConnection connection, ValidPipeline pipeline, Guid runId, bool isPartial, string[]? names, CancellationToken cancellationToken)
    {
        StageBlockDefinition stage = pipeline.Stage;
        SqlTable attempt = tables.Attempt(stage, runId);
        StagedTable table = await StagedTable.RequireAsync(connection, tables, stage, cancellationToken);
        await AttemptShape.RequireFilledAsync(connection, table, cancellationToken);
        RowLayout layout = await LayoutAsync(connection, table, attempt, isPartial, cancellationToken);

        // A running autovacuum would block publication until the server cancels it.
        SqlText columns = layout.IsPacked == table.Layout.IsPacked
            ? SqlText.Of($"like {table.Rows} including defaults")
            : SqlText.Join(", ", layout.Stored.Select(StagingTables.Declaration));
        var shape = SqlText.Of($"""
            ({columns})
                with (autovacuum_enabled = off, toast.autovacuum_enabled = off)
            """);
        bool isNew = !await MirrorCatalog.ExistsAsync(connection, attempt, cancellationToken);
        if (!isNew)
        {
            await RequireUnpublishedAsync(connection, attempt, runId, cancellationToken);
        }

        await SqlText.Of($"""
            create table if not exists {attempt} {shape};
            create table if not exists {tables.Repeats(attempt)} {shape}
            """).ExecuteAsync(connection, cancellationToken);
        foreach (SqlTable made in (SqlTable[])[attempt, tables.Repeats(attempt)])
        {
            await AttemptShape.LoosenAsync(connection, made, layout, cancellationToken);
            if (isNew)
            {
                await SqlText.Of($"alter table {made} {SqlText.Join(", ", CommonColumns.Late.Select(column => SqlText.Of($"drop column {new SqlName(column.Name)}")))}")
                    .ExecuteAsync(connection, cancellationToken);
            }
            else
            {
                // One of an earlier version has them from the start.
                await AddLateAsync(connection, made, runId, cancellationToken);
            }
        }

        var filled = new AttemptTable(
            attempt, layout, !layout.IsPacked ? null : names is null ? (short)0 : await NumberAsync(connection, names, cancellationToken));
        await SqlText.Of($"alter table {attempt} {SqlText.Join(", ", UsualDefaults(pipeline, filled.Names))}").ExecuteAsync(connection, cancellationToken);
        return filled;
    }

    /// <summary>
    /// Adds the columns that are the same in all rows of a run (<see cref="CommonColumns.Late"/>), once the rows are there: the catalog
    /// holds their values then, and no row.
    /// </summary>
    public async Task CompleteAsync(NpgsqlDataSource source, RunIdentity run, SqlTable attempt, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(tables, run).HoldAsync(connection, cancellationToken);
        foreach (SqlTable table in (SqlTable[])[attempt, tables.Repeats(attempt)])
        {
            await AddLateAsync(connection, table, run.RunId, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Drops the tables of one attempt, as far as they are there.</summary>
    public Task DropAsync(NpgsqlConnection connection, SqlTable attempt, CancellationToken cancellationToken)
        => SqlText.Of($"drop table if exists {attempt}, {tables.Repeats(attempt)}").ExecuteAsync(connection, cancellationToken);

    /// <summary>Drops the tables of attempts that will never be published, and what the ledger and the rejects hold of them.</summary>
    /// <param name="pipeline">The pipeline; the caller holds its lease.</param>
    /// <param name="keep">A run whose attempt stays; <see langword="null"/> for none.</param>
    /// <param name="onlyPartial">Whether the attempts of whole runs, which can be continued, stay.</param>
    /// <exception cref="Faults.LeaseLostException">Another run took over; nothing more is dropped.</exception>
    public async Task<int> DropAsync(
        NpgsqlConnection connection,
        ValidPipeline pipeline,
        Guid? keep,
        LeaseFence fence,
        CancellationToken cancellationToken,
        bool onlyPartial = false)
    {
        var old = await SqlText.Of($"""
            select run_id, attempt_table from {tables.Log}
            where pipeline = $1 and attempt_table is not null and outcome <> 'completed' and run_id <> $2 and (partial or not $3)
            """).ListAsync(
                connection,
                row => (RunId: row.GetGuid(0), Table: row.GetString(1)),
                cancellationToken,
                SqlValue.Of(pipeline.Name),
                SqlValue.Of(keep ?? Guid.Empty),
                SqlValue.Of(onlyPartial));
        foreach ((Guid runId, string table) in old)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            await fence.HoldAsync(connection, cancellationToken);
            await DropAsync(connection, tables.Table(table), cancellationToken);
            await ForgetAsync(connection, pipeline, runId, cancellationToken);
            await SqlText.Of($"""
                update {tables.Log} set attempt_table = null,
                    outcome = case when outcome = 'running' then 'failed' else outcome end
                where run_id = $1 and pipeline = $2
                """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(runId), SqlValue.Of(pipeline.Name));
            await transaction.CommitAsync(cancellationToken);
        }

        return old.Count;
    }

    /// <summary>Removes what the ledger and the rejects hold of a run.</summary>
    public async Task ForgetAsync(NpgsqlConnection connection, ValidPipeline pipeline, Guid runId, CancellationToken cancellationToken)
    {
        foreach (SqlTable kept in (SqlTable[])[tables.Ledger, tables.Rejects, tables.Hashes])
        {
            await SqlText.Of($"delete from {kept} where run_id = $1 and pipeline = $2")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(runId), SqlValue.Of(pipeline.Name));
        }
    }

    /// <summary>Actions of <c>alter table</c> that give a table what COPY leaves out of rows that were found by their legacy id.</summary>
    internal static IEnumerable<SqlText> UsualDefaults(ValidPipeline pipeline, short? names)
        => CommonColumns.Usual
            .Zip(
                [
                    names?.ToString(CultureInfo.InvariantCulture),
                    RecordMatch.TextOf(MatchStatus.Matched),
                    pipeline.Match.Confidence.ToString("0.00", CultureInfo.InvariantCulture),
                    RecordMatcher.LegacyIdRule,
                ])
            .Where(usual => usual.Second is not null)
            .Select(usual => SqlText.Of($"alter column {new SqlName(usual.First)} set default {new SqlLiteral(usual.Second!)}"));

    // A full run exchanges a table of the former layout, unless something of a user's is in the way. An attempt stays what it is.
    private static async Task<RowLayout> LayoutAsync(
        NpgsqlConnection connection, StagedTable table, SqlTable attempt, bool isPartial, CancellationToken cancellationToken)
        => await MirrorCatalog.FindAsync(connection, attempt, cancellationToken) is { } begun
            ? new RowLayout(table.Layout.Stage, begun.Find(CommonColumns.Packed[0].Name) is not null)
            : !table.IsFormer || isPartial || await FormerTable.AdditionsAsync(connection, table, cancellationToken) is not [] ? table.Layout
            : new RowLayout(table.Layout.Stage, IsPacked: true);

    // Nothing that was published is filled any further, whatever the log says.
    private static async Task RequireUnpublishedAsync(NpgsqlConnection connection, SqlTable attempt, Guid runId, CancellationToken cancellationToken)
    {
        if (await SqlText.Of($"select relispartition from pg_class where oid = $1::regclass")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(attempt.ToString())) is true)
        {
            throw new StagingException($"The result of run {runId} is published in {attempt.Display} already. Nothing was changed.");
        }
    }

    private static Task<int> AddLateAsync(NpgsqlConnection connection, SqlTable table, Guid runId, CancellationToken cancellationToken)
    {
        IEnumerable<SqlText> added = CommonColumns.Late.Select(column => SqlText.Of($"add column if not exists {StagingTables.Declaration(column)}"));
        var run = new SqlLiteral(runId.ToString());
        return SqlText.Of($"""
            alter table {table} {SqlText.Join(", ", added)} default {run};
            alter table {table} alter column {new SqlName(CommonColumns.RunId)} set default {run}
            """).ExecuteAsync(connection, cancellationToken);
    }

    /// <summary>The number of a list of columns of the file, which is entered where it is new.</summary>
    /// <remarks>Two runs may enter the same list at the same time: both are right.</remarks>
    public async Task<short> NumberAsync(NpgsqlConnection connection, string[] names, CancellationToken cancellationToken)
        => (short)(await SqlText.Of($"select id from {tables.Names} where names = $1 order by id limit 1")
                .ScalarAsync(connection, cancellationToken, SqlValue.Of(names))
            ?? await SqlText.Of($"insert into {tables.Names} (names) values ($1) returning id")
                .ScalarAsync(connection, cancellationToken, SqlValue.Of(names)))!;
}
