using System.Security.Cryptography.X509Certificates;
using Npgsql;
using Recon.Postgres.Cluster;
using Recon.Testing;

namespace Recon.Cluster.Tests;

/// <summary>A job with its processes, all of them in this one.</summary>
internal sealed class ClusterWorld(TestDatabase database) : IAsyncDisposable
{
    private readonly List<ClusterNode> _nodes = [];

    public Guid Job { get; } = Guid.NewGuid();

    /// <summary>The silo that the job's row names.</summary>
    public string? Coordinator { get; set; }

    public static async Task<ClusterWorld> CreateAsync(PostgresServer server)
    {
        var world = new ClusterWorld(await server.CreateDatabaseAsync());
        await using NpgsqlConnection connection = await world.OpenAsync();
        await ClusterSchema.EnsureAsync(connection, CancellationToken.None);
        return world;
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public Task<T?> QueryAsync<T>(string sql) => database.QueryValueAsync<T>(sql);

    public Task ExecuteAsync(string sql) => database.ExecuteAsync(sql);

    public ClusterSettings Settings(X509Certificate2? certificate = null) => new(Job, database.ConnectionString) { Certificate = certificate };

    public async Task<(ClusterNode Node, NamedHost Host)> StartAsync(string name, X509Certificate2? certificate = null)
    {
        var host = new NamedHost(name, () => Coordinator);
        ClusterNode node = await ClusterNode.StartAsync(Settings(certificate), host, CancellationToken.None);
        _nodes.Add(node);
        return (node, host);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.AbandonAsync()));
        await database.DisposeAsync();
    }
}
