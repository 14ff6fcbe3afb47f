using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Recon.Postgres.Embedded;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>A primary and a hot standby that <c>pg_basebackup</c> made of it, in a folder of their own.</summary>
internal sealed class PrimaryAndStandby : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "recon-standby-" + Guid.NewGuid().ToString("N"));
    private readonly ServiceAccount _account;
    private readonly PostgresBinaries _binaries;
    private readonly int _primaryPort = FreePort();
    private readonly int _standbyPort = FreePort();

    private PrimaryAndStandby(ServiceAccount account, PostgresBinaries binaries) => (_account, _binaries) = (account, binaries);

    /// <summary>How to connect to the primary, as somebody who may do everything.</summary>
    public string Primary => ConnectionString(_primaryPort, "postgres");

    /// <summary>How to connect to a database of the standby.</summary>
    public string Standby(string database) => ConnectionString(_standbyPort, database);

    /// <summary>Starts the primary. Skips the test where the programs are missing.</summary>
    public static async Task<PrimaryAndStandby> StartAsync()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ServiceAccount account = await ServiceAccount.FindAsync(token);
        PostgresBinaries binaries = await PostgresBinaries.FindAsync(new EmbeddedPostgresOptions(), account, token);
        Assert.SkipUnless(
            File.Exists(binaries.Program("pg_basebackup")), $"A standby needs pg_basebackup, which is not in {binaries.BinDirectory}.");
        var pair = new PrimaryAndStandby(account, binaries);
        Directory.CreateDirectory(pair._folder);
        await account.OwnAsync(pair._folder, token);
        await pair.ToolAsync("initdb", "-D", pair.Data("primary"), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--no-locale");
        await pair.StartServerAsync("primary", pair._primaryPort);
        return pair;
    }

    /// <summary>Makes the standby of what the primary has now; it follows from then on.</summary>
    public async Task FollowAsync()
    {
        await ToolAsync(
            "pg_basebackup", "-D", Data("standby"), "-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-U", "postgres",
            "-p", _primaryPort.ToString(CultureInfo.InvariantCulture));
        await StartServerAsync("standby", _standbyPort);
    }

    /// <summary>Makes the standby a primary.</summary>
    public Task PromoteAsync() => ToolAsync("pg_ctl", "promote", "-w", "-D", Data("standby"));

    public async ValueTask DisposeAsync()
    {
        foreach (string name in (string[])["standby", "primary"])
        {
            if (File.Exists(Path.Combine(Data(name), "postmaster.pid")))
            {
                await ToolAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", Data(name));
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Creates a database on the primary.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string name)
    {
        await using var server = new TestDatabase(Primary, Primary, "postgres", ownServer: true);
        await server.ExecuteAsync($"create database {name}");
        return new TestDatabase(Primary, ConnectionString(_primaryPort, name), name, ownServer: true);
    }

    private string Data(string name) => Path.Combine(_folder, name);

    private Task StartServerAsync(string name, int port) => ToolAsync(
        "pg_ctl", "start", "-w", "-s", "-D", Data(name), "-l", Path.Combine(_folder, name + ".log"), "-o",
        string.Create(
            CultureInfo.InvariantCulture,
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c wal_level=replica -c fsync=off -c max_connections=60"));

    private async Task ToolAsync(string program, params string[] arguments)
    {
        ToolResult result = await _account.RunAsync(
            s_patience, TestContext.Current.CancellationToken, [_binaries.Program(program), .. arguments]);
        Assert.True(result.Succeeded, $"{program}: {result.Tail}");
    }

    private static string ConnectionString(int port, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = database,
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
