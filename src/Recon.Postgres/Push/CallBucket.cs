using Npgsql;
using NpgsqlTypes;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>
/// The calls that an account takes, shared by all processes of this staging schema through one row. The server's clock counts,
/// so that machines need not agree.
/// </summary>
internal sealed class CallBucket
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _source;
    private readonly SqlTable _table;
    private readonly long _portal;
    private readonly TimeProvider _clock;
    private readonly DateTime _opened;

    private CallBucket(NpgsqlDataSource source, SqlTable table, long portal, TimeProvider clock, DateTime opened)
        => (_source, _table, _portal, _clock, _opened) = (source, table, portal, clock, opened);

    /// <summary>Opens the bucket of an account. A stop that was wanted before does not count.</summary>
    /// <param name="clock">Waits by it.</param>
    public static async Task<CallBucket> OpenAsync(
        NpgsqlDataSource source, StagingTables tables, long portal, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await SqlText.Of($"insert into {tables.PushPortal} (portal) values ($1) on conflict do nothing")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(portal));
        var opened = (DateTime)(await SqlText.Of($"select clock_timestamp()").ScalarAsync(connection, cancellationToken))!;
        return new CallBucket(source, tables.PushPortal, portal, clock, opened);
    }

    /// <summary>Takes a call, waiting until there is room for it.</summary>
    /// <exception cref="PushStoppedException">Somebody wants all pushes of the account to stop.</exception>
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        while (await TryTakeAsync(cancellationToken) is { } wait)
        {
            // A pause may be long; a stop is heard all the same.
            await Task.Delay(wait < s_longestWait ? wait : s_longestWait, _clock, cancellationToken);
        }
    }

    /// <summary>Takes a call if there is room.</summary>
    /// <returns>How long to wait before trying again; <see langword="null"/> if it was taken.</returns>
    /// <exception cref="PushStoppedException">Somebody wants all pushes of the account to stop.</exception>
    public async Task<TimeSpan?> TryTakeAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        (CallWindow window, long now, long? pause) = await LockAsync(connection, cancellationToken);
        if (pause > now)
        {
            return TimeSpan.FromMilliseconds(pause.Value - now);
        }

        if (window.Room <= 0)
        {
            return TimeSpan.FromMilliseconds(window.Wait(now));
        }

        await SaveAsync(connection, window.With(1), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Learns what an answer said of the limits; null for what it did not say.</summary>
    /// <param name="max">Calls of an interval.</param>
    /// <param name="remaining">Calls that are left of it: fewer than were counted here if somebody else calls, too.</param>
    /// <param name="pauseFor">How long nobody should call.</param>
    public async ValueTask ObserveAsync(
        int? max, int? remaining, TimeSpan? interval, long? daily, long? dailyRemaining, TimeSpan? pauseFor, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        (CallWindow window, long now, _) = await LockAsync(connection, cancellationToken);
        CallWindow told = window.Under(max ?? window.Max, interval is { } length ? Math.Max(1, (long)length.TotalMilliseconds) : window.Interval, now);
        told = remaining < told.Room ? told.With(told.Room - remaining.Value) : told;
        await SaveAsync(connection, told, cancellationToken);
        await SqlText.Of($"""
            update {_table} set remaining = coalesce($2::integer, remaining), daily = coalesce($3, daily), daily_remaining = coalesce($4, daily_remaining),
                pause_until = greatest(pause_until, clock_timestamp() + make_interval(secs => $5)), observed_at = clock_timestamp()
            where portal = $1
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(_portal),
                SqlValue.Of((long?)remaining),
                SqlValue.Of(daily),
                SqlValue.Of(dailyRemaining),
                new NpgsqlParameter { Value = (object?)pauseFor?.TotalSeconds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
        await transaction.CommitAsync(cancellationToken);
    }

    // Of tokens that a crash forgets, HubSpot tells the rest: nobody waits for the disk.
    private async Task<(CallWindow Window, long Now, long? Pause)> LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await SqlText.Of($"set local synchronous_commit to off").ExecuteAsync(connection, cancellationToken);
        (CallWindow window, long now, long? pause, DateTime? stop, string? by) = (await SqlText.Of($"""
            select max, interval_ms, slice, used, (extract(epoch from clock_timestamp()) * 1000)::bigint,
                (extract(epoch from pause_until) * 1000)::bigint, stop_requested_at, stop_requested_by from {_table} where portal = $1 for update
            """).ListAsync(
                connection,
                row => (
                    new CallWindow(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<int[]>(3)),
                    row.GetInt64(4),
                    row[5] as long?,
                    row[6] as DateTime?,
                    row[7] as string),
                cancellationToken,
                SqlValue.Of(_portal))).Single();
        return stop >= _opened ? throw new PushStoppedException(by ?? "somebody") : (window.At(now), now, pause);
    }

    private Task<int> SaveAsync(NpgsqlConnection connection, CallWindow window, CancellationToken cancellationToken)
        => SqlText.Of($"update {_table} set max = $2, interval_ms = $3, slice = $4, used = $5 where portal = $1").ExecuteAsync(
            connection,
            cancellationToken,
            SqlValue.Of(_portal),
            SqlValue.Of(window.Max),
            SqlValue.Of(window.Interval),
            SqlValue.Of(window.Slice),
            new NpgsqlParameter<int[]> { TypedValue = [.. window.Used], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
}
