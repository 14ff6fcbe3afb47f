using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>The tables that runs fill before their result is published.</summary>
internal sealed class Attempt(StagingTables tables)
{
    /// <summary>Creates a run's own table and the one for repeats: recon's own columns of the staging table, neither checks nor an index yet.</summary>
    /// <exception cref="StagingException">The staging table has a column that recon cannot fill.</exception>
    public async Task<SqlTable> CreateAsync(
        NpgsqlConnection connection, StageBlockDefinition stage, Guid runId, CancellationToken cancellationToken)
    {
        SqlTable attempt = tables.Attempt(stage, runId);
        await AttemptShape.RequireFilledAsync(connection, tables.Published(stage), stage, cancellationToken);

        // A running autovacuum would block publication until the server cancels it.
        var shape = SqlText.Of($"""
            (like {tables.Published(stage)} including defaults)
                with (autovacuum_enabled = off, toast.autovacuum_enabled = off)
            """);
        await SqlText.Of($"""
            create table if not exists {attempt} {shape};
            create table if not exists {tables.Repeats(attempt)} {shape}
            """).ExecuteAsync(connection, cancellationToken);
        foreach (SqlTable made in (SqlTable[])[attempt, tables.Repeats(attempt)])
        {
            await AttemptShape.LoosenAsync(connection, made, stage, cancellationToken);
        }

        return attempt;
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
            foreach (SqlTable kept in (SqlTable[])[tables.Ledger, tables.Rejects, tables.Hashes])
            {
                await SqlText.Of($"delete from {kept} where run_id = $1 and pipeline = $2")
                    .ExecuteAsync(connection, cancellationToken, SqlValue.Of(runId), SqlValue.Of(pipeline.Name));
            }

            await SqlText.Of($"""
                update {tables.Log} set attempt_table = null,
                    outcome = case when outcome = 'running' then 'failed' else outcome end
                where run_id = $1 and pipeline = $2
                """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(runId), SqlValue.Of(pipeline.Name));
            await transaction.CommitAsync(cancellationToken);
        }

        return old.Count;
    }
}
