using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Postgres.Embedded;

namespace Recon.Testing;

/// <summary>A server with a streaming replica, both on loopback, made for one test and gone with it.</summary>
public sealed class ReplicatedServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ServiceAccount _account;
    private readonly PostgresBinaries _binaries;
    private readonly string _root;

    private ReplicatedServer(ServiceAccount account, PostgresBinaries binaries, string root)
        => (_account, _binaries, _root) = (account, binaries, root);

    /// <summary>How to connect to the server, as Npgsql keywords.</summary>
    public string Server { get; private set; } = "";

    /// <summary>How to connect to its replica.</summary>
    public string Replica { get; private set; } = "";

    private string ServerData => Path.Combine(_root, "server");

    private string ReplicaData => Path.Combine(_root, "replica");

    /// <summary>Makes a server, copies its data while it does not run, and starts both.</summary>
    public static async Task<ReplicatedServer> StartAsync(CancellationToken cancellationToken)
    {
        ServiceAccount account = await ServiceAccount.FindAsync(cancellationToken);
        PostgresBinaries binaries = await PostgresBinaries.FindAsync(
            new EmbeddedPostgresOptions { Logger = NullLogger.Instance, Clock = TimeProvider.System }, account, cancellationToken);
        string root = Directory.CreateTempSubdirectory("recon-replica-").FullName;
        await account.OwnAsync(root, cancellationToken);
        ReplicatedServer servers = new(account, binaries, root);
        try
        {
            await servers.MakeAsync(cancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the replica go on as a server of its own.</summary>
    public Task PromoteAsync(CancellationToken cancellationToken)
        => RunAsync(["pg_ctl", "promote", "-D", ReplicaData, "-w", "-s"], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (string data in (string[])[ReplicaData, ServerData])
        {
            if (File.Exists(Path.Combine(data, "postmaster.pid")))
            {
                await RunAsync(["pg_ctl", "stop", "-D", data, "-m", "immediate", "-w", "-s"], CancellationToken.None);
            }
        }

        Directory.Delete(_root, recursive: true);
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        await RunAsync(["initdb", "-D", ServerData, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], cancellationToken);
        await RequireAsync(await _account.RunAsync(s_patience, cancellationToken, "cp", "-a", ServerData, ReplicaData));
        (int port, int other) = (FreePort(), FreePort());
        (Server, Replica) = (Connection(port), Connection(other));
        string follows = $"primary_conninfo = 'host=127.0.0.1 port={port} user=postgres'";
        await RequireAsync(await _account.RunAsync(
            s_patience, cancellationToken, "sh", "-c", "printf '%s\\n' \"$0\" >> \"$1/postgresql.auto.conf\" && : > \"$1/standby.signal\"", follows, ReplicaData));
        await StartAsync(ServerData, port, cancellationToken);
        await StartAsync(ReplicaData, other, cancellationToken);
    }

    private Task StartAsync(string data, int port, CancellationToken cancellationToken)
        => RunAsync(
            [
                "pg_ctl", "start", "-D", data, "-l", data + ".log", "-w", "-s",
                "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c shared_buffers=32MB",
            ],
            cancellationToken);

    private async Task RunAsync(string[] command, CancellationToken cancellationToken)
        => await RequireAsync(await _account.RunAsync(s_patience, cancellationToken, [_binaries.Program(command[0]), .. command[1..]]));

    private static Task RequireAsync(ToolResult result)
        => result.Succeeded ? Task.CompletedTask : throw new InvalidOperationException(result.Output);

    private static string Connection(int port) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = "postgres",
        Username = "postgres",
        SslMode = SslMode.Disable,
    }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
