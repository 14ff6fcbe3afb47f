using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Recon.Postgres.Embedded;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>A server of a test's own, with durable settings, that can be stopped at once and started again.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private const string Database = "broken";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "recon-broken-" + Guid.NewGuid().ToString("N"));
    private EmbeddedPostgres _server = null!;

    private OwnServer()
    {
    }

    /// <summary>The folder of the server's data.</summary>
    public string DataDirectory => _server.DataDirectory;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OwnServer> StartAsync()
    {
        var own = new OwnServer();
        await own.StartServerAsync();
        return own;
    }

    /// <summary>Makes the one world of the server, to be disposed before the server.</summary>
    public async Task<SmallWorld> CreateWorldAsync(int records = 100)
    {
        string server = _server.ConnectionString;
        string connectionString = new NpgsqlConnectionStringBuilder(server) { Database = Database }.ConnectionString;
        await new TestDatabase(server, server, "postgres").ExecuteAsync($"create database {Database}");
        return await SmallWorld.CreateAsync(new TestDatabase(server, connectionString, Database), records);
    }

    /// <summary>Runs a world that has run before; once some batches are committed and others under way, the server is killed and started.</summary>
    /// <param name="proxy">What the world reaches the server through.</param>
    public async Task<PipelineResult> RestartDuringARunAsync(SmallWorld world, FaultProxy proxy)
    {
        var patient = new RetrySettings { MaxRetries = 100, Delay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(1) };
        world.Tuning = Golden.QuickRetries with { Start = patient, Lookups = patient, Batches = patient, Ending = patient };
        await using NpgsqlConnection hold = await HalfwayFault.HoldAsync(world.Database, Token);
        Task<PipelineResult> running = world.RunAsync();
        await Until.TrueAsync(
            "a batch that is held",
            async () =>
            {
                Assert.False(running.IsCompleted, "The run ended before the server was stopped.");
                return await world.CountAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted") > 0;
            },
            Token);

        using (Process kill = Process.Start("kill", ["-QUIT", _server.ServerProcessId!.Value.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Token);
        }

        await _server.DisposeAsync();
        await StartServerAsync();
        proxy.Retarget(_server.ConnectionString);
        world.Move(_server.ConnectionString);
        return await running;
    }

    public ValueTask StopAsync() => _server.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartServerAsync() => _server = await EmbeddedPostgres.StartAsync(
        new EmbeddedPostgresOptions { DataDirectory = _folder, MaxConnections = 50 }, Token);
}
