using System.Globalization;
using System.Reflection;
using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Connections;

/// <summary>
/// The sessions at the server behind the connections of the pools. Where the server's machine is restarted, or a firewall
/// forgets a connection, nobody tells: who waits for the server's answer waits for ever. So the server is asked, on a
/// connection that works, which sessions it still knows. Thread-safe.
/// </summary>
internal sealed class OpenSessions
{
    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.NonPublic;

    // How much later than here a session may begin at the server: clocks of two machines run alike, but both are rounded.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(2);

    // Npgsql has no public way to end a connection on which another thread waits: closing it waits, too, and the end of a
    // COPY takes no token. A test pins these names; without them, connections are left to TCP's keepalive.
    private static readonly PropertyInfo? s_connector = typeof(NpgsqlConnection).GetProperty("Connector", Inside);
    private static readonly PropertyInfo? s_isConnected = s_connector?.PropertyType.GetProperty("IsConnected", Inside);
    private static readonly MethodInfo? s_break = s_connector?.PropertyType.GetMethod("Break", Inside, [typeof(Exception), typeof(bool)]);

    private readonly Lock _gate = new();
    private readonly List<Session> _sessions = [];

    /// <summary>Whether connections can be broken with this version of Npgsql.</summary>
    internal static bool CanBreak => s_isConnected is not null && s_break is not null;

    /// <summary>Remembers a connection that was opened just now.</summary>
    public void Add(NpgsqlConnection connection)
    {
        if (CanBreak && s_connector!.GetValue(connection) is { } connector)
        {
            lock (_gate)
            {
                _sessions.RemoveAll(session => !session.IsConnected);
                _sessions.Add(new Session(connector, connection.ProcessID, TimeProvider.System.GetTimestamp()));
            }
        }
    }

    /// <summary>Breaks the connections whose sessions the server does not know any more: what waits for them fails.</summary>
    /// <param name="connection">A connection that works. Behind a pooler, nothing is known of sessions and nothing broken.</param>
    /// <returns>How many were broken.</returns>
    public async Task<int> BreakLostAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        Session[] sessions;
        lock (_gate)
        {
            sessions = [.. _sessions];
        }

        TimeSpan[] ages = [.. sessions.Select(session => TimeProvider.System.GetElapsedTime(session.Opened))];
        Dictionary<int, double?> known = (await SqlText.Of($"""
            select pid, extract(epoch from clock_timestamp() - backend_start)::float8 from pg_stat_activity
            where pid = any($1::int[]) and (pid <> $2 or pid = pg_backend_pid())
            """).ListAsync(
                connection,
                row => KeyValuePair.Create(row.GetInt32(0), row.IsDBNull(1) ? (double?)null : row.GetDouble(1)),
                cancellationToken,
                SqlValue.Of([.. sessions.Select(session => session.Process.ToString(CultureInfo.InvariantCulture))]),
                SqlValue.Of((long)connection.ProcessID))).ToDictionary();
        if (!known.ContainsKey(connection.ProcessID))
        {
            return 0;
        }

        // Of a restarted server, another session may have the number by now: a younger one.
        Session[] lost = [.. sessions.Where((session, index) => session.IsConnected
            && (!known.TryGetValue(session.Process, out double? seconds) || seconds < (ages[index] - s_tolerance).TotalSeconds))];
        foreach (Session session in lost)
        {
            Break(session.Connector);
        }

        return lost.Length;
    }

    /// <summary>
    /// Breaks a connection, whatever it is doing, when a token is cancelled. The token alone is not enough for what must come to
    /// its end: Npgsql does not heed it before what it sent ahead of the statement (a reset, BEGIN) is answered.
    /// </summary>
    /// <returns>Takes it back when disposed.</returns>
    public static CancellationTokenRegistration BreakWhen(NpgsqlConnection connection, CancellationToken cancelled)
        => cancelled.Register(() =>
        {
            if (CanBreak && s_connector!.GetValue(connection) is { } connector)
            {
                Break(connector);
            }
        });

    private static void Break(object connector)
        => s_break!.Invoke(connector, [new NpgsqlException("The server does not know this session any more, or does not answer.", new IOException()), false]);

    private sealed record Session(object Connector, int Process, long Opened)
    {
        public bool IsConnected => s_isConnected!.GetValue(Connector) is true;
    }
}
