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
internal sealed class ReplacedRows(StagingTables tables, StageBlockDefinition stage, RunIdentity run)
{
    private readonly SqlName _key = new(stage.LegacyId);
    private readonly SqlName _hubspot = new(stage.HubspotId);

    /// <summary>The key of a kept row under which its HubSpot id is, whatever its column is called then: no column has that name.</summary>
    public const string HubspotId = "";

    /// <summary>Whether anything is kept.</summary>
    public bool Keeps { get; init; } = true;

    /// <summary>Keeps the rows that a merge is about to replace, as readers see them; of a row that comes, only that it was not there.</summary>
    /// <param name="gone">The ids that go where the attempt has none; <see langword="null"/> where all go that it lacks.</param>
    /// <param name="withClaims">Whether rows of others may lose their HubSpot record to one of the attempt's.</param>
    public async Task KeepMergedAsync(
        NpgsqlConnection connection, StagedTable table, SqlTable attempt, string[]? gone, bool withClaims, CancellationToken cancellationToken)
    {
        if (!Keeps)
        {
            await ForgetAsync(connection, cancellationToken);
            return;
        }

        // An empty table is nobody's result: it was cleared, or filled by no run yet.
        if (await SqlText.Of($"select 1 from {table.Rows} limit 1").ScalarAsync(connection, cancellationToken) is null)
        {
            return;
        }

        if (await ExceedsAsync(connection, cancellationToken))
        {
            await ForgetAsync(connection, cancellationToken);
        }

        string[] compared = [.. table.Layout.Names.Except(CommonColumns.Stamps).Except([stage.LegacyId])];
        SqlText unlike = withClaims ? SqlText.Of($"true") : SqlText.Of($"({Columns("t")}) is distinct from ({Columns("a")})");
        SqlText kept = SqlText.Of($"to_jsonb(v) || jsonb_build_object({new SqlLiteral(HubspotId)}, v.{_hubspot})");
        SqlText isOther = SqlText.Of($"not exists (select 1 from {attempt} a where a.{_key} = v.{_key})");
        SqlText[] others =
        [
            .. gone is null ? (SqlText[])[isOther] : gone.Length > 0 ? [SqlText.Of($"v.{_key} = any($3) and {isOther}")] : [],
            .. withClaims ? (SqlText[])[SqlText.Of($"v.{_hubspot} in (select a.{_hubspot} from {attempt} a) and {isOther}")] : [],
        ];
        await SqlText.Of($"""
            insert into {tables.History} (pipeline, run_id, legacy_id, former)
            select $1, $2, a.{_key}, {kept} from {attempt} a
            join {table.Rows} t on t.{_key} = a.{_key} join {table.Published} v on v.{_key} = a.{_key} where {unlike}
            union all
            select $1, $2, a.{_key}, null from {attempt} a where not exists (select 1 from {table.Rows} t where t.{_key} = a.{_key})
            {SqlText.Join("", others.Select(condition => SqlText.Of($" union all select $1, $2, v.{_key}, {kept} from {table.Published} v where {condition}")))}
            """).ExecuteAsync(
                connection, cancellationToken, [SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId), .. gone is { Length: > 0 } ? (NpgsqlParameter[])[SqlValue.Of(gone)] : []]);
        await EnterAsync(connection, tables.History, cancellationToken);

        SqlText Columns(string row) => SqlText.Join(", ", compared.Select(column => SqlText.Of($"{new SqlName(row)}.{new SqlName(column)}")));
    }

    /// <summary>Keeps a detached partition, without what it was given for the sake of its readers.</summary>
    /// <returns>
    /// Whether it is kept; <see langword="false"/> for an empty one, one that no whole run has filled, one of a login whose tables this one
    /// may not change, and where nothing is kept.
    /// </returns>
    public async Task<bool> KeepAsync(NpgsqlConnection connection, SqlTable partition, CancellationToken cancellationToken)
    {
        if (!Keeps
            || partition == StagingDdl.EmptyPartitionOf(tables, stage)
            || await SqlText.Of($"select 1 from pg_class where oid = $1::regclass and pg_has_role(relowner, 'usage')")
                .ScalarAsync(connection, cancellationToken, SqlValue.Of(partition.ToString())) is null
            || await SqlText.Of($"select 1 from {partition} limit 1").ScalarAsync(connection, cancellationToken) is null)
        {
            return false;
        }

        List<string> superfluous = await SqlText.Of($"""
            select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint
            where conrelid = $1::regclass and contype in ('f', 'c') and conparentid = 0
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

    /// <summary>Forgets everything that runs into the staging table have kept.</summary>
    public async Task ForgetAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => await DropAsync(connection, await ForgetRowsAsync(connection, cancellationToken), cancellationToken);

    /// <summary>Forgets everything but the tables, for a caller who is about to lock the staging table.</summary>
    /// <returns>The tables, to be dropped after that: whoever compares runs holds the staging table and asks for them next.</returns>
    public async Task<IReadOnlyList<SqlTable>> ForgetRowsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var mine = SqlText.Of($"former_table is not null and (pipeline = $1 or starts_with(former_table, $2 || '__'))");
        NpgsqlParameter[] Values() => [SqlValue.Of(run.Pipeline), SqlValue.Of(stage.Table)];
        List<string> kept = await SqlText.Of($"select former_table from {tables.Log} where {mine}")
            .ListAsync(connection, row => row.GetString(0), cancellationToken, Values());
        if (kept.Count > 0)
        {
            await SqlText.Of($"delete from {tables.History} where pipeline = $1")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline));
            await SqlText.Of($"update {tables.Log} set former_table = null where {mine}").ExecuteAsync(connection, cancellationToken, Values());
        }

        return [.. kept.Where(name => name != OwnRelations.History).Select(tables.Table)];
    }

    public static async Task DropAsync(NpgsqlConnection connection, IEnumerable<SqlTable> kept, CancellationToken cancellationToken)
    {
        foreach (SqlTable table in kept)
        {
            await SqlText.Of($"drop table if exists {table}").ExecuteAsync(connection, cancellationToken);
        }
    }

    // Runs that merge could go on for ever: what they replaced would take more room than a result.
    private async Task<bool> ExceedsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select sum(written) filter (where former_table = {new SqlLiteral(OwnRelations.History)}) > max(staged) from {tables.Log}
            where pipeline = $1 and outcome = 'completed'
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline)) is true;

    private Task<int> EnterAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
        => SqlText.Of($"update {tables.Log} set former_table = $3 where run_id = $1 and pipeline = $2").ExecuteAsync(
            connection, cancellationToken, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline), SqlValue.Of(table.Name.Value));
}
