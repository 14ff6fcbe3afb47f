using Npgsql;
using Recon.Postgres.Runs;

namespace Recon.Postgres.Embedded;

/// <summary>
/// A private PostgreSQL server on 127.0.0.1 with a random password. Processes that open the same folder share one
/// server; the last one to leave stops it, also when it is killed. Dispose it to leave.
/// </summary>
public sealed class EmbeddedPostgres : IPrivateServer
{
    private readonly ServerHome _home;
    private readonly ServerControl _control;
    private readonly FileStream _use;
    private readonly DeathWatch? _watch;
    private readonly ServerInfo _info;
    private int _disposed;

    private EmbeddedPostgres(
        ServerHome home, ServerControl control, ServerInfo info, string connectionString, FileStream use, DeathWatch? watch)
    {
        (_home, _control, _info, _use, _watch) = (home, control, info, use, watch);
        ConnectionString = connectionString;
    }

    /// <summary>How to connect, as Npgsql keywords, password included: database <c>postgres</c>, its superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int Port => _info.Port;

    /// <summary>The folder of the server: data, password, log.</summary>
    public string DataDirectory => _home.Root;

    /// <summary>Where the server's programs are.</summary>
    public string BinDirectory => _info.BinDirectory;

    /// <summary>The server's version, such as <c>15.14</c>.</summary>
    public string Version => _info.Version;

    /// <summary>The server's log.</summary>
    public string LogFile => _home.Log;

    /// <summary>The main process of the server, for tests that kill it.</summary>
    internal int? ServerProcessId => _control.ProcessId;

    /// <summary>Starts the server of a folder, or joins the one that runs there.</summary>
    /// <param name="options">How to start it.</param>
    /// <param name="cancellationToken">Gives up; nothing is left running.</param>
    /// <returns>The server, ready for connections.</returns>
    /// <exception cref="EmbeddedPostgresException">No binaries, no usable folder, or the server did not start.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxConnections, 1000);
        ServiceAccount account = await ServiceAccount.FindAsync(cancellationToken);
        PostgresBinaries binaries = await PostgresBinaries.FindAsync(options, account, cancellationToken);
        ServerHome home = await ServerHome.OpenAsync(options, account, cancellationToken);
        try
        {
            return await OpenAsync(home, binaries, account, options, cancellationToken);
        }
        catch (TimeoutException timeout)
        {
            throw new EmbeddedPostgresException(
                $"Another recon held the embedded PostgreSQL in {home.Root} for too long: {timeout.Message} End it, or use another folder.", timeout);
        }
    }

    private static async Task<EmbeddedPostgres> OpenAsync(
        ServerHome home, PostgresBinaries binaries, ServiceAccount account, EmbeddedPostgresOptions options, CancellationToken cancellationToken)
    {
        void Waiting() => options.Logger.Waiting(home.Root);
        await using FileStream starting = await FileLock.TakeAsync(
            home.StartLock, shared: false, options.StartTimeout, Waiting, options.Clock, cancellationToken);
        FileStream use = await FileLock.TakeAsync(
            home.UsersLock, shared: true, options.StartTimeout, Waiting, options.Clock, cancellationToken);
        var control = new ServerControl(home, binaries, account, options);
        DeathWatch? watch = null;
        try
        {
            // The watch comes first: from here on, a kill at any moment leaves nothing behind.
#pragma warning disable CA2000 // The server that is returned owns it; LeaveAsync disposes it otherwise.
            watch = DeathWatch.Start(home, control.StopCommand("fast"));
#pragma warning restore CA2000
            ServerInfo info = await control.JoinAsync(cancellationToken) ?? await control.StartAsync(cancellationToken);
            return new EmbeddedPostgres(home, control, info, control.ConnectionString(info), use, watch);
        }
        catch
        {
            await LeaveAsync(home, control, use, watch);
            throw;
        }
    }

    /// <summary>Leaves the server; the last user stops it (open connections are ended) and deletes a temporary folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await using var pool = new NpgsqlConnection(ConnectionString);
            NpgsqlConnection.ClearPool(pool);
            await LeaveAsync(_home, _control, _use, _watch);
        }
    }

    private static async Task LeaveAsync(ServerHome home, ServerControl control, FileStream use, DeathWatch? watch)
    {
        await use.DisposeAsync();
        bool wasLast;
        await using (FileStream? last = FileLock.TryTake(home.UsersLock, shared: false))
        {
            wasLast = last is not null;
            if (wasLast)
            {
                await control.StopAsync();
            }
        }

        if (wasLast)
        {
            home.DeleteIfTemporary();
        }

        watch?.Dispose();
    }
}
