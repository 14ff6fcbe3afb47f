using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>Tells, for little, whether what a report would say may differ from before: without reading a row of a result.</summary>
internal static class ResultVersion
{
    /// <returns>A text that differs when a run began, ended or was published, when a table was cleared or exchanged, and soon after rows were changed.</returns>
    public static async Task<string> ReadAsync(
        NpgsqlConnection connection, StagingTables tables, IReadOnlyList<ValidPipeline> pipelines, CancellationToken cancellationToken)
    {
        if (!await MirrorCatalog.ExistsAsync(connection, tables.Log, cancellationToken))
        {
            return "none";
        }

        // The statistics are behind by a second or so; they are no part of a transaction, and cost no scan.
        return (string)(await SqlText.Of($"""
            select md5(concat_ws(' ',
                (select string_agg(concat_ws(' ', run_id, pipeline, outcome, finished_at), ',' order by started_at, pipeline) from {tables.Log} where pipeline = any($2)),
                (select string_agg(concat_ws(' ', c.oid, pg_relation_filenode(c.oid), pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)), ',' order by c.oid)
                    from unnest($1::text[]) as t (name)
                    join pg_class c on c.oid = to_regclass(t.name) or c.oid in (select inhrelid from pg_inherits where inhparent = to_regclass(t.name)))))
            """).ScalarAsync(
                connection,
                cancellationToken,
                SqlValue.Of([.. pipelines.SelectMany(pipeline => (string[])[tables.Rows(pipeline.Stage).ToString(), tables.Published(pipeline.Stage).ToString()])]),
                SqlValue.Of([.. pipelines.Select(pipeline => pipeline.Name)])))!;
    }
}
