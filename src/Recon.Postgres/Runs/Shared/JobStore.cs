using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>The jobs that several processes run together, as the staging schema has them.</summary>
internal sealed class JobStore(StagingTables tables)
{
    /// <summary>A job without a sign of life for so long is not taken over any more: nobody waits for it.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    /// <summary>How long ended jobs are kept.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(7);

    /// <summary>Begins a job. Jobs that nobody goes on with are ended, and those that ended long ago are removed.</summary>
    public async Task CreateAsync(NpgsqlConnection connection, SharedJob job, CancellationToken cancellationToken)
    {
        await SqlText.Of($"""
            update {tables.Jobs} set ended_at = clock_timestamp(), outcome = {new SqlLiteral(JobOutcome.Abandoned)}
            where ended_at is null and heartbeat_at < clock_timestamp() - make_interval(secs => $1)
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(Forgotten));
        await SqlText.Of($"delete from {tables.Jobs} where ended_at < clock_timestamp() - make_interval(secs => $1)")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(s_kept));
        await SqlText.Of($"""
            insert into {tables.Jobs} (job_id, pipelines, settings, definition, tool_version, started_by, coordinator)
            values ($1, $2, $3, $4, $5, $6, $7)
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(job.Id),
                SqlValue.Of([.. job.Pipelines]),
                SqlValue.Json(job.Settings.ToJson()),
                SqlValue.Of(job.Definition),
                SqlValue.Of(job.ToolVersion),
                SqlValue.Of(job.StartedBy),
                SqlValue.Of(job.Coordinator));
    }

    /// <returns>The jobs that go on, or wait for somebody to go on with them; the earliest first. None where there is no table of jobs yet.</returns>
    public async Task<IReadOnlyList<SharedJob>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => await MirrorCatalog.ExistsAsync(connection, tables.Jobs, cancellationToken)
            ? await SelectAsync(
                connection,
                SqlText.Of($"where ended_at is null and heartbeat_at >= clock_timestamp() - make_interval(secs => $1) order by started_at"),
                cancellationToken,
                SqlValue.Of(Forgotten))
            : [];

    public async Task<SharedJob?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
        => (await SelectAsync(connection, SqlText.Of($"where job_id = $1"), cancellationToken, SqlValue.Of(id))).SingleOrDefault();

    /// <summary>Shows that the coordinator is alive.</summary>
    /// <returns>Whether it still is the coordinator of a job that goes on.</returns>
    public async Task<bool> BeatAsync(NpgsqlConnection connection, Guid id, string coordinator, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            update {tables.Jobs} set heartbeat_at = clock_timestamp() where job_id = $1 and coordinator = $2 and ended_at is null
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(coordinator)) > 0;

    /// <summary>Makes another silo the coordinator of a job that goes on.</summary>
    /// <param name="former">The coordinator whose place it takes: of two that want to, one does.</param>
    /// <returns>Whether it is the coordinator now.</returns>
    public async Task<bool> TakeOverAsync(
        NpgsqlConnection connection, Guid id, string former, string coordinator, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            update {tables.Jobs} set coordinator = $3, heartbeat_at = clock_timestamp()
            where job_id = $1 and coordinator = $2 and ended_at is null
            """).ExecuteAsync(
                connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(former), SqlValue.Of(coordinator)) > 0;

    /// <summary>Ends a job; nothing when another silo coordinates it.</summary>
    public Task EndAsync(NpgsqlConnection connection, Guid id, string coordinator, string outcome, CancellationToken cancellationToken)
        => SqlText.Of($"""
            update {tables.Jobs} set ended_at = clock_timestamp(), outcome = $3
            where job_id = $1 and coordinator = $2 and ended_at is null
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(coordinator), SqlValue.Of(outcome));

    /// <returns>
    /// What became so far of the pipelines that the job has begun, by name: the outcomes that the log has. Of an attempt that it resumed, and
    /// that has not ended since, there is none: the job's own settings resume it again.
    /// </returns>
    public async Task<IReadOnlyDictionary<string, string>> BegunAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select l.pipeline, l.outcome from {tables.Log} l join {tables.Jobs} j on j.job_id = $1 and l.pipeline = any (j.pipelines)
            where l.run_id = j.job_id or l.finished_at >= j.started_at
            order by l.started_at
            """).ListAsync(connection, row => (Pipeline: row.GetString(0), Outcome: row.GetString(1)), cancellationToken, SqlValue.Of(id)))
            .GroupBy(row => row.Pipeline, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Outcome, StringComparer.Ordinal);

    private Task<List<SharedJob>> SelectAsync(
        NpgsqlConnection connection, SqlText where, CancellationToken cancellationToken, NpgsqlParameter parameter)
        => SqlText.Of($"""
            select job_id, pipelines, settings, definition, tool_version, started_by, coordinator,
                extract(epoch from clock_timestamp() - heartbeat_at)::float8, outcome
            from {tables.Jobs} {where}
            """).ListAsync(
                connection,
                row => new SharedJob(
                    row.GetGuid(0),
                    row.GetFieldValue<string[]>(1),
                    JobSettings.Parse(row.GetString(2)),
                    row.GetString(3),
                    row.GetString(4),
                    row.GetString(5),
                    row.GetString(6))
                {
                    Silence = TimeSpan.FromSeconds(row.GetDouble(7)),
                    Outcome = row.IsDBNull(8) ? null : row.GetString(8),
                },
                cancellationToken,
                parameter);
}
