using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <param name="Holder">Host and process, for the message to others.</param>
/// <param name="MissedBeats">Whether beats of a holder without connection were waited for.</param>
/// <param name="TakenOverAt">When this process took the place of another one, whose lease of the run it takes; <see langword="null"/> for none.</param>
internal sealed record LeaseClaim(string Pipeline, Guid RunId, string Holder, LeaseTiming Timing, bool MissedBeats, DateTime? TakenOverAt)
{
    // Free, this process's own (the reply to its taking was lost), that of the process whose place it takes, silent for too long, or
    // without connection and beats: its last one is old, or lies in the future, which each beat since the clock was set back would
    // have corrected.
    private static readonly SqlText s_takeable = SqlText.Of($"""
        (l.run_id is null or l.run_id = $2 and (l.holder = $6 or l.acquired_at <= coalesce($7, '-infinity'))
            or l.heartbeat_at < clock_timestamp() - make_interval(secs => $4)
            or ($3 and l.heartbeat_at not between clock_timestamp() - make_interval(secs => $5) and clock_timestamp()
                and not exists (select 1 from pg_stat_activity a where a.pid = l.backend_pid)))
        """);

    /// <summary>
    /// Whether a run of the log (<c>g</c>) is that of a holder who is alive, as claims see it. Who goes on with an earlier run
    /// holds the pipeline under an id that the log does not have.
    /// </summary>
    public static SqlText IsAliveIn(StagingTables tables) => SqlText.Of($"""
        exists (select 1 from {tables.Lease} l where l.pipeline = g.pipeline and l.run_id is not null
            and (l.run_id = g.run_id or not exists (select 1 from {tables.Log} o where o.run_id = l.run_id and o.pipeline = l.pipeline))
            and l.heartbeat_at >= clock_timestamp() - make_interval(secs => {Lease.ExpirySeconds})
            and (l.heartbeat_at between clock_timestamp() - interval '3 seconds' and clock_timestamp()
                or exists (select 1 from pg_stat_activity a where a.pid = l.backend_pid)))
        """);

    /// <summary>Asks, without a lock: whoever is alive is neither waited for nor disturbed.</summary>
    /// <returns>The server process that asked, or <see langword="null"/> when the lease is held.</returns>
    public async Task<int?> SessionIfTakeableAsync(
        NpgsqlConnection connection, StagingTables tables, CancellationToken cancellationToken)
        => (int?)await SqlText.Of($"""
            select pg_backend_pid()
            where not exists (select 1 from {tables.Lease} l where l.pipeline = $1 and not {s_takeable})
            """).ScalarAsync(connection, cancellationToken, Conditions());

    /// <summary>Enters the claim; the row is locked.</summary>
    /// <returns>The new epoch, or <see langword="null"/> when the lease is held.</returns>
    public async Task<long?> EnterAsync(
        NpgsqlConnection connection, StagingTables tables, CancellationToken cancellationToken)
        => (long?)await SqlText.Of($"""
            insert into {tables.Lease} as l
                (pipeline, run_id, epoch, holder, backend_pid, acquired_at, heartbeat_at)
            values ($1, $2, 1, $6, pg_backend_pid(), clock_timestamp(), clock_timestamp())
            on conflict (pipeline) do update set run_id = $2, epoch = l.epoch + 1, holder = $6,
                backend_pid = pg_backend_pid(), acquired_at = clock_timestamp(), heartbeat_at = clock_timestamp()
            where {s_takeable}
            returning epoch
            """).ScalarAsync(connection, cancellationToken, Conditions());

    private NpgsqlParameter[] Conditions() =>
    [
        SqlValue.Of(Pipeline), SqlValue.Of(RunId), SqlValue.Of(MissedBeats), SqlValue.Of(Timing.Expiry), SqlValue.Of(Timing.Beat * 3),
        SqlValue.Of(Holder), SqlValue.Of(TakenOverAt),
    ];
}
