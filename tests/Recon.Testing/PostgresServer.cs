using System.Globalization;
using Npgsql;
using Recon.Postgres.Embedded;
using Testcontainers.PostgreSql;

namespace Recon.Testing;

/// <summary>
/// The PostgreSQL server of a test assembly, started on first use: the one that RECON_TEST_POSTGRES names (a connection
/// string of a role that may create databases), else an embedded one, else a container. Register it once per assembly
/// with <c>[assembly: AssemblyFixture(typeof(PostgresServer))]</c> and take it as a constructor parameter.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly DatabaseStock _stock = new();
    private EmbeddedPostgres? _embedded;
    private PostgreSqlContainer? _container;
    private string? _connectionString;
    private int _databases;

    /// <summary>The embedded server; <see langword="null"/> before the first use and when it is another kind of server.</summary>
    public EmbeddedPostgres? Embedded => _embedded;

    /// <summary>How to connect to the server as somebody who may do everything.</summary>
    /// <returns>Npgsql keywords.</returns>
    public async Task<string> GetConnectionStringAsync()
    {
        await _gate.WaitAsync();
        try
        {
            return _connectionString ??= await StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Creates an empty database.</summary>
    /// <returns>The database; dispose it to drop it.</returns>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        string server = await GetConnectionStringAsync();
        string name = string.Create(
            CultureInfo.InvariantCulture, $"recon_test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}");
        string connectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        if (!await _stock.TryTakeAsync(server, name))
        {
            await TestDatabase.ExecuteAsync(server, $"create database {name}");
            await _stock.LookAtNewAsync(connectionString);
        }

        return new TestDatabase(server, connectionString, name, IsOwn) { Stock = _stock };
    }

    private bool IsOwn => _embedded is not null || _container is not null;

    /// <summary>Stops the server that this object started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!IsOwn && _connectionString is not null)
        {
            await _stock.DropAsync(_connectionString);
        }

        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }

        if (_container is not null)
        {
            await _container.DisposeAsync();
        }

        _stock.Dispose();
        _gate.Dispose();
    }

    private async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("RECON_TEST_POSTGRES") is { Length: > 0 } stated)
        {
            return new NpgsqlConnectionStringBuilder(stated).ConnectionString;
        }

        try
        {
            var options = new EmbeddedPostgresOptions { Unsafe = true, MaxConnections = 200 };
            _embedded = await EmbeddedPostgres.StartAsync(options, CancellationToken.None);
            return _embedded.ConnectionString;
        }
        catch (EmbeddedPostgresException embedded)
        {
            try
            {
                _container = new PostgreSqlBuilder("postgres:18-alpine").WithCommand("-c", "fsync=off", "-c", "max_connections=200").Build();
                await _container.StartAsync();
                return _container.GetConnectionString();
            }
            catch (Exception container)
            {
                throw new InvalidOperationException(
                    $"The tests need a PostgreSQL server. {embedded.Message}\nA container neither: {container.Message}\nRECON_TEST_POSTGRES may name a server.",
                    container);
            }
        }
    }
}
