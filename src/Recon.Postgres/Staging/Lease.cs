using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;

namespace Recon.Postgres.Staging;

/// <summary>Somebody else holds the pipeline. Exit code 5.</summary>
/// <param name="message">Who, and since when.</param>
public sealed class PipelineHeldException(string message) : Exception(message);

/// <summary>
/// The right to run a pipeline: one row, whose epoch grows with every holder. A batch commits only while the epoch is
/// its own, so a holder that was given up for dead cannot write any more. No session state is used, so it works behind
/// a connection pooler.
/// </summary>
internal sealed class Lease
{
    private const int LooksOfSuccessor = 12;

    private static readonly TimeSpan s_secondLook = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a holder may show no sign of life, in seconds, before another run takes over: the default.</summary>
    public const int ExpirySeconds = 30;

    /// <summary>How the holder of a pipeline that was released begins, which tells its run what ended it.</summary>
    public const string Releaser = "'recon clear --release'";

    private readonly StagingTables _tables;
    private bool _tellsProgress = true;

    private Lease(StagingTables tables, RunIdentity run)
    {
        _tables = tables;
        Run = run;
    }

    /// <summary>The run that holds the lease, with its epoch.</summary>
    public RunIdentity Run { get; }

    /// <summary>Takes the lease of a pipeline. It can be repeated: a lease that this process took for the run already is its own.</summary>
    /// <param name="connection">An open connection, outside a transaction.</param>
    /// <param name="source">A second connection, to end sessions that a dead holder left in the middle of a batch.</param>
    /// <param name="holder">Who asks, for the message to others: host and process.</param>
    /// <param name="clock">Times the wait for a holder whose connection is gone.</param>
    /// <param name="takenOverAt">
    /// When this process took another one's place, by the server's clock: until then, the run's lease was that one's, and is taken from it;
    /// <see langword="null"/> for none.
    /// </param>
    /// <exception cref="PipelineHeldException">A live run holds it.</exception>
    public static async Task<Lease> TakeAsync(
        NpgsqlConnection connection,
        NpgsqlDataSource source,
        StagingTables tables,
        string pipeline,
        Guid runId,
        string holder,
        LeaseTiming timing,
        TimeProvider clock,
        CancellationToken cancellationToken,
        DateTime? takenOverAt = null)
    {
        // A holder whose connection is gone is dead once it missed three beats: behind a pooler, a connection alone
        // proves nothing. A connection that was cut is still listed while its session ends, so it is looked for twice.
        // Whoever takes another process's place waits until that one has found out, and has let go of what it took meanwhile.
        int most = takenOverAt is null ? 1 : LooksOfSuccessor;
        int seen = 0;
        for (int waited = 0; ; waited++)
        {
            var claim = new LeaseClaim(pipeline, runId, holder, timing, MissedBeats: waited >= 3, takenOverAt);
            long? epoch = await TryTakeAsync(connection, source, tables, claim, cancellationToken);
            if (epoch is not null)
            {
                return new Lease(tables, new RunIdentity(runId, pipeline, epoch.Value));
            }

            string? live = await HolderAsync(connection, tables, pipeline, waited < 5, cancellationToken);
            if (live is not null && seen >= most)
            {
                throw new PipelineHeldException(live);
            }

            seen = live is null ? 0 : seen + 1;
            await Task.Delay(live is null ? timing.Beat : s_secondLook, clock, cancellationToken);
        }
    }

    /// <summary>Shows that the run is alive, and how far it is.</summary>
    /// <param name="progress">A JSON document; what was told before stays when <see langword="null"/>.</param>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task BeatAsync(NpgsqlConnection connection, string? progress, CancellationToken cancellationToken)
    {
        int rows = 0;
        if (_tellsProgress && progress is not null)
        {
            try
            {
                // With the epoch, because whoever takes over does not clear what this one told.
                rows = await SqlText.Of($"""
                    update {_tables.Lease} set heartbeat_at = clock_timestamp(), backend_pid = pg_backend_pid(),
                        progress = jsonb_build_object('epoch', epoch, 'run', $3)
                    where pipeline = $1 and epoch = $2
                    """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(Run.Pipeline), SqlValue.Of(Run.Epoch), SqlValue.Json(progress));
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedColumn)
            {
                // The table is one of an earlier version, and somebody else's.
                _tellsProgress = false;
            }
        }

        if (!_tellsProgress || progress is null)
        {
            rows = await SqlText.Of($"""
                update {_tables.Lease} set heartbeat_at = clock_timestamp(), backend_pid = pg_backend_pid()
                where pipeline = $1 and epoch = $2
                """).ExecuteAsync(connection, cancellationToken, SqlValue.Of(Run.Pipeline), SqlValue.Of(Run.Epoch));
        }

        if (rows == 0)
        {
            throw await new LeaseFence(_tables, Run).LostAsync(connection, cancellationToken);
        }
    }

