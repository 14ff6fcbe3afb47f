using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>The jobs that several processes run together, as the staging schema has them.</summary>
internal sealed class JobStore(StagingTables tables)
{
    /// <summary>A job without a sign of life for so long is not taken over any more: nobody waits for it.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A job without a sign of life for so long has lost its coordinator, and nobody has taken its place: whoever begins its pipelines goes on with
    /// them. Coordinators show themselves twice a second, and are replaced within five seconds.
    /// </summary>
    public static readonly TimeSpan Silent = TimeSpan.FromSeconds(10);

    /// <summary>How long ended jobs are kept.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(7);

    /// <summary>
    /// Begins a job. Jobs that nobody goes on with are ended, so that no worker joins them, and those that ended long ago are removed.
    /// </summary>
    public async Task CreateAsync(NpgsqlConnection connection, SharedJob job, CancellationToken cancellationToken)
    {
        await SqlText.Of($"""
            update {tables.Jobs} set ended_at = clock_timestamp(), outcome = {new SqlLiteral(JobOutcome.Abandoned)}
            where ended_at is null and (heartbeat_at < clock_timestamp() - make_interval(secs => $1)
                or (pipelines <@ $2 and heartbeat_at < clock_timestamp() - make_interval(secs => $3)))
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(Forgotten), SqlValue.Of([.. job.Pipelines]), SqlValue.Of(Silent));
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
                SqlValue.Of(Forgotten),
                cancellationToken)
            : [];

    public async Task<SharedJob?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
        => (await SelectAsync(connection, SqlText.Of($"where job_id = $1"), SqlValue.Of(id), cancellationToken)).SingleOrDefault();

    /// <summary>Makes another process the coordinator of a job that goes on.</summary>
    /// <param name="former">The coordinator whose place it takes: of two that want to, one does.</param>
    /// <returns>Since when it is the coordinator, by the server's clock; <see langword="null"/> when it is not.</returns>
    public async Task<DateTime?> TakeOverAsync(
        NpgsqlConnection connection, Guid id, string former, string coordinator, CancellationToken cancellationToken)
        => (DateTime?)await SqlText.Of($"""
            update {tables.Jobs} set coordinator = $3, heartbeat_at = clock_timestamp(), taken_over_at = clock_timestamp()
            where job_id = $1 and coordinator = $2 and ended_at is null
            returning heartbeat_at
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(former), SqlValue.Of(coordinator));

    /// <summary>Shows that the coordinator is alive, and as which silo of its process. One that was taken for gone brings its job back.</summary>
    /// <returns>Whether it still is the coordinator of a job that goes on.</returns>
    public async Task<bool> KeepAsync(NpgsqlConnection connection, Guid id, string former, string coordinator, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            update {tables.Jobs} set coordinator = $3, heartbeat_at = clock_timestamp(), ended_at = null, outcome = null
            where job_id = $1 and coordinator = $2 and {GoesOn}
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(former), SqlValue.Of(coordinator)) > 0;

    /// <summary>A job that goes on has no coordinator any more: whoever comes first takes it. That is no sign of life.</summary>
    /// <returns>Whether it had this coordinator.</returns>
    public async Task<bool> LeaveAsync(NpgsqlConnection connection, Guid id, string coordinator, CancellationToken cancellationToken)
        => await SqlText.Of($"update {tables.Jobs} set coordinator = '' where job_id = $1 and coordinator = $2 and ended_at is null")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(coordinator)) > 0;

    /// <summary>Ends a job; nothing when another silo coordinates it.</summary>
    public Task EndAsync(NpgsqlConnection connection, Guid id, string coordinator, string outcome, CancellationToken cancellationToken)
        => SqlText.Of($"""
            update {tables.Jobs} set ended_at = clock_timestamp(), outcome = $3
            where job_id = $1 and coordinator = $2 and {GoesOn}
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(coordinator), SqlValue.Of(outcome));

    /// <summary>Notes by which run a pipeline of a job is made: the job's own, or an earlier attempt that it continues.</summary>
    /// <param name="connection">The connection, in the transaction that enters the run into the log.</param>
    /// <param name="id">The job; nothing where there is no such job.</param>
    public Task NoteRunAsync(NpgsqlConnection connection, Guid id, RunIdentity run, CancellationToken cancellationToken)
        => SqlText.Of($"update {tables.Jobs} set runs = runs || jsonb_build_object($2, $3) where job_id = $1").ExecuteAsync(
            connection, cancellationToken, SqlValue.Of(id), SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId));

    /// <returns>
    /// What became so far of the pipelines that the job has begun, by name: the outcomes of its own runs, as the log has them, and
    /// <c>running</c> for one that has not ended.
    /// </returns>
    public async Task<IReadOnlyDictionary<string, string>> BegunAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select l.pipeline, l.outcome
            from {tables.Jobs} j cross join jsonb_each_text(j.runs) r
            join {tables.Log} l on l.pipeline = r.key and l.run_id = r.value::uuid
            where j.job_id = $1
            """).ListAsync(connection, row => KeyValuePair.Create(row.GetString(0), row.GetString(1)), cancellationToken, SqlValue.Of(id)))
            .ToDictionary(StringComparer.Ordinal);

    /// <returns>The run of a job that has completed a pipeline; <see langword="null"/> while none has.</returns>
    public async Task<CompletedRun?> FindCompletedAsync(
        NpgsqlConnection connection, Guid id, string pipeline, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select l.run_id, l.details::text, l.written, l.way, l.way_reason, l.base_run
            from {tables.Log} l
            where l.pipeline = $2 and l.outcome = {new SqlLiteral(JobOutcome.Completed)}
                and l.run_id = coalesce((select (j.runs ->> $2)::uuid from {tables.Jobs} j where j.job_id = $1), $1)
            """).ListAsync(
                connection,
                row => new CompletedRun(
                    row.GetGuid(0),
                    row.GetString(1),
                    row.IsDBNull(2) ? null : row.GetInt64(2),
                    new RunWay(row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetGuid(5))),
                cancellationToken,
                SqlValue.Of(id),
                SqlValue.Of(pipeline))).SingleOrDefault();

    // As its own coordinator knows: others may have taken it for gone.
    private static SqlText GoesOn => SqlText.Of($"(ended_at is null or outcome = {new SqlLiteral(JobOutcome.Abandoned)})");

    private Task<List<SharedJob>> SelectAsync(
        NpgsqlConnection connection, SqlText where, NpgsqlParameter parameter, CancellationToken cancellationToken)
        => SqlText.Of($"""
            select job_id, pipelines, settings, definition, tool_version, started_by, coordinator,
                extract(epoch from clock_timestamp() - heartbeat_at)::float8, outcome,
                taken_over_at is not null
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
                    IsTakenOver = row.GetBoolean(9),
                },
                cancellationToken,
                parameter);
}
