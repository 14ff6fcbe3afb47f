using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Runs behind PgBouncer in transaction mode, where a session is somebody else's at the next transaction.</summary>
public sealed class PoolerTests(PostgresServer server)
{
    [Fact]
    public async Task Run_BehindPgBouncerInTransactionMode_GivesTheSame()
    {
        string? program = ((string[])["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "PgBouncer is not installed (apt-get install pgbouncer).");
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        Golden golden = await Golden.RunAsync(world);
        var direct = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString);
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
            """), TestContext.Current.CancellationToken);
        string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        using Process bouncer = Process.Start(new ProcessStartInfo(program!, [.. user, "-q", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            await WaitForPortAsync(port, bouncer);
            world.ConnectionString = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = port }.ConnectionString;
            world.AutoPrepare = false;
            for (int run = 0; run < 3; run++)
            {
                PipelineResult result = await world.RunAsync();
                Assert.True(result.Outcome == RunOutcome.Completed, result.Fault?.ToString());
                await golden.RequireAsync(world, "PgBouncer");
            }
        }
        finally
        {
            bouncer.Kill();
            await bouncer.WaitForExitAsync(TestContext.Current.CancellationToken);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task WaitForPortAsync(int port, Process bouncer) => Until.TrueAsync(
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
                Assert.False(bouncer.HasExited, bouncer.HasExited ? await bouncer.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
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
