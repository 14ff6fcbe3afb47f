using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>
/// Keeps the log's counts those of the rows that are there, as far as rows tell them: statuses, records with changes, changes by property.
/// What a run counted on its way, such as values that it withheld, stays what it was.
/// </summary>
internal static class AdjustedLog
{
    /// <summary>Counts rows as they are now in place of what they were, in the entries of the runs that counted them.</summary>
    /// <remarks>A run of the whole input counts all rows, whichever run wrote them; a partial one those that it merged.</remarks>
    public static async Task WriteAsync(
        NpgsqlConnection connection,
        StagingTables tables,
        string pipeline,
        IReadOnlyList<(StagedRecord Before, StagedRecord After)> rows,
        CancellationToken cancellationToken)
    {
        foreach (IGrouping<Guid?, (StagedRecord Before, StagedRecord After)> ofRun in rows.GroupBy(row => row.After.RunId))
        {
            List<(Guid Run, string Details)> runs = await SqlText.Of($"""
                select run_id, details::text from {tables.Log}
                where pipeline = $1 and outcome = 'completed' and (not partial or run_id = $2)
                order by partial desc, started_at desc limit 1
                """).ListAsync(
                    connection, row => (row.GetGuid(0), row.GetString(1)), cancellationToken, SqlValue.Of(pipeline), SqlValue.Of(ofRun.Key));
            if (runs is not [var (run, details)])
            {
                continue;
            }

            BatchCounts counts = CountsJson.Read(details);
            counts.Add(new AppliedDecisions([.. ofRun], []).Counts);
            await SqlText.Of($"""
                update {tables.Log} set details = (details - array['matched', 'unmatched', 'ambiguous', 'conflict', 'withChanges', 'contested']) || $3, matched = $4, unmatched = $5, ambiguous = $6, conflict = $7, with_changes = $8
                where run_id = $1 and pipeline = $2
                """).ExecuteAsync(
                    connection,
                    cancellationToken,
                    SqlValue.Of(run),
                    SqlValue.Of(pipeline),
                    SqlValue.Json(CountsJson.Write(counts)),
                    SqlValue.Of(counts.Matched),
                    SqlValue.Of(counts.Unmatched),
                    SqlValue.Of(counts.Ambiguous),
                    SqlValue.Of(counts.Conflict),
                    SqlValue.Of(counts.WithChanges));
        }
    }
}
