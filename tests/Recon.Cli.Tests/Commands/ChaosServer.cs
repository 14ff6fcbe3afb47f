using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Postgres.Embedded;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>A durable server of its own with the demo mirror, and a proxy before it, both made to be broken.</summary>
internal sealed class ChaosServer : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "recon-chaos-" + Guid.NewGuid().ToString("N"));
    private EmbeddedPostgres? _server;
    private FaultProxy? _proxy;

    /// <summary>Leads past the proxy.</summary>
    public TestDatabase Database => new(Direct, Direct, "postgres");

    public FaultProxy Proxy => _proxy ?? throw new InvalidOperationException("The server was not started.");

    // Told apart from recon's own connections, and never one of a pool that was cut meanwhile.
    private string Direct => new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Pooling = false, ApplicationName = "chaos" }.ConnectionString;

    private EmbeddedPostgres Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async Task StartAsync()
    {
        _server = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = _folder, MaxConnections = 50 }, TestContext.Current.CancellationToken);
        if (_proxy is null)
        {
            _proxy = new FaultProxy(_server.ConnectionString);
            await using NpgsqlDataSource source = NpgsqlDataSource.Create(_server.ConnectionString);
            await DemoMirror.EnsureAsync(source, _ => { }, TestContext.Current.CancellationToken);
        }
        else
        {
            _proxy.Retarget(_server.ConnectionString);
        }
    }

    /// <summary>Ends sessions of recon, as an operator does who sees them in the way.</summary>
    public async Task EndSessionsAsync(int most) => await AskAsync(
        $"select count(pg_terminate_backend(pid)) from (select pid from {Sessions} order by random() limit {most}) s");

    /// <summary>Kills the process behind a session: the server then ends all others and recovers.</summary>
    public async Task KillSessionAsync()
    {
        if (await AskAsync($"select pid::bigint from {Sessions} order by random() limit 1") is { } process)
        {
            await SignalAsync("-KILL", process);
            await Until.TrueAsync(
                "the server to be back", async () => await AskAsync("select 1::bigint") is not null, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Stops the server at once, without a checkpoint, and starts it again.</summary>
    public async Task RestartAsync()
    {
        await SignalAsync("-QUIT", Server.ServerProcessId!.Value);
        await Server.DisposeAsync();
        await StartAsync();
    }

    /// <summary>What a query says; null for nothing, also while the server is not there.</summary>
    public async Task<long?> AskAsync(string sql)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Direct);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using NpgsqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Test code.
            command.CommandText = sql;
#pragma warning restore CA2100
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) as long?;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string Sessions => "pg_stat_activity where application_name = 'recon'";

    private static async Task SignalAsync(string signal, long process)
    {
        using Process kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
