using Npgsql;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Connections;

/// <summary>
/// Sees to it that a replica is one of the server, and that it has everything that the server had when a run began: what lookups
/// find there is then never older than the run.
/// </summary>
internal static class ReplicaLag
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    // The position counts what commits have written that do not wait for the disk: their rows are visible.
    private static readonly SqlText s_server = SqlText.Of($"""
        select system_identifier::text, pg_postmaster_start_time()::text, pg_is_in_recovery(),
            case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_insert_lsn() end::text
        from pg_control_system()
        """);

    // A transaction with a number has its end written to disk within a second, and with it all that came before.
    private static readonly SqlText s_flush = SqlText.Of($"select pg_current_xact_id()::text");

    private static readonly SqlText s_behind = SqlText.Of($"select greatest(pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn()), 0)::bigint");

    /// <summary>Waits until the replica of the lookups has what the server has now. Returns at once where lookups ask the server itself.</summary>
    /// <param name="connection">A connection to the server, outside a transaction.</param>
    /// <param name="patience">How long to wait.</param>
    /// <exception cref="ConnectionSettingsException">It is no replica of the server, or was behind all the time.</exception>
    public static async Task CatchUpAsync(
        NpgsqlConnection connection, ReconDataSources sources, TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (sources.Replica is not { } replica)
        {
            return;
        }

        ServerState server = await AskAsync(connection, cancellationToken);
        await using NpgsqlConnection reading = await sources.Lookup.OpenConnectionAsync(cancellationToken);
        ServerState other = await AskAsync(reading, cancellationToken);
        if (other.Identifier != server.Identifier || (!other.IsReplica && other.Started != server.Started))
        {
            throw new ConnectionSettingsException(
                $"{replica} (--postgres-read) is no replica of {sources.Server}: it "
                + (other.Identifier == server.Identifier ? "was one, and takes writes of its own now" : "was set up as a server of its own")
                + ", so lookups may find anything there. Name a streaming replica of that server, or leave the option out.");
        }

        if (!other.IsReplica)
        {
            return;
        }

        if (!server.IsReplica)
        {
            await s_flush.ScalarAsync(connection, cancellationToken);
        }

        long started = clock.GetTimestamp();
        while (await s_behind.ScalarAsync(reading, cancellationToken, SqlValue.Of(server.Position)) is var behind && behind is not 0L)
        {
            if (clock.GetElapsedTime(started) > patience)
            {
                throw new ConnectionSettingsException(
                    $"The replica {replica} (--postgres-read) did not catch up with {sources.Server} within {patience.TotalSeconds:0} seconds: "
                    + (behind is long bytes ? $"{CountText.Show(Math.Max(1, bytes / 1024))} KiB of the server's log are still missing" : "it replays nothing")
                    + ". Lookups would find what was there before. See on the server why it lags (pg_stat_replication), or leave the option out.");
            }

            await Task.Delay(s_look, clock, cancellationToken);
        }
    }

    private static async Task<ServerState> AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => (await s_server.ListAsync(
            connection, row => new ServerState(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetString(3)), cancellationToken))[0];

    private sealed record ServerState(string Identifier, string Started, bool IsReplica, string Position);
}
