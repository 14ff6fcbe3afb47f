using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>Somebody else holds the pipeline. Exit code 5.</summary>
/// <param name="message">Who, and since when.</param>
public sealed class PipelineHeldException(string message) : Exception(message);

/// <summary>
/// The right to run a pipeline: one row, whose epoch grows with every holder. A batch commits only while the epoch is
/// its own, so a holder that was given up for dead cannot write any more. No session state is used, so it works behind
/// a connection pooler.
/// </summary>
public sealed class Lease
{
    /// <summary>How long a holder may show no sign of life, in seconds, before another run takes over.</summary>
    public const int ExpirySeconds = 30;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly StagingTables _tables;

    private Lease(StagingTables tables, RunIdentity run)
    {
        _tables = tables;
        Run = run;
    }

    /// <summary>The run that holds the lease, with its epoch.</summary>
    public RunIdentity Run { get; }

    /// <summary>Takes the lease of a pipeline.</summary>
    /// <param name="connection">The connection that will keep it alive.</param>
    /// <param name="tables">The staging names.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="runId">The run.</param>
    /// <param name="holder">Who asks, for the message to others: host and process.</param>
    /// <param name="clock">Times the wait for a holder whose connection is gone.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The lease.</returns>
    /// <exception cref="PipelineHeldException">A live run holds it.</exception>
    public static async Task<Lease> TakeAsync(
        NpgsqlConnection connection,
        StagingTables tables,
        string pipeline,
        Guid runId,
        string holder,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        // A holder whose connection is gone is dead once it missed three beats: behind a pooler, a connection alone
        // proves nothing.
        for (int waited = 0; ; waited++)
        {
            long? epoch = await TryTakeAsync(connection, tables, pipeline, runId, holder, waited >= 3, cancellationToken);
            if (epoch is not null)
            {
                return new Lease(tables, new RunIdentity(runId, pipeline, epoch.Value));
            }

            if (await HolderAsync(connection, tables, pipeline, waited < 4, cancellationToken) is { } live)
            {
                throw new PipelineHeldException(live);
            }

            await Task.Delay(Poll, clock, cancellationToken);
        }
    }

    /// <summary>Shows that the run is alive.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="Faults.LeaseLostException">Another run took over.</exception>
    public async Task BeatAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        int rows = await SqlText.Of($"""
            update {_tables.Lease} set heartbeat_at = clock_timestamp(), backend_pid = pg_backend_pid()
            where pipeline = $1 and epoch = $2
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(Run.Pipeline), SqlValue.Of(Run.Epoch));
        if (rows == 0)
        {
            throw LeaseLost.Of(Run.Pipeline);
        }
    }

    /// <summary>Gives the lease back. Does nothing when another run took over.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task ReleaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => SqlText.Of($"update {_tables.Lease} set run_id = null where pipeline = $1 and epoch = $2")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(Run.Pipeline), SqlValue.Of(Run.Epoch));

    // Waits for batches of the former holder that are being committed: they hold the row with a key-share lock.
    private static async Task<long?> TryTakeAsync(
        NpgsqlConnection connection,
        StagingTables tables,
        string pipeline,
        Guid runId,
        string holder,
        bool missedBeats,
        CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SqlText.Of($"select 1 from {tables.Lease} where pipeline = $1 for update")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(pipeline));
        object? epoch = await SqlText.Of($"""
            insert into {tables.Lease} as l
                (pipeline, run_id, epoch, holder, backend_pid, acquired_at, heartbeat_at)
            values ($1, $2, 1, $3, pg_backend_pid(), clock_timestamp(), clock_timestamp())
            on conflict (pipeline) do update set run_id = $2, epoch = l.epoch + 1, holder = $3,
                backend_pid = pg_backend_pid(), acquired_at = clock_timestamp(), heartbeat_at = clock_timestamp()
            where l.run_id is null
                or l.heartbeat_at < clock_timestamp() - make_interval(secs => {ExpirySeconds})
                or ($4 and l.heartbeat_at < clock_timestamp() - interval '3 seconds'
                    and not exists (select 1 from pg_stat_activity a where a.pid = l.backend_pid))
            returning epoch
            """).ScalarAsync(
                connection,
                cancellationToken,
                SqlValue.Of(pipeline),
                SqlValue.Of(runId),
                SqlValue.Of(holder),
                SqlValue.Of(missedBeats));
        await transaction.CommitAsync(cancellationToken);
        return (long?)epoch;
    }

    // Who holds the pipeline; null while it is still to be seen whether the holder is dead.
    private static async Task<string?> HolderAsync(
        NpgsqlConnection connection, StagingTables tables, string pipeline, bool mayBeDead, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = SqlText.Of($"""
            select holder, to_char(acquired_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), run_id::text,
                exists (select 1 from pg_stat_activity a where a.pid = l.backend_pid)
            from {tables.Lease} l where pipeline = $1 and run_id is not null
            """).On(connection, SqlValue.Of(pipeline));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || (mayBeDead && !reader.GetBoolean(3)))
        {
            return null;
        }

        return $"The pipeline '{pipeline}' is being run by {reader.GetString(0)} since {reader.GetString(1)} UTC "
            + $"(run {reader.GetString(2)}). Wait until it ends, or stop it.";
    }
}
