using Npgsql;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>What a run made of the decisions about its records.</summary>
/// <param name="Applied">Records that were judged as somebody had decided.</param>
/// <param name="Refused">Records that were judged without the decision, because what it names is gone.</param>
/// <param name="Unused">Decisions about records that the result does not have; 0 for a partial run.</param>
internal sealed record DecisionTally(long Applied, long Refused, long Unused)
{
    /// <summary>The key of the tally in the log's document.</summary>
    public const string Key = "decisions";

    public static DecisionTally None { get; } = new(0, 0, 0);

    /// <summary>Counts them in the published rows of a run, and enters the numbers into the log.</summary>
    /// <param name="isWhole">Whether the run has all rows.</param>
    public static async Task<DecisionTally> EnterAsync(
        NpgsqlConnection connection, StagingTables tables, StagedTable table, RunIdentity run, bool isWhole, CancellationToken cancellationToken)
    {
        var key = new SqlName(table.Layout.Stage.LegacyId);
        DecisionTally tally = (await SqlText.Of($"""
            select count(*) filter (where not is_refused and (rule = {new SqlLiteral(RecordMatcher.DecisionRule)} or notes like {new SqlLiteral($"%{RecordDecisions.KeptNote}%")})),
                count(*) filter (where is_refused), count(*) filter (where id is null and $3)
            from (
                select t.{key} as id, t.match_rule as rule, t.notes, t.{key} is not null and (
                    (d.decision = 'match' and (t.match_rule is distinct from {new SqlLiteral(RecordMatcher.DecisionRule)} or t.reconciliation_status = 'ambiguous'))
                    or (jsonb_exists(d.evidence, 'keep') and t.notes like {new SqlLiteral($"%{RecordDecisions.RefusedNote}%")})) as is_refused
                from {tables.Decisions} d left join {table.Rows} t on t.{key} = d.legacy_id and ($3 or t.run_id = $2) where d.pipeline = $1) r
            """).ListAsync(
                connection,
                row => new DecisionTally(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
                cancellationToken,
                SqlValue.Of(run.Pipeline),
                SqlValue.Of(run.RunId),
                SqlValue.Of(isWhole)))[0];
        await SqlText.Of($"""
            update {tables.Log} set details = details || jsonb_build_object({new SqlLiteral(Key)},
                jsonb_build_object('applied', $3, 'refused', $4, 'unused', $5)) where run_id = $1 and pipeline = $2
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(run.RunId),
                SqlValue.Of(run.Pipeline),
                SqlValue.Of(tally.Applied),
                SqlValue.Of(tally.Refused),
                SqlValue.Of(tally.Unused));
        return tally;
    }
}
