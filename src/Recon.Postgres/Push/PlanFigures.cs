using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>Counts what a plan is to change, and what was said of it.</summary>
internal sealed class PlanFigures(StagingTables tables)
{
    // Longer texts are rarely the same twice, and nobody approves them by what they hold.
    private const int LongestShown = 200;

    /// <summary>Counts the changes of each property, and of each lookup's associations.</summary>
    public Task<List<PropertyFigures>> PropertiesAsync(NpgsqlConnection connection, Guid planId, string hash, CancellationToken cancellationToken)
        => SqlText.Of($"""
            with {JudgedChanges.Of(tables)}
            select pipeline, property, is_link, count(*) filter (where old_value = '' and new_value <> ''), count(*) filter (where old_value <> '' and new_value <> ''),
                count(*) filter (where new_value = ''), count(*) filter (where verdict = 'approve'), count(*) filter (where verdict = 'reject')
            from judged group by 1, 2, 3 order by 3, 2, 1
            """).ListAsync(
                connection,
                row => new PropertyFigures(
                    row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)),
                cancellationToken,
                SqlValue.Of(planId),
                SqlValue.Of(hash));

    /// <summary>Counts the most frequent transitions of each property of which nothing was said yet, the most frequent first.</summary>
    /// <param name="perProperty">Most transitions of one property of one pipeline.</param>
    public Task<List<TransitionFigures>> TransitionsAsync(
        NpgsqlConnection connection, Guid planId, string hash, int perProperty, CancellationToken cancellationToken)
        => SqlText.Of($"""
            with {JudgedChanges.Of(tables)}, counted as (
                select pipeline, property, old_value, new_value, count(*) as n from judged
                where not is_link and verdict is null and length(old_value) <= {LongestShown} and length(new_value) <= {LongestShown} group by 1, 2, 3, 4),
            ranked as (select *, row_number() over (partition by pipeline, property order by n desc, old_value collate "C", new_value collate "C") as rank from counted)
            select pipeline, property, old_value, new_value, n from ranked where rank <= {perProperty} order by n desc, pipeline, property, rank
            """).ListAsync(
                connection,
                row => new TransitionFigures(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4)),
                cancellationToken,
                SqlValue.Of(planId),
                SqlValue.Of(hash));

    /// <summary>Counts by pipeline the records that are approved, and the values that would be cleared in them.</summary>
    public Task<List<(string Pipeline, long Records, long Cleared)>> ApprovedAsync(
        NpgsqlConnection connection, Guid planId, string hash, CancellationToken cancellationToken)
        => SqlText.Of($"""
            with {JudgedChanges.Of(tables)}
            select pipeline, count(distinct no), count(*) filter (where new_value = '') from judged where not is_link and verdict = 'approve' group by 1
            """).ListAsync(
                connection, row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken, SqlValue.Of(planId), SqlValue.Of(hash));

    /// <summary>The changes of which somebody speaks that come too late, as a push has dealt with their records: approved and not sent, or sent and not approved any more.</summary>
    public async Task<LateChanges> LateAsync(NpgsqlConnection connection, Guid planId, string hash, ApprovalWish wish, CancellationToken cancellationToken)
    {
        List<(string Change, long Count)> late = await SqlText.Of($"""
            with {JudgedChanges.Of(tables)}
            select concat_ws(' ', c.pipeline, c.legacy_id, c.property), count(*) over () from judged c
            left join {tables.PushItem} i on i.plan_id = $1 and i.no = c.no and not c.is_link
            where c.state not in ('planned', 'approved', 'rejected', 'sending', 'uncertain')
                and (coalesce(c.verdict, '') = 'approve') <> (c.is_link or coalesce(i.sent ? c.property, false))
                and c.pipeline = coalesce($3, c.pipeline) and c.property = coalesce($4, c.property) and c.legacy_id = coalesce($5, c.legacy_id)
                and c.old_value = coalesce($6, c.old_value) and c.new_value = coalesce($7, c.new_value)
            order by c.is_link, c.no, c.property limit {LateChanges.MostNamed}
            """).ListAsync(
                connection,
                row => (row.GetString(0), row.GetInt64(1)),
                cancellationToken,
                SqlValue.Of(planId),
                SqlValue.Of(hash),
                SqlValue.Of(wish.Pipeline),
                SqlValue.Of(wish.Property),
                SqlValue.Of(wish.LegacyId),
                SqlValue.Of(wish.Old),
                SqlValue.Of(wish.New));
        return new LateChanges(late.Count == 0 ? 0 : late[0].Count, [.. late.Select(each => each.Change)]);
    }

    /// <summary>Counts the items of each batch, in order.</summary>
    public Task<List<(string Pipeline, string ObjectType, long Items)>> BatchesAsync(NpgsqlConnection connection, Guid planId, CancellationToken cancellationToken)
        => SqlText.Of($"select pipeline, object_type, count(*) from {tables.PushItem} where plan_id = $1 group by batch, 1, 2 order by batch")
            .ListAsync(connection, row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), cancellationToken, SqlValue.Of(planId));

    /// <summary>Counts the associations of each batch, in order.</summary>
    public Task<List<(string Pipeline, string Lookup, long Links)>> LinkBatchesAsync(NpgsqlConnection connection, Guid planId, CancellationToken cancellationToken)
        => SqlText.Of($"select pipeline, lookup, count(*) from {tables.PushLink} where plan_id = $1 group by batch, 1, 2 order by batch")
            .ListAsync(connection, row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), cancellationToken, SqlValue.Of(planId));

    /// <summary>The pipelines of a plan that hold a legacy id.</summary>
    public Task<List<string>> PipelinesOfAsync(NpgsqlConnection connection, Guid planId, string legacyId, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select pipeline from {tables.PushItem} where plan_id = $1 and legacy_id = $2
            union select pipeline from {tables.PushLink} where plan_id = $1 and legacy_id = $2 order by 1
            """).ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(planId), SqlValue.Of(legacyId));
}

/// <summary>How often a plan changes one property in a pipeline, and how often that was approved and rejected.</summary>
/// <param name="IsLink">Whether it is an association.</param>
/// <param name="Set">Where there was no value.</param>
/// <param name="Changed">Where there was another one.</param>
internal sealed record PropertyFigures(
    string Pipeline, string Property, bool IsLink, long Set, long Changed, long Cleared, long Approved, long Rejected)
{
    public long All => Set + Changed + Cleared;

    /// <summary>Of which nothing was said.</summary>
    public long Open => All - Approved - Rejected;
}

/// <param name="Named">The first of them: pipeline, legacy id and property.</param>
internal sealed record LateChanges(long Count, IReadOnlyList<string> Named)
{
    public const int MostNamed = 5;
}

/// <param name="Old">Empty for nothing.</param>
/// <param name="New">Empty for cleared.</param>
internal sealed record TransitionFigures(string Pipeline, string Property, string Old, string New, long Count);
