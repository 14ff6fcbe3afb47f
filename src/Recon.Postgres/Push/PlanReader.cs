using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>Reads plans, and their items in order.</summary>
internal sealed class PlanReader(StagingTables tables)
{
    /// <summary>What <see cref="Item"/> reads, of the items as i.</summary>
    internal static readonly SqlText Columns = SqlText.Of($"""
        i.no, i.batch, i.pipeline, i.object_type, i.hubspot_id, i.legacy_id, i.properties::text, i.before::text, i.state,
        i.sent::text, i.seen::text, i.written::text, i.allowed::text, i.sent_at
        """);

    /// <summary>Whether this role may read plans, their items and what was said of them.</summary>
    public async Task<bool> MayReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select has_schema_privilege({new SqlLiteral(tables.Schema.Value)}, 'usage') and bool_and(has_table_privilege(t, 'select'))
            from unnest(array[{new SqlLiteral(tables.PushPlan.ToString())}, {new SqlLiteral(tables.PushItem.ToString())}, {new SqlLiteral(tables.PushApproval.ToString())}, {new SqlLiteral(tables.PushLink.ToString())}]) t
            """).ScalarAsync(connection, cancellationToken) is true;

    /// <summary>The latest plans, the newest first.</summary>
    public Task<IReadOnlyList<PushPlan>> ListAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken)
        => ReadAsync(
            connection,
            SqlText.Of($"p.plan_id in (select plan_id from {tables.PushPlan} group by 1 order by max(created_at) desc, 1 limit $1)"),
            cancellationToken,
            SqlValue.Of(limit));

    /// <summary>Finds a plan by its id, by how it begins or ends, or by how its hash begins.</summary>
    /// <param name="id">What somebody wrote; <see langword="null"/> for the latest plan.</param>
    /// <exception cref="StagingException">There is none, or there are several.</exception>
    public async Task<PushPlan> FindAsync(NpgsqlConnection connection, string? id, CancellationToken cancellationToken)
    {
        IReadOnlyList<PushPlan> found = id is null
            ? await ListAsync(connection, 1, cancellationToken)
            : await ReadAsync(
                connection,
                SqlText.Of($"(starts_with(p.plan_id::text, $1) or right(p.plan_id::text, length($1)) = $1 or starts_with(p.hash, $1))"),
                cancellationToken,
                SqlValue.Of(Guid.TryParse(id, out Guid whole) ? whole.ToString() : id.ToLowerInvariant()));
        return found switch
        {
            [var plan] => plan,
            [] => throw new StagingException(id is null
                ? "There is no plan. 'recon plan' makes one from the published results."
                : $"There is no plan '{id}'. 'recon plan --list' shows those that there are."),
            _ => throw new StagingException(
                $"'{id}' is {found.Count} plans: {string.Join(", ", found.Take(5).Select(plan => plan.Id))}. Write more of the id."),
        };
    }

    /// <summary>Reads all items of a plan, in order.</summary>
    public async IAsyncEnumerable<PushItem> ItemsAsync(
        NpgsqlConnection connection, Guid planId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = SqlText.Of($"select {Columns} from {tables.PushItem} i where plan_id = $1 order by no")
            .On(connection, SqlValue.Of(planId));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Item(reader);
        }
    }

    /// <summary>Reads the next batch of items in certain states; nothing stays open behind it. Of approved ones, those that a push took on.</summary>
    /// <param name="after">The last item of the batch before; 0 at first.</param>
    /// <param name="undoing">Whether an undo took them on; <see langword="null"/> for either.</param>
    /// <returns>Neighbours of one batch, so of one object type; none at the end.</returns>
    public async Task<IReadOnlyList<PushItem>> NextAsync(
        NpgsqlConnection connection,
        Guid planId,
        long after,
        IReadOnlyCollection<PushState> states,
        bool? undoing,
        CancellationToken cancellationToken)
    {
        List<PushItem> items = await SqlText.Of($"""
            select {Columns} from {tables.PushItem} i
            where plan_id = $1 and no > $2 and state = any($3) and ($4 is null or undoing = $4) and (state <> 'approved' or sent is not null)
            order by no limit {PlanWriter.BatchSize}
            """).ListAsync(
                connection,
                Item,
                cancellationToken,
                SqlValue.Of(planId),
                SqlValue.Of(after),
                SqlValue.Of([.. states.Select(PushStates.TextOf)]),
                SqlValue.Of(undoing));
        return [.. items.TakeWhile(item => item.Batch == items[0].Batch && item.Planned.ObjectType == items[0].Planned.ObjectType)];
    }

    private async Task<IReadOnlyList<PushPlan>> ReadAsync(
        NpgsqlConnection connection, SqlText condition, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var rows = await SqlText.Of($"""
            select p.plan_id, p.portal, p.hash, p.created_by, p.created_at, p.state, p.pipeline, p.run_id, p.records, p.links, p.object_types,
                p.counts::text, p.brakes::text, p.runs
            from {tables.PushPlan} p where {condition}
            order by min(p.created_at) over (partition by p.plan_id) desc, p.plan_id, p.created_at, p.pipeline
            """).ListAsync(
                connection,
                row => (
                    Head: new PushPlan(
                        row.GetGuid(0), row.GetInt64(1), row.GetString(2), row.GetString(3), new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero), PlanStates.Of(row.GetString(5)), []),
                    Part: new PlanPart(
                        row.GetString(6), row[7] as Guid?, row.GetInt64(8), row.GetInt64(9), row.GetFieldValue<string[]>(10), row.GetString(11), row.GetString(12))
                    {
                        Runs = row.GetFieldValue<Guid[]>(13),
                    }),
                cancellationToken,
                parameters);
        return [.. rows.GroupBy(row => row.Head.Id).Select(plan => plan.First().Head with { Parts = [.. plan.Select(row => row.Part)] })];
    }

    internal static PushItem Item(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        new PlannedItem(
            row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetString(5), PushValues.Read(row.GetString(6)), PushValues.ReadNullable(row.GetString(7))),
        PushStates.Of(row.GetString(8)))
    {
        Sent = row[9] is string sent ? PushValues.Read(sent) : null,
        Seen = row[10] is string seen ? PushValues.ReadNullable(seen) : null,
        Written = row[11] is string written ? PushValues.ReadNullable(written) : null,
        Allowed = row[12] is string allowed ? PushValues.Read(allowed) : null,
        SentAt = row[13] is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero) : null,
    };
}
