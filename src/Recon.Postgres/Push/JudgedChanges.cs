using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>
/// The changes of a plan with what was said of each, as SQL: the same rule as <c>ApprovalJudge</c> of Recon.Push, over
/// any number of changes at once. A test holds the two together.
/// </summary>
internal static class JudgedChanges
{
    /// <summary>
    /// Common table expressions that end in <c>judged (no, is_link, pipeline, legacy_id, property, old_value, new_value, state, verdict)</c>; the verdict
    /// is null where nothing was said. Parameters: $1 the plan's id, $2 its hash.
    /// </summary>
    public static SqlText Of(StagingTables tables) => SqlText.Of($"""
        said as (
            select a.id, a.scope, p.pipeline, a.property, a.old_value, a.new_value, a.legacy_id, a.verdict
            from {tables.PushApproval} a join {tables.PushPlan} p on p.plan_id = a.plan_id and (a.pipeline is null or a.pipeline = p.pipeline)
            where a.plan_id = $1 and a.hash = $2),
        of_all as (select distinct on (pipeline) pipeline, verdict from said where scope = 'all' order by pipeline, id desc),
        of_property as (select distinct on (pipeline, property) pipeline, property, verdict from said where scope = 'property' order by pipeline, property, id desc),
        of_transition as (select distinct on (pipeline, property, old_value, new_value) pipeline, property, old_value, new_value, verdict
            from said where scope = 'transition' order by pipeline, property, old_value, new_value, id desc),
        of_record as (select distinct on (pipeline, legacy_id, property) pipeline, legacy_id, property, id, verdict
            from said where scope = 'record' order by pipeline, legacy_id, property, id desc),
        changes as (
            select i.no, false as is_link, i.pipeline, i.legacy_id, c.key as property, coalesce(i.before ->> c.key, '') as old_value, c.value as new_value, i.state
            from {tables.PushItem} i cross join lateral jsonb_each_text(i.properties) c where i.plan_id = $1
            union all
            select l.no, true, l.pipeline, l.legacy_id, {new SqlLiteral(PlannedLink.PropertyOf(""))} || l.lookup, '', l.to_id::text, l.state
            from {tables.PushLink} l where l.plan_id = $1),
        judged as (
            select c.*, coalesce(case when coalesce(one.id, 0) > coalesce(r.id, 0) then one.verdict else r.verdict end, t.verdict, p.verdict, a.verdict) as verdict
            from changes c
            left join of_record r on r.pipeline = c.pipeline and r.legacy_id = c.legacy_id and r.property is null
            left join of_record one on one.pipeline = c.pipeline and one.legacy_id = c.legacy_id and one.property = c.property
            left join of_transition t on t.pipeline = c.pipeline and t.property = c.property and t.old_value = c.old_value and t.new_value = c.new_value
            left join of_property p on p.pipeline = c.pipeline and p.property = c.property
            left join of_all a on a.pipeline = c.pipeline)
        """);

    /// <summary>What follows <see cref="Of"/>: <c>states (no, is_link, state, sent)</c>, with what may be sent of each item.</summary>
    public static SqlText States { get; } = SqlText.Of($"""
        states as (
            select no, is_link, jsonb_object_agg(property, new_value) filter (where verdict = 'approve') as sent,
                case when bool_or(coalesce(verdict, '') = 'approve') then 'approved' when bool_and(coalesce(verdict, '') = 'reject') then 'rejected' else 'planned' end as state
            from judged where state in ('planned', 'approved', 'rejected', 'sending', 'uncertain') group by 1, 2)
        """);
}
