using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>What people said of plans. Nothing of it is ever changed; later words count.</summary>
internal sealed class ApprovalStore(StagingTables tables)
{
    /// <summary>Lets one at a time speak of a plan, until the end of the transaction.</summary>
    public Task<int> LockAsync(NpgsqlConnection connection, PushPlan plan, CancellationToken cancellationToken)
        => SqlText.Of($"select 1 from {tables.PushPlan} where plan_id = $1 order by pipeline for no key update")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(plan.Id));

    /// <summary>Enters what somebody said, bound to the plan's hash.</summary>
    public Task<int> AddAsync(
        NpgsqlConnection connection, PushPlan plan, ApprovalWish wish, string by, string? reason, bool isOverLimit, CancellationToken cancellationToken)
        => SqlText.Of($"""
            insert into {tables.PushApproval} (plan_id, hash, pipeline, scope, property, old_value, new_value, legacy_id, verdict, approved_by, reason, over_limit)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(plan.Id),
                SqlValue.Of(plan.Hash),
                SqlValue.Of(wish.Pipeline),
                SqlValue.Of(ApprovalWish.TextOf(wish.Scope)),
                SqlValue.Of(wish.Property),
                SqlValue.Of(wish.Old),
                SqlValue.Of(wish.New),
                SqlValue.Of(wish.LegacyId),
                SqlValue.Of(wish.IsApproved ? "approve" : "reject"),
                SqlValue.Of(by),
                SqlValue.Of(reason),
                SqlValue.Of(isOverLimit));

    /// <summary>Reads what was said of a plan as it is, in order.</summary>
    public async Task<IReadOnlyList<Approval>> ListAsync(NpgsqlConnection connection, PushPlan plan, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select id, scope, pipeline, property, old_value, new_value, legacy_id, verdict, approved_by, approved_at, reason, over_limit
            from {tables.PushApproval} where plan_id = $1 and hash = $2 order by id
            """).ListAsync(
                connection,
                row => new Approval(
                    row.GetInt64(0),
                    new ApprovalWish(
                        ScopeOf(row.GetString(1)), row[2] as string, row[3] as string, row[4] as string, row[5] as string, row[6] as string, row.GetString(7) == "approve"),
                    row.GetString(8),
                    new DateTimeOffset(row.GetDateTime(9), TimeSpan.Zero),
                    row[10] as string,
                    row.GetBoolean(11)),
                cancellationToken,
                SqlValue.Of(plan.Id),
                SqlValue.Of(plan.Hash));

    /// <summary>Judges all items and associations of a plan that no push took on yet, by what was said so far.</summary>
    /// <param name="connection">A connection in a transaction, or the two statements are two.</param>
    public async Task JudgeAsync(NpgsqlConnection connection, PushPlan plan, CancellationToken cancellationToken)
    {
        foreach ((SqlTable table, bool isLink) in ((SqlTable, bool)[])[(tables.PushItem, false), (tables.PushLink, true)])
        {
            await SqlText.Of($"""
                with {JudgedChanges.Of(tables)}, {JudgedChanges.States}
                update {table} i set state = s.state from states s
                where s.is_link = $3 and i.plan_id = $1 and i.no = s.no and i.state <> s.state and i.state in ('planned', 'approved', 'rejected')
                """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(plan.Id), SqlValue.Of(plan.Hash), SqlValue.Of(isLink));
        }
    }

    /// <summary>
    /// Fixes what a push sends: judges, takes the approved changes of each approved item into <c>sent</c>, and puts the approved items in new
    /// batches, as full as they can be, behind those that were sent before.
    /// </summary>
    /// <param name="connection">A connection in a transaction, or the statements are several.</param>
    /// <remarks>Of items whose fate is not known, it is told what is approved by now: <see cref="PushItem.Allowed"/>.</remarks>
    /// <returns>The items that are approved and were not sent yet.</returns>
    public async Task<int> FixAsync(NpgsqlConnection connection, PushPlan plan, CancellationToken cancellationToken)
    {
        await JudgeAsync(connection, plan, cancellationToken);
        await JudgeUnsettledAsync(connection, plan, cancellationToken);

        // By what was known when the plan was made, no item is approved: everything would be joined with everything, and each batch be looked for among all items.
        await SqlText.Of($"analyze {tables.PushItem}, {tables.PushLink}").ExecuteAsync(connection, cancellationToken);
        return await SqlText.Of($"""
            with {JudgedChanges.Of(tables)}, {JudgedChanges.States}, slots as (
                select no, pipeline, object_type, (row_number() over (partition by pipeline, object_type order by no) - 1) / {PlanWriter.BatchSize} as slot,
                    min(no) over (partition by pipeline, object_type) as start
                from {tables.PushItem} where plan_id = $1 and state = 'approved'),
            last as (select coalesce(max(batch), 0) as batch from {tables.PushItem} where plan_id = $1 and state not in ('planned', 'approved', 'rejected')),
            batches as (select no, last.batch + dense_rank() over (order by start, slot) as batch from slots cross join last)
            update {tables.PushItem} i set sent = s.sent, batch = b.batch
            from states s join batches b using (no) where not s.is_link and i.plan_id = $1 and i.no = s.no and i.state = 'approved'
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(plan.Id), SqlValue.Of(plan.Hash));
    }

    // What was approved when it was sent may not be so any more. Whether it arrived, HubSpot tells of records; of associations nobody does.
    private async Task JudgeUnsettledAsync(NpgsqlConnection connection, PushPlan plan, CancellationToken cancellationToken)
    {
        await SqlText.Of($"""
            with {JudgedChanges.Of(tables)}, {JudgedChanges.States}
            update {tables.PushItem} i set allowed = case when s.sent is distinct from i.sent then coalesce(s.sent, jsonb_build_object()) end from states s
            where not s.is_link and i.plan_id = $1 and i.no = s.no and i.state in ('sending', 'uncertain') and not i.undoing
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(plan.Id), SqlValue.Of(plan.Hash));
        await SqlText.Of($"""
            with {JudgedChanges.Of(tables)}, {JudgedChanges.States}
            update {tables.PushLink} l set state = 'rejected', message = 'it may be there: it was being made when the push ended, and is not approved any more'
            from states s where s.is_link and l.plan_id = $1 and l.no = s.no and l.state in ('sending', 'uncertain') and s.state <> 'approved'
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(plan.Id), SqlValue.Of(plan.Hash));
    }

    private static ApprovalScope ScopeOf(string text)
        => Enum.GetValues<ApprovalScope>().Cast<ApprovalScope?>().FirstOrDefault(scope => ApprovalWish.TextOf(scope!.Value) == text)
            ?? throw new StagingException($"'{text}' is no scope of an approval that this version of recon knows.");
}
