using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>A PgBouncer in transaction mode before a server on this machine; the test is skipped where it is not installed.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private PgBouncer(Process process, string folder, string connectionString)
    {
        (_process, _folder, ConnectionString) = (process, folder, connectionString);
    }

    /// <summary>How to connect through it.</summary>
    public string ConnectionString { get; }

    /// <param name="server">How to connect to the server directly.</param>
    public static async Task<PgBouncer> StartAsync(string server)
    {
        string? program = ((string[])["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "PgBouncer is not installed (apt-get install pgbouncer).");
        var direct = new NpgsqlConnectionStringBuilder(server);
        string folder = Directory.CreateTempSubdirectory("recon-bouncer-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        int port = FreePort();
        string config = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(Path.Combine(folder, "users.txt"), $"\"{direct.Username}\" \"{direct.Password}\"\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(config, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={direct.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {folder}/users.txt
            pool_mode = transaction
            default_pool_size = 10
            max_client_conn = 50
            server_lifetime = 1
            server_login_retry = 1
            """), TestContext.Current.CancellationToken);
        string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        Process process = Process.Start(new ProcessStartInfo(program!, [.. user, "-q", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var bouncer = new PgBouncer(
            process, folder, new NpgsqlConnectionStringBuilder(server) { Port = port }.ConnectionString);
        await bouncer.WaitForPortAsync(port);
        return bouncer;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task WaitForPortAsync(int port) => Until.TrueAsync(
        "PgBouncer's port",
        async () =>
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return true;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, _process.HasExited ? await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
                return false;
            }
        },
        TestContext.Current.CancellationToken);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
