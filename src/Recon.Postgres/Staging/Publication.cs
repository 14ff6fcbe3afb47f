using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>
/// Makes a run's result the one that readers see, in one transaction: by exchanging the staging table's only partition
/// when the run was a full one, by merging rows when it was partial or when foreign keys refer to the table.
/// </summary>
internal sealed class Publication(StagingTables tables, ValidPipeline pipeline, RowLayout layout)
{
    private readonly StageBlockDefinition _stage = pipeline.Stage;

    /// <summary>Builds the indexes of an attempt, on two connections: what readers need, made before they see it.</summary>
    /// <returns>Whether it was done; <see langword="false"/> when a legacy id occurs twice.</returns>
    public async Task<bool> TryIndexAsync(
        NpgsqlDataSource source, RunIdentity run, SqlTable attempt, CancellationToken cancellationToken)
    {
        var fence = new LeaseFence(tables, run);
        string prefix = attempt.Name.Value;
        var key = new SqlName(prefix + "_k");
        var hubspot = new SqlName(prefix + "_h");
        var status = new SqlName(prefix + "_s");
        Task keys = BuildAsync(
            source,
            fence,
            [(key, SqlText.Of($"create unique index if not exists {key} on {attempt} ({new SqlName(_stage.LegacyId)})"))],
            cancellationToken);
        Task others = BuildAsync(
            source,
            fence,
            [
                (hubspot, SqlText.Of($"create index if not exists {hubspot} on {attempt} ({new SqlName(_stage.HubspotId)})")),
                (status, StagingDdl.StatusIndex(status, attempt)),
            ],
            cancellationToken);
        try
        {
            await Task.WhenAll(keys, others);
        }
        catch (PostgresException exception) when (
            exception.SqlState == PostgresErrorCodes.UniqueViolation && exception.ConstraintName == key.Value)
        {
            return false;
        }

        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await fence.HoldAsync(connection, cancellationToken);
        bool keyed = await SqlText.Of($"select 1 from pg_constraint where conrelid = $1::regclass and contype = 'p'")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(attempt.ToString())) is not null;
        if (!keyed)
        {
            await SqlText.Of($"alter table {attempt} add primary key using index {key}")
                .ExecuteAsync(connection, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Gives an attempt what the staging table has of a user's own, before readers have to wait for it.</summary>
    /// <param name="partial">Whether only the attempt's rows are replaced: rows that are merged take it from the table.</param>
    public async Task FitAsync(
        NpgsqlDataSource source, RunIdentity run, SqlTable attempt, bool partial, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(tables, run).HoldAsync(connection, cancellationToken);
        StagedTable table = await StagedTable.RequireAsync(connection, tables, _stage, cancellationToken);
        if (partial || table.Layout.IsPacked != layout.IsPacked || await IsReferredToAsync(connection, table.Rows, cancellationToken))
        {
            return;
        }

        await AttemptShape.FitAsync(connection, table.Rows, attempt, layout, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Exchanges or merges. Runs inside the caller's transaction, after the lease was checked in it.</summary>
    /// <param name="partial">Whether only the attempt's rows are replaced.</param>
    /// <param name="claims">Settles the claims of a partial attempt's rows with those of the others; <see langword="null"/> where none can meet.</param>
    /// <returns>What that changed in the attempt's rows.</returns>
    public async Task<BatchCounts> PublishAsync(
        NpgsqlConnection connection,
        SqlTable attempt,
        bool partial,
        ClaimSettlement? claims,
        ReplacedRows replaced,
        CancellationToken cancellationToken)
    {
        var changes = new BatchCounts();

        // A reader with a long transaction would make everybody behind this lock wait: give up and try again instead.
        await SqlText.Of($"set local lock_timeout = '3s'").ExecuteAsync(connection, cancellationToken);
        StagedTable staged = await FindAsync(connection, cancellationToken);
        SqlTable table = staged.Rows;
        await StagingView.AlignAsync(connection, tables, staged, cancellationToken);
        if (partial || await IsReferredToAsync(connection, table, cancellationToken))
        {
            if (!partial)
            {
                await replaced.ForgetAsync(connection, cancellationToken);
            }

            await SqlText.Of($"set local lock_timeout to default").ExecuteAsync(connection, cancellationToken);
            await replaced.KeepMergedAsync(connection, staged, attempt, partial ? [] : null, partial && claims is not null, cancellationToken);
            await MergeAsync(connection, table, attempt, partial, cancellationToken);
            if (partial && claims is not null)
            {
                changes = await claims.SettleMergedAsync(connection, table, attempt, cancellationToken);
            }

            await new Attempt(tables).DropAsync(connection, attempt, cancellationToken);
            return changes;
        }

        IReadOnlyList<SqlTable> forgotten = await replaced.ForgetRowsAsync(connection, cancellationToken);
        await SqlText.Of($"lock table {table} in access exclusive mode").ExecuteAsync(connection, cancellationToken);
        await ReplacedRows.DropAsync(connection, forgotten, cancellationToken);
        foreach (SqlTable old in await PartitionsAsync(connection, table, cancellationToken))
        {
            await SqlText.Of($"alter table {table} detach partition {old}").ExecuteAsync(connection, cancellationToken);
            if (!await replaced.KeepAsync(connection, old, cancellationToken))
            {
                await SqlText.Of($"drop table {old}").ExecuteAsync(connection, cancellationToken);
            }
        }

        await RenewStatusIndexAsync(connection, table, cancellationToken);
        // Again, for what was changed since: from here on, nobody can.
        await AttemptShape.FitAsync(connection, table, attempt, layout, cancellationToken);
        await SqlText.Of($"""
            alter table {attempt} reset (autovacuum_enabled, toast.autovacuum_enabled);
            alter table {table} attach partition {attempt} for values from (minvalue) to (maxvalue);
            drop table if exists {tables.Repeats(attempt)}
            """).ExecuteAsync(connection, cancellationToken);
        return changes;
    }

    /// <summary>Writes what a run changed into the published result. Runs inside the caller's transaction, after the lease was checked in it.</summary>
    /// <param name="touched">The ids whose rows are replaced, or go where the attempt has none.</param>
    public async Task MergeChangesAsync(
        NpgsqlConnection connection, SqlTable attempt, string[] touched, ReplacedRows replaced, CancellationToken cancellationToken)
    {
        StagedTable staged = await StagedTable.RequireAsync(connection, tables, _stage, cancellationToken);
        SqlTable table = staged.Rows;
        await SqlText.Of($"set local lock_timeout = '3s'").ExecuteAsync(connection, cancellationToken);
        await StagingView.AlignAsync(connection, tables, staged, cancellationToken);
        await SqlText.Of($"set local lock_timeout to default").ExecuteAsync(connection, cancellationToken);
        await replaced.KeepMergedAsync(connection, staged, attempt, touched, withClaims: false, cancellationToken);
        var key = new SqlName(_stage.LegacyId);
        await SqlText.Of($"delete from {table} t where t.{key} = any($1) and not exists (select 1 from {attempt} a where a.{key} = t.{key})")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(touched));
        await MergeAsync(connection, table, attempt, partial: true, cancellationToken);
        await new Attempt(tables).DropAsync(connection, attempt, cancellationToken);
    }

    // The staging table; one of the former layout was exchanged where the run is of the new one.
    private async Task<StagedTable> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        StagedTable table = await StagedTable.RequireAsync(connection, tables, _stage, cancellationToken);
        return table.Layout.IsPacked == layout.IsPacked ? table
            : table.IsFormer ? await FormerTable.ExchangeAsync(connection, tables, table, cancellationToken)
            : throw new StagingException($"{table.Published.Display} has got another layout since the run began. Nothing was published. Start over with --fresh.");
    }

    internal static async Task<bool> IsReferredToAsync(
        NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
        => await SqlText.Of($"select 1 from pg_constraint where confrelid = $1::regclass and contype = 'f' limit 1")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString())) is not null;

    // The table's index must be the one that attempts have, or attaching one would build it. Earlier versions indexed all
    // rows. Now that the table has no partition, nothing has to be built for it.
    private async Task RenewStatusIndexAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
    {
        SqlTable index = tables.Table(StagingDdl.StatusIndexOf(_stage));
        bool isFormer = await SqlText.Of($"select 1 from pg_index where indexrelid = to_regclass($1) and indpred is null")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(index.ToString())) is not null;
        if (isFormer)
        {
            await SqlText.Of($"drop index {index}; {StagingDdl.StatusIndex(index.Name, table)}").ExecuteAsync(connection, cancellationToken);
        }
    }

