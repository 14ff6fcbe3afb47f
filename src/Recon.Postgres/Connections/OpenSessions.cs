using System.Globalization;
using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Connections;

/// <summary>
/// The sessions at the server behind the connections of the pools. Where the server's machine is restarted, or a firewall
/// forgets a connection, nobody tells: who waits for the server's answer waits for ever. So the server is asked, on a
/// connection that works, which sessions it still knows. Thread-safe.
/// </summary>
/// <param name="patience">How long a server may take to tell of a session that has begun.</param>
internal sealed class OpenSessions(TimeSpan patience)
{
    // A session is known by its process and by when it began, as the server says both: no clock is compared with another,
    // and none has to run on evenly. The view would be the same, but may be closed to users; behind a pooler there is no row.
    private static readonly SqlText s_begin = SqlText.Of($"select backend_start from pg_stat_get_activity(pg_backend_pid()) where pid = $1");

    private readonly Lock _gate = new();
    private readonly List<Session> _sessions = [];

    /// <summary>The server's processes of these sessions, as far as it told; those of connections that are gone by now, too.</summary>
    public IReadOnlyList<int> Processes
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions.Select(session => session.Process)];
            }
        }
    }

    /// <summary>Remembers a connection that was opened just now.</summary>
    public void Add(NpgsqlConnection connection)
    {
        if (ConnectionBreaker.ConnectorOf(connection) is { } connector)
        {
            using NpgsqlCommand command = Ask(connection);
            Add(connector, connection.ProcessID, command.ExecuteScalar());
        }
    }

    /// <inheritdoc cref="Add(NpgsqlConnection)"/>
    public async Task AddAsync(NpgsqlConnection connection)
    {
        if (ConnectionBreaker.ConnectorOf(connection) is { } connector)
        {
            await using NpgsqlCommand command = Ask(connection);
            Add(connector, connection.ProcessID, await command.ExecuteScalarAsync());
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

        Dictionary<int, DateTime?> known = (await SqlText.Of($"""
            select pid, backend_start from pg_stat_activity where pid = any($1::int[]) and (pid <> $2 or pid = pg_backend_pid())
            """).ListAsync(
                connection,
                row => KeyValuePair.Create(row.GetInt32(0), row.IsDBNull(1) ? (DateTime?)null : row.GetDateTime(1)),
                cancellationToken,
                SqlValue.Of([.. sessions.Select(session => session.Process.ToString(CultureInfo.InvariantCulture))]),
                SqlValue.Of((long)connection.ProcessID))).ToDictionary();
        if (!known.ContainsKey(connection.ProcessID))
        {
            return 0;
        }

        // Of a restarted server, another session may have the number by now. A start that the user may not see tells nothing.
        Session[] lost = [.. sessions.Where(session => session.IsConnected
            && (!known.TryGetValue(session.Process, out DateTime? begun)
                || (begun is not null && session.Begun is not null && begun != session.Begun)))];
        foreach (Session session in lost)
        {
            ConnectionBreaker.Break(session.Connector);
        }

        return lost.Length;
    }

    // Nobody's token ends it: whoever opens a connection has to wait for its first answer.
    private NpgsqlCommand Ask(NpgsqlConnection connection)
    {
        NpgsqlCommand command = s_begin.On(connection, SqlValue.Of((long)connection.ProcessID));
        command.CommandTimeout = (int)patience.TotalSeconds;
        return command;
    }

    private void Add(object connector, int process, object? begun)
    {
        if (begun is not null)
        {
            lock (_gate)
            {
                _sessions.RemoveAll(session => !session.IsConnected);
                _sessions.Add(new Session(connector, process, begun as DateTime?));
            }
        }
    }

    private sealed record Session(object Connector, int Process, DateTime? Begun)
    {
        public bool IsConnected => ConnectionBreaker.IsConnected(Connector);
    }
}
