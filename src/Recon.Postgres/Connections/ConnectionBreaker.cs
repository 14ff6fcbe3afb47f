using System.Reflection;
using Npgsql;

namespace Recon.Postgres.Connections;

/// <summary>
/// Breaks connections, whatever they are doing. Npgsql has no public way to end one on which another thread waits: closing it
/// waits, too, and the end of a COPY takes no token. A test pins the names used here; without them, connections are left to
/// TCP's keepalive.
/// </summary>
internal static class ConnectionBreaker
{
    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.NonPublic;

    // By its name, which a native executable can follow.
    private const string Connector = "Npgsql.Internal.NpgsqlConnector, Npgsql";

    private static readonly PropertyInfo? s_connector = typeof(NpgsqlConnection).GetProperty("Connector", Inside);
    private static readonly PropertyInfo? s_isConnected = Type.GetType(Connector)?.GetProperty("IsConnected", Inside);
    private static readonly MethodInfo? s_break = Type.GetType(Connector)?.GetMethod("Break", Inside, [typeof(Exception), typeof(bool)]);

    /// <summary>Whether connections can be broken with this version of Npgsql.</summary>
    public static bool CanBreak => s_connector is not null && s_isConnected is not null && s_break is not null;

    /// <summary>What Npgsql connects with: it outlives the object that it was opened for.</summary>
    public static object? ConnectorOf(NpgsqlConnection connection) => CanBreak ? s_connector!.GetValue(connection) : null;

    public static bool IsConnected(object connector) => s_isConnected!.GetValue(connector) is true;

    /// <summary>Breaks what <see cref="ConnectorOf"/> gave: what waits for it fails. Never throws.</summary>
    public static void Break(object connector)
    {
        try
        {
            s_break!.Invoke(connector, [new NpgsqlException("The server does not know this session any more, or does not answer.", new IOException()), false]);
        }
        catch (TargetInvocationException)
        {
            // It is called where nobody could do anything about it: by a timer, and by the heartbeat, which has to go on.
        }
    }

    /// <summary>
    /// Breaks a connection when a token is cancelled. The token alone is not enough for what must come to its end: Npgsql does
    /// not heed it before what it sent ahead of the statement (a reset, BEGIN) is answered.
    /// </summary>
    /// <returns>Takes it back when disposed.</returns>
    public static CancellationTokenRegistration BreakWhen(NpgsqlConnection connection, CancellationToken cancelled)
        => cancelled.Register(() =>
        {
            if (ConnectorOf(connection) is { } connector)
            {
                Break(connector);
            }
        });
}
