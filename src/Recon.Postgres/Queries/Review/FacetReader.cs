using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries.Review;

/// <summary>Reads the records of a pipeline as groups of records that are alike in every facet.</summary>
internal sealed class FacetReader(StagingTables tables, ValidPipeline pipeline, ReviewSql sql)
{
    /// <summary>Groups the staged rows for which a condition holds.</summary>
    /// <param name="from">What gives the rows <c>t</c>.</param>
    public async Task<List<FacetGroup>> ReadAsync(NpgsqlConnection connection, SqlText from, NpgsqlParameter[] values, CancellationToken token)
        => await SqlText.Of($"""
            select c.status, c.rule, c.confidence, c.changes, c.reasons, c.candidates, c.parents, c.decided, count(*)
            from (select {sql.Class} from {from}) c group by 1, 2, 3, 4, 5, 6, 7, 8
            """).ListAsync(connection, Group, token, values);

    /// <summary>The records that the published run did not stage.</summary>
    public async Task<List<FacetGroup>> ReadNotStagedAsync(NpgsqlConnection connection, Guid? run, BatchCounts? counts, CancellationToken token)
    {
        if (run is not { } id || counts is null)
        {
            return [];
        }

        List<FacetGroup> rejected = await SqlText.Of($"select reason_code, count(*) from {tables.Rejects} where pipeline = $1 and run_id = $2 group by 1").ListAsync(
            connection,
            row => FacetGroup.NotStaged(FacetCounter.Rejected, [ReviewReasons.Reject + row.GetString(0)], null, row.GetInt64(1)),
            token,
            SqlValue.Of(pipeline.Name),
            SqlValue.Of(id));
        return [.. rejected, .. counts.ByFilter.Select(filter => FacetGroup.NotStaged(FacetCounter.Filtered, [], filter.Key, filter.Value))];
    }

    /// <summary>The rejected records of a run that hold a text, as their list finds them.</summary>
    public async Task<List<FacetGroup>> ReadRejectedAsync(NpgsqlConnection connection, Guid? run, string text, CancellationToken token)
        => run is not { } id ? [] : await SqlText.Of($"""
            select reason_code, count(*) from {tables.Rejects} where pipeline = $1 and run_id = $2 and position(lower($3) in lower(raw_record)) > 0 group by 1
            """).ListAsync(
                connection,
                row => FacetGroup.NotStaged(FacetCounter.Rejected, [ReviewReasons.Reject + row.GetString(0)], null, row.GetInt64(1)),
                token,
                SqlValue.Of(pipeline.Name),
                SqlValue.Of(id),
                SqlValue.Of(text));

    private FacetGroup Group(NpgsqlDataReader row)
    {
        string changes = row.GetString(3);
        string missing = row.GetString(6);
        return new FacetGroup(
            row.GetString(0),
            row.GetValue(1) as string,
            ConfidenceBand.Of(row.GetValue(2) as decimal?),
            [.. sql.Properties.Zip(changes).Where(each => each.Second != '-').Select(each => (each.First, KindOf(each.Second)))],
            [.. (row.GetValue(4) as string)?.Split(ReviewSql.Separator).Select(reason => ReviewReasons.Value + reason) ?? []],
            null,
            row.GetValue(5) is not string candidates ? null : int.TryParse(candidates, out int number) ? CandidateCounts.Of(number) : candidates,
            [.. sql.Parents.Zip(missing).Where(each => each.Second == 'm').Select(each => each.First.Lookup)],
            row.GetBoolean(7),
            row.GetInt64(8));
    }

    private static string KindOf(char letter) => letter switch
    {
        's' => ChangeKinds.Set,
        'x' => ChangeKinds.Clear,
        _ => ChangeKinds.Change,
    };
}
