using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>What became of the items of plans. Each call is one statement, committed when it returns unless the connection is in a transaction.</summary>
/// <remarks>
/// Statistics of states are always those of a moment ago, so that the server may expect one row where it finds all of a plan. That the numbers are among those of the
/// batch leaves it nothing but the key.
/// </remarks>
internal sealed class ItemLedger(StagingTables tables)
{
    /// <summary>Enters items as being sent, with what HubSpot held just before. Commit before the request leaves.</summary>
    /// <param name="items">The items, with <see cref="ItemVerdict.State"/> <see cref="PushState.Sending"/>.</param>
    /// <param name="from">The states in which they may be: one that is in another one by now, because somebody rejected it, is left alone.</param>
    /// <param name="undoing">Whether what was written before is taken back.</param>
    /// <returns>The items that may be sent, with the time of the first request of which nobody knows yet what became.</returns>
    public async Task<IReadOnlyDictionary<long, DateTimeOffset>> SendingAsync(
        NpgsqlConnection connection,
        Guid planId,
        IReadOnlyList<ItemVerdict> items,
        IReadOnlyCollection<PushState> from,
        bool undoing,
        CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            update {tables.PushItem} i set state = 'sending', undoing = $5, answered_at = null,
                sent_at = case when i.state in ('sending', 'uncertain') and i.undoing = $5 then coalesce(i.sent_at, clock_timestamp()) else clock_timestamp() end,
                seen = coalesce(v.seen::jsonb, i.seen), sent = coalesce(v.sent::jsonb, i.sent), allowed = null
            from unnest($2::bigint[], $3::text[], $6::text[]) as v (no, seen, sent)
            where i.plan_id = $1 and i.no = any($2) and i.no = v.no and i.state = any($4) returning i.no, i.sent_at
            """).ListAsync(
                connection,
                row => KeyValuePair.Create(row.GetInt64(0), new DateTimeOffset(row.GetDateTime(1), TimeSpan.Zero)),
                cancellationToken,
                SqlValue.Of(planId),
                Numbers(items),
                Texts(items, item => PushValues.Write(item.Seen)),
                SqlValue.Of([.. from.Select(PushStates.TextOf)]),
                SqlValue.Of(undoing),
                Texts(items, item => PushValues.Write(item.Sent)))).ToDictionary();

    /// <summary>Enters what became of items.</summary>
    /// <returns>How many were entered: all of them, unless one is not in the plan.</returns>
    public Task<int> JudgeAsync(NpgsqlConnection connection, Guid planId, IReadOnlyList<ItemVerdict> verdicts, CancellationToken cancellationToken)
        => SqlText.Of($"""
            update {tables.PushItem} i set state = v.state, http_status = v.http_status::integer, category = v.category, code = v.code, message = v.message,
                property = v.property, correlation_id = v.correlation_id, changed_by = v.changed_by, merged_into = v.merged_into,
                seen = coalesce(v.seen::jsonb, i.seen), written = coalesce(v.written::jsonb, i.written), answered_at = clock_timestamp()
            from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
                $12::text[], $13::text[]) as v (no, state, http_status, category, code, message, property, correlation_id, changed_by, merged_into, seen, written)
            where i.plan_id = $1 and i.no = any($2) and i.no = v.no
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(planId),
                Numbers(verdicts),
                Texts(verdicts, verdict => PushStates.TextOf(verdict.State)),
                Texts(verdicts, verdict => verdict.HttpStatus?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                Texts(verdicts, verdict => verdict.Category),
                Texts(verdicts, verdict => verdict.Code),
                Texts(verdicts, verdict => verdict.Message),
                Texts(verdicts, verdict => verdict.Property),
                Texts(verdicts, verdict => verdict.CorrelationId),
                Texts(verdicts, verdict => verdict.ChangedBy),
                Texts(verdicts, verdict => verdict.MergedInto),
                Texts(verdicts, verdict => PushValues.Write(verdict.Seen)),
                Texts(verdicts, verdict => PushValues.Write(verdict.Written)));

    /// <summary>Counts the items of a plan by state and by whether an undo took them on.</summary>
    public Task<List<(PushState State, bool IsUndoing, long Items)>> CountAsync(NpgsqlConnection connection, Guid planId, CancellationToken cancellationToken)
        => SqlText.Of($"select state, undoing, count(*) from {tables.PushItem} where plan_id = $1 group by 1, 2 order by 1, 2")
            .ListAsync(connection, row => (PushStates.Of(row.GetString(0)), row.GetBoolean(1), row.GetInt64(2)), cancellationToken, SqlValue.Of(planId));

    /// <summary>Says how far a plan was carried out.</summary>
    public Task<int> SetPlanAsync(NpgsqlConnection connection, Guid planId, PlanState state, CancellationToken cancellationToken)
        => SqlText.Of($"update {tables.PushPlan} set state = $2 where plan_id = $1")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(planId), SqlValue.Of(PlanStates.TextOf(state)));

    private static NpgsqlParameter Numbers(IReadOnlyList<ItemVerdict> items) => SqlValue.Numbers([.. items.Select(item => item.No)]);

    private static NpgsqlParameter Texts(IReadOnlyList<ItemVerdict> items, Func<ItemVerdict, string?> text) => SqlValue.Texts([.. items.Select(text)]);
}
