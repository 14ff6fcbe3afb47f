using Npgsql;
using NpgsqlTypes;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>
/// Writes a plan in one transaction: first what is wanted, into temporary tables; then those items whose HubSpot record nobody
/// else claims, numbered and in batches. Disposing is a rollback unless the plan was completed.
/// </summary>
internal sealed class PlanWriter : IAsyncDisposable
{
    /// <summary>Most items of a batch, which is one call.</summary>
    public const int BatchSize = 100;

    private const int NamedClashes = 20;

    private static readonly SqlTable s_items = new(new SqlName("pg_temp"), new SqlName("wanted_items"));
    private static readonly SqlTable s_links = new(new SqlName("pg_temp"), new SqlName("wanted_links"));

    private readonly NpgsqlTransaction _transaction;
    private readonly StagingTables _tables;
    private NpgsqlBinaryImporter? _copy;

    private PlanWriter(NpgsqlConnection connection, NpgsqlTransaction transaction, StagingTables tables, Guid planId)
        => (Connection, _transaction, _tables, PlanId) = (connection, transaction, tables, planId);

    public Guid PlanId { get; }

    /// <summary>The connection of the transaction, to read what was written so far.</summary>
    public NpgsqlConnection Connection { get; }

    public static async Task<PlanWriter> BeginAsync(NpgsqlDataSource source, StagingTables tables, Guid planId, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
#pragma warning disable CA2000 // The writer disposes it.
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
#pragma warning restore CA2000
            await SqlText.Of($"""
                create temporary table wanted_items (place integer not null, pipeline text not null, object_type text not null,
                    hubspot_id bigint not null, legacy_id text not null, properties jsonb not null, before jsonb not null) on commit drop;
                create temporary table wanted_links (place integer not null, pipeline text not null, lookup text not null, legacy_id text not null,
                    from_type text not null, from_id bigint not null, to_type text not null, to_id bigint not null) on commit drop
                """).ExecuteAsync(connection, cancellationToken);
            return new PlanWriter(connection, transaction, tables, planId);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the items of a pipeline.</summary>
    /// <param name="place">The pipeline's place in the plan.</param>
    public async Task AddItemsAsync(int place, IAsyncEnumerable<PlannedItem> items, CancellationToken cancellationToken)
    {
        await BeginCopyAsync(SqlText.Of($"copy {s_items} (place, pipeline, object_type, hubspot_id, legacy_id, properties, before) from stdin (format binary)"), cancellationToken);
        await foreach (PlannedItem item in items.WithCancellation(cancellationToken))
        {
            await _copy!.StartRowAsync(cancellationToken);
            await _copy.WriteAsync(place, NpgsqlDbType.Integer, cancellationToken);
            await WriteAsync(item.Pipeline, cancellationToken);
            await WriteAsync(item.ObjectType, cancellationToken);
            await _copy.WriteAsync(item.HubspotId, NpgsqlDbType.Bigint, cancellationToken);
            await WriteAsync(item.LegacyId, cancellationToken);
            await _copy.WriteAsync(PushValues.Write(item.Properties)!, NpgsqlDbType.Jsonb, cancellationToken);
            await _copy.WriteAsync(PushValues.Write(item.Before)!, NpgsqlDbType.Jsonb, cancellationToken);
        }

        await EndCopyAsync(cancellationToken);
    }

    /// <summary>Takes the associations of a pipeline's records.</summary>
    /// <param name="place">The pipeline's place in the plan.</param>
    public async Task AddLinksAsync(int place, IAsyncEnumerable<PlannedLink> links, CancellationToken cancellationToken)
    {
        await BeginCopyAsync(SqlText.Of($"copy {s_links} (place, pipeline, lookup, legacy_id, from_type, from_id, to_type, to_id) from stdin (format binary)"), cancellationToken);
        await foreach (PlannedLink link in links.WithCancellation(cancellationToken))
        {
            await _copy!.StartRowAsync(cancellationToken);
            await _copy.WriteAsync(place, NpgsqlDbType.Integer, cancellationToken);
            await WriteAsync(link.Pipeline, cancellationToken);
            await WriteAsync(link.Lookup, cancellationToken);
            await WriteAsync(link.LegacyId, cancellationToken);
            await WriteAsync(link.FromType, cancellationToken);
            await _copy.WriteAsync(link.FromId, NpgsqlDbType.Bigint, cancellationToken);
            await WriteAsync(link.ToType, cancellationToken);
            await _copy.WriteAsync(link.ToId, NpgsqlDbType.Bigint, cancellationToken);
        }

        await EndCopyAsync(cancellationToken);
    }

    /// <summary>Takes out the records that several items claim.</summary>
    /// <returns>How many items were taken out, and some of the records with the pipelines and legacy ids that claim them.</returns>
    public async Task<(long Items, IReadOnlyList<Clash> Named)> RemoveClashesAsync(CancellationToken cancellationToken)
    {
        List<Clash> named = await SqlText.Of($"""
            select object_type, hubspot_id, array_agg(pipeline || ' ' || legacy_id order by place, legacy_id collate "C") from {s_items}
            group by 1, 2 having count(*) > 1 order by 1, 2 limit {NamedClashes}
            """).ListAsync(Connection, row => new Clash(row.GetString(0), row.GetInt64(1), row.GetFieldValue<string[]>(2)), cancellationToken);
        if (named.Count == 0)
        {
            return (0, named);
        }

        await SqlText.Of($"""
            delete from {s_links} l using (select object_type, hubspot_id from {s_items} group by 1, 2 having count(*) > 1) c
            where c.object_type = l.from_type and c.hubspot_id = l.from_id
            """).ExecuteAsync(Connection, cancellationToken);
        return (await SqlText.Of($"""
            delete from {s_items} i using (select object_type, hubspot_id from {s_items} group by 1, 2 having count(*) > 1) c
            where c.object_type = i.object_type and c.hubspot_id = i.hubspot_id
            """).ExecuteAsync(Connection, cancellationToken), named);
    }

    /// <summary>Numbers the items and puts them in batches of one pipeline and object type each.</summary>
    /// <param name="limit">Most items; <see langword="null"/> for all.</param>
    /// <returns>How many there are.</returns>
    public Task<int> SettleItemsAsync(long? limit, CancellationToken cancellationToken) => SqlText.Of($"""
        insert into {_tables.PushItem} (plan_id, no, pipeline, object_type, batch, hubspot_id, legacy_id, properties, before, state)
        select $1, row_number() over (order by place, object_type, slot, legacy_id collate "C"), pipeline, object_type,
            dense_rank() over (order by place, object_type, slot), hubspot_id, legacy_id, properties, before, 'planned'
        from (select *, (row_number() over (partition by place, object_type order by legacy_id collate "C") - 1) / {BatchSize} as slot from {s_items}) i
        order by 2 limit $2
        """).ExecuteAsync(Connection, cancellationToken, SqlValue.Of(PlanId), SqlValue.Of(limit));

    /// <summary>Numbers the associations and puts them in batches; those that were written for the account already are left out.</summary>
    /// <param name="ofItems">Whether only those of the plan's items are wanted.</param>
    /// <returns>How many there are, and how many were written already.</returns>
    public async Task<(int Planned, long Written)> SettleLinksAsync(long portal, bool ofItems, CancellationToken cancellationToken)
    {
        SqlText isWritten = SqlText.Of($"""
            exists (select 1 from {_tables.PushLink} w join {_tables.PushPlan} p on p.plan_id = w.plan_id and p.pipeline = w.pipeline
                where w.from_id = l.from_id and w.to_id = l.to_id and w.from_type = l.from_type and w.to_type = l.to_type and w.state = 'written' and p.portal = $1)
            """);
        SqlText isWanted = SqlText.Of($"""
            (not $2 or exists (select 1 from {_tables.PushItem} i where i.plan_id = $3 and i.pipeline = l.pipeline and i.legacy_id = l.legacy_id))
            """);
        NpgsqlParameter[] Parameters() => [SqlValue.Of(portal), SqlValue.Of(ofItems), SqlValue.Of(PlanId)];
        await SqlText.Of($"analyze {s_links}").ExecuteAsync(Connection, cancellationToken);
        long written = (long)(await SqlText.Of($"""
            select count(distinct (from_type, from_id, to_type, to_id)) from {s_links} l where {isWanted} and {isWritten}
            """).ScalarAsync(Connection, cancellationToken, Parameters()))!;
        int planned = await SqlText.Of($"""
            insert into {_tables.PushLink} (plan_id, no, pipeline, lookup, batch, from_type, from_id, to_type, to_id, legacy_id, state)
            select $3, row_number() over (order by place, lookup, from_type, to_type, slot, from_id, to_id), pipeline, lookup,
                dense_rank() over (order by place, lookup, from_type, to_type, slot), from_type, from_id, to_type, to_id, legacy_id, 'planned'
            from (
                select *, (row_number() over (partition by place, lookup, from_type, to_type order by from_id, to_id) - 1) / {BatchSize} as slot
                from (
                    select distinct on (from_type, from_id, to_type, to_id) * from {s_links} l where {isWanted} and not {isWritten}
                    order by from_type, from_id, to_type, to_id, place, lookup) l) l
            order by 2
            """).ExecuteAsync(Connection, cancellationToken, Parameters());
        return (planned, written);
    }

    /// <summary>Enters the plan, and commits.</summary>
    public async Task CompleteAsync(PushPlan plan, CancellationToken cancellationToken)
    {
        foreach (PlanPart part in plan.Parts)
        {
            await SqlText.Of($"""
                insert into {_tables.PushPlan} (plan_id, pipeline, run_id, portal, hash, created_by, records, links, object_types, state, counts, brakes, runs)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                """).ExecuteAsync(
                    Connection,
                    cancellationToken,
                    SqlValue.Of(PlanId),
                    SqlValue.Of(part.Pipeline),
                    SqlValue.Of(part.RunId),
                    SqlValue.Of(plan.Portal),
                    SqlValue.Of(plan.Hash),
                    SqlValue.Of(plan.CreatedBy),
                    SqlValue.Of(part.Records),
                    SqlValue.Of(part.Links),
                    SqlValue.Of([.. part.ObjectTypes]),
                    SqlValue.Of(PlanStates.TextOf(plan.State)),
                    SqlValue.Json(part.Counts),
                    SqlValue.Json(part.Brakes),
                    SqlValue.Ids([.. part.Runs]));
        }

        await _transaction.CommitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_copy is not null)
        {
            await _copy.DisposeAsync();
        }

        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private async Task BeginCopyAsync(SqlText copy, CancellationToken cancellationToken)
        => _copy = await Connection.BeginBinaryImportAsync(copy.Text, cancellationToken);

    private async Task EndCopyAsync(CancellationToken cancellationToken)
    {
        await _copy!.CompleteAsync(cancellationToken);
        await _copy.DisposeAsync();
        _copy = null;
    }

    private Task WriteAsync(string text, CancellationToken cancellationToken) => _copy!.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);
}

/// <summary>A HubSpot record that several items claim.</summary>
/// <param name="Claims">Pipeline and legacy id of each.</param>
internal sealed record Clash(string ObjectType, long HubspotId, IReadOnlyList<string> Claims);
