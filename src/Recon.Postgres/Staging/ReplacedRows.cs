using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>
/// Keeps what a run replaces in the published result, so that runs can be compared: the rows that it merges others into, or the
/// whole former partition. The log tells where it is. Everything here runs in the transaction that publishes.
/// </summary>
/// <remarks>
/// With the rows of a run and what all later ones have replaced, the result of that run is known. A whole run keeps the result
/// before it, and forgets what led to that.
/// </remarks>
internal sealed class ReplacedRows(StagingTables tables, RunIdentity run)
{
    /// <summary>Whether anything is kept.</summary>
    public bool Keeps { get; init; } = true;

    /// <summary>Forgets what nobody can be told any more.</summary>
    /// <param name="isWhole">Whether the whole result is replaced.</param>
    public Task BeginAsync(NpgsqlConnection connection, bool isWhole, CancellationToken cancellationToken)
        => isWhole || !Keeps ? ForgetAsync(connection, cancellationToken) : Task.CompletedTask;

    /// <summary>Keeps the rows that a merge is about to replace, as readers see them; of a row that comes, only that it was not there.</summary>
    /// <param name="gone">The ids that go where the attempt has none; <see langword="null"/> where all go that it lacks.</param>
    /// <param name="withClaims">Whether rows of others may lose their HubSpot record to one of the attempt's.</param>
    public async Task KeepMergedAsync(
        NpgsqlConnection connection, StagedTable table, SqlTable attempt, string[]? gone, bool withClaims, CancellationToken cancellationToken)
    {
        if (!Keeps)
        {
            return;
        }

        StageBlockDefinition stage = table.Layout.Stage;
        (SqlName key, SqlName hubspot) = (new(stage.LegacyId), new(stage.HubspotId));
        string[] compared = [.. table.Layout.Names.Except(CommonColumns.Stamps).Except([stage.LegacyId])];
        SqlText replaced = withClaims ? SqlText.Of($"true") : SqlText.Of($"t.{key} is null or ({Columns("t")}) is distinct from ({Columns("a")})");
        SqlText others = SqlText.Join(" or ", [
            gone is null ? SqlText.Of($"true") : SqlText.Of($"v.{key} = any($3)"),
            .. withClaims ? (SqlText[])[SqlText.Of($"v.{hubspot} in (select a.{hubspot} from {attempt} a)")] : []]);
        await SqlText.Of($"""
            insert into {tables.History} (pipeline, run_id, legacy_id, former)
            select $1, $2, a.{key}, to_jsonb(v) from {attempt} a
            left join {table.Rows} t on t.{key} = a.{key} left join {table.Published} v on v.{key} = a.{key}
            where {replaced}
            union all
            select $1, $2, v.{key}, to_jsonb(v) from {table.Published} v
            where ({others}) and not exists (select 1 from {attempt} a where a.{key} = v.{key})
            """).ExecuteAsync(
                connection, cancellationToken, [SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId), .. gone is null ? (NpgsqlParameter[])[] : [SqlValue.Of(gone)]]);
        await EnterAsync(connection, tables.History, cancellationToken);

        SqlText Columns(string row) => SqlText.Join(", ", compared.Select(column => SqlText.Of($"{new SqlName(row)}.{new SqlName(column)}")));
    }

    /// <summary>Keeps a detached partition, without what it was given for the sake of its readers.</summary>
    /// <returns>Whether it is kept; <see langword="false"/> for an empty one, which nobody has published, and where nothing is.</returns>
    public async Task<bool> KeepAsync(NpgsqlConnection connection, SqlTable partition, CancellationToken cancellationToken)
    {
        if (!Keeps || await SqlText.Of($"select 1 from {partition} limit 1").ScalarAsync(connection, cancellationToken) is null)
        {
            return false;
        }

        List<string> superfluous = await SqlText.Of($"""
            select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint
            where conrelid = $1::regclass and contype = 'f'
            union all
            select format('drop index %s', indexrelid::regclass) from pg_index
            where indrelid = $1::regclass and not exists (select 1 from pg_constraint where conindid = indexrelid)
            """).ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(partition.ToString()));
        foreach (string statement in superfluous)
        {
            // Names that the server has quoted.
            await SqlText.Trusted(statement).ExecuteAsync(connection, cancellationToken);
        }

        // Nothing changes in it any more: a vacuum would read it for nothing.
        await SqlText.Of($"""
            alter table {partition} set (autovacuum_enabled = off, toast.autovacuum_enabled = off);
            comment on table {partition} is {new SqlLiteral($"What run {run.RunId} replaced, for recon diff; dropped by the next whole run and by recon clear.")}
            """).ExecuteAsync(connection, cancellationToken);
        await EnterAsync(connection, partition, cancellationToken);
        return true;
    }

    /// <summary>Removes everything that runs of the pipeline have kept.</summary>
    public async Task ForgetAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<string> kept = await SqlText.Of($"select former_table from {tables.Log} where pipeline = $1 and former_table is not null")
            .ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(run.Pipeline));
        foreach (string name in kept.Where(name => name != OwnRelations.History))
        {
            await SqlText.Of($"drop table if exists {tables.Table(name)}").ExecuteAsync(connection, cancellationToken);
        }

        if (kept.Count > 0)
        {
            await SqlText.Of($"delete from {tables.History} where pipeline = $1")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline));
            await SqlText.Of($"update {tables.Log} set former_table = null where pipeline = $1 and former_table is not null")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline));
        }
    }

    private Task<int> EnterAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
        => SqlText.Of($"update {tables.Log} set former_table = $3 where run_id = $1 and pipeline = $2").ExecuteAsync(
            connection, cancellationToken, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline), SqlValue.Of(table.Name.Value));
}