    private static async Task BuildAsync(
        NpgsqlDataSource source, LeaseFence fence, IReadOnlyList<(SqlName Name, SqlText Text)> indexes, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        foreach ((SqlName name, SqlText statement) in indexes)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            await fence.HoldAsync(connection, cancellationToken);

            // A session whose client is cut off goes on building; "if not exists" does not see what it has not committed.
            await SqlText.Of($"select pg_advisory_xact_lock(hashtextextended($1, 0))")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of($"recon index {name.Value}"));
            await SqlText.Of($"set local maintenance_work_mem = '128MB'").ExecuteAsync(connection, cancellationToken);
            if (HelpersFor(connection) is { } helpers)
            {
                await SqlText.Of($"select set_config(name, least(setting::int, {helpers})::text, true) from pg_settings where name = 'max_parallel_maintenance_workers'")
                    .ExecuteAsync(connection, cancellationToken);
            }

            await statement.ExecuteAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    // Two sessions build at the same time, and each would take two helpers: on a machine of two processors they cost a fifth
    // more than they do. Of a server elsewhere nobody knows how many it has.
    private static int? HelpersFor(NpgsqlConnection connection)
        => connection.Host is { } host && TlsRule.IsThisMachine(host) ? Math.Max((Environment.ProcessorCount / 2) - 1, 0) : null;

    private static Task<List<SqlTable>> PartitionsAsync(
        NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select n.nspname::text, c.relname::text from pg_inherits i
            join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
            where i.inhparent = $1::regclass
            """).ListAsync(
                connection,
                row => new SqlTable(new SqlName(row.GetString(0)), new SqlName(row.GetString(1))),
                cancellationToken,
                SqlValue.Of(table.ToString()));

    private async Task MergeAsync(
        NpgsqlConnection connection, SqlTable table, SqlTable attempt, bool partial, CancellationToken cancellationToken)
    {
        var key = new SqlName(_stage.LegacyId);
        List<string> columns = [.. layout.Names];
        IEnumerable<SqlText> sets = columns.Where(column => column != _stage.LegacyId)
            .Select(column => SqlText.Of($"{new SqlName(column)} = excluded.{new SqlName(column)}"));
        if (!partial)
        {
            await SqlText.Of($"delete from {table} t where not exists (select 1 from {attempt} a where a.{key} = t.{key})")
                .ExecuteAsync(connection, cancellationToken);
        }

        SqlText names = SqlText.Names(columns);
        await SqlText.Of($"""
            insert into {table} ({names}) select {names} from {attempt}
            on conflict ({key}) do update set {SqlText.Join(", ", sets)}
            """).ExecuteAsync(connection, cancellationToken);
    }
}
