using System.Globalization;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>A run in the log that somebody may mean by a part of its id.</summary>
/// <param name="Pipelines">The pipelines that it ran, of those that were asked for, in the order in which they began.</param>
internal sealed record NamedRun(Guid RunId, string Started, string Pipelines)
{
    /// <summary>Finds runs by their ids, or by how these begin or end. The latest come first.</summary>
    /// <param name="pipelines">The names of the pipelines whose runs are meant.</param>
    /// <param name="isPublished">Whether only those are meant whose results were published.</param>
    public static Task<List<NamedRun>> FindAsync(
        NpgsqlConnection connection, StagingTables tables, IReadOnlyList<string> pipelines, string id, bool isPublished, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select run_id, min(started_at), string_agg(pipeline, ', ' order by started_at, pipeline) from {tables.Log}
            where pipeline = any($1) and (outcome = 'completed' or not $3)
                and (starts_with(run_id::text, lower($2)) or right(run_id::text, length($2)) = lower($2))
            group by 1 order by 2 desc, 1
            """).ListAsync(
                connection,
                row => new NamedRun(row.GetGuid(0), row.GetDateTime(1).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), row.GetString(2)),
                cancellationToken,
                SqlValue.Of([.. pipelines]),
                SqlValue.Of(Guid.TryParse(id, out Guid whole) ? whole.ToString() : id),
                SqlValue.Of(isPublished));
}