    /// <summary>Gives the lease back. Does nothing when another run took over.</summary>
    public Task ReleaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => SqlText.Of($"update {_tables.Lease} set run_id = null where pipeline = $1 and epoch = $2")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(Run.Pipeline), SqlValue.Of(Run.Epoch));

    /// <summary>Takes a pipeline from a holder: nobody holds it afterwards, and a holder that is alive after all cannot write any more.</summary>
    /// <param name="by">Who takes it: user, host and process.</param>
    /// <returns>Whether it held the pipeline until now.</returns>
    public static async Task<bool> ForceReleaseAsync(
        NpgsqlConnection connection, StagingTables tables, string pipeline, LeaseHolder holder, string by, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            update {tables.Lease} set run_id = null, epoch = epoch + 1, holder = $3 where pipeline = $1 and epoch = $2 and run_id is not null
            """).ExecuteAsync(
                connection, cancellationToken, SqlValue.Of(pipeline), SqlValue.Of(holder.Epoch), SqlValue.Of($"{Releaser} ({by})")) > 0;

    /// <returns>Who holds a pipeline; <see langword="null"/> when nobody does.</returns>
    public static async Task<LeaseHolder?> FindHolderAsync(
        NpgsqlConnection connection, StagingTables tables, string pipeline, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select epoch, format('%s (since %s UTC, last sign of life %s UTC)', holder,
                to_char(acquired_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), to_char(heartbeat_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'))
            from {tables.Lease} where pipeline = $1 and run_id is not null
            """).ListAsync(connection, row => new LeaseHolder(row.GetInt64(0), row.GetString(1)), cancellationToken, SqlValue.Of(pipeline)))
            .SingleOrDefault();

    private static async Task<long?> TryTakeAsync(
        NpgsqlConnection connection,
        NpgsqlDataSource source,
        StagingTables tables,
        LeaseClaim claim,
        CancellationToken cancellationToken)
    {
        // The epoch first: nothing of the former holder begins any more. A lock of the row alone might be waited for without end, as the
        // key-share locks of batches that begin meanwhile are granted past whoever waits.
        if (await claim.SessionIfTakeableAsync(connection, tables, cancellationToken) is null
            || await claim.EnterAsync(connection, tables, cancellationToken) is not { } epoch)
        {
            return null;
        }

        // Waits for batches of the former holder that are being committed.
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        int session = (int)(await SqlText.Of($"select pg_backend_pid()").ScalarAsync(connection, cancellationToken))!;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<object?> locking = SqlText.Of($"select epoch from {tables.Lease} where pipeline = $1 for update")
            .ScalarAsync(connection, giveUp.Token, SqlValue.Of(claim.Pipeline));
        try
        {
            await StalledSessions.EndAsync(
                locking,
                session,
                source,
                claim.Timing.Beat,
                async (other, token) => await SqlText.Of($"select 1 from {tables.Lease} where pipeline = $1 and epoch = $2")
                    .ScalarAsync(other, token, SqlValue.Of(claim.Pipeline), SqlValue.Of(epoch)) is not null,
                cancellationToken);
        }
        finally
        {
            await giveUp.CancelAsync();
            await locking.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        // Another may have taken it meanwhile.
        bool isHeld = await locking is long held && held == epoch;
        await transaction.CommitAsync(cancellationToken);
        return isHeld ? epoch : null;
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
            + $"(run {reader.GetString(2)}). Wait until it ends, or stop it; "
            + $"if it is known to be dead, 'recon clear --release {pipeline}' frees the pipeline.";
    }
}

/// <summary>Who holds a pipeline.</summary>
/// <param name="Epoch">The lease's epoch: another holder has another one.</param>
/// <param name="Text">Who it is, since when, and when it last showed a sign of life, for people.</param>
internal sealed record LeaseHolder(long Epoch, string Text);
