using Npgsql;
using Recon.Postgres.Cluster;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Cluster.Tests;

public sealed class ClusterSchemaTests(PostgresServer server)
{
    [Fact]
    public void Version_OfTheScripts_IsThatOfThePackage()
    {
        string packages = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"));
        Assert.Contains($"<PackageVersion Include=\"Microsoft.Orleans.Clustering.AdoNet\" Version=\"{ClusterSchema.Version}\" />", packages, StringComparison.Ordinal);
        Assert.Contains($"<PackageVersion Include=\"Microsoft.Orleans.Server\" Version=\"{ClusterSchema.Version}\" />", packages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_MadeTwice_IsReadyAndKeepsItsRows()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using NpgsqlConnection connection = await OpenAsync(database.ConnectionString);
        Assert.Equal(ClusterSchemaState.Missing, await ClusterSchema.LookAsync(connection, TestContext.Current.CancellationToken));

        await ClusterSchema.EnsureAsync(connection, TestContext.Current.CancellationToken);
        Assert.Equal(ClusterSchemaState.Ready, await ClusterSchema.LookAsync(connection, TestContext.Current.CancellationToken));
        await database.ExecuteAsync(
            "insert into recon_cluster.orleansmembershipversiontable (deploymentid) values ('x'); comment on schema recon_cluster is 'an older one'; drop function recon_cluster.insert_membership_version");
        Assert.Equal(ClusterSchemaState.Outdated, await ClusterSchema.LookAsync(connection, TestContext.Current.CancellationToken));

        await ClusterSchema.EnsureAsync(connection, TestContext.Current.CancellationToken);
        Assert.Equal(ClusterSchemaState.Ready, await ClusterSchema.LookAsync(connection, TestContext.Current.CancellationToken));
        Assert.Equal(1L, await database.QueryValueAsync<long>("select count(*) from recon_cluster.orleansmembershipversiontable"));
    }

    [Fact]
    public async Task Schema_MadeByManyAtOnce_IsMadeOnce()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using NpgsqlConnection connection = await OpenAsync(database.ConnectionString);
            await ClusterSchema.EnsureAsync(connection, TestContext.Current.CancellationToken);
        }));

        Assert.Equal(9L, await database.QueryValueAsync<long>("select count(*) from recon_cluster.orleansquery"));
    }

    [Fact]
    public async Task Schema_ForARoleWithoutRights_IsToldWithTheRemedy()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        string role = $"cluster_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"create role {role} login password 'x'");
        try
        {
            string other = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "x", Pooling = false }.ConnectionString;
            await using NpgsqlConnection connection = await OpenAsync(other);
            StagingException missing = await Assert.ThrowsAsync<StagingException>(() => ClusterSchema.EnsureAsync(connection, TestContext.Current.CancellationToken));
            Assert.Contains("create schema recon_cluster authorization ROLE", missing.Message, StringComparison.Ordinal);

            await using NpgsqlConnection owner = await OpenAsync(database.ConnectionString);
            await ClusterSchema.EnsureAsync(owner, TestContext.Current.CancellationToken);
            StagingException forbidden = await Assert.ThrowsAsync<StagingException>(() => ClusterSchema.EnsureAsync(connection, TestContext.Current.CancellationToken));
            Assert.Contains("grant usage on schema recon_cluster", forbidden.Message, StringComparison.Ordinal);

            await database.ExecuteAsync(
                $"grant usage on schema recon_cluster to {role}; grant select, insert, update, delete on all tables in schema recon_cluster to {role}");
            await ClusterSchema.EnsureAsync(connection, TestContext.Current.CancellationToken);
        }
        finally
        {
            await database.ExecuteAsync($"drop owned by {role}; drop role {role}");
        }
    }

    [Fact]
    public async Task Rows_OfEndedAndOfCrashedJobs_AreForgotten()
    {
        await using ClusterWorld world = await ClusterWorld.CreateAsync(server);
        (ClusterNode node, _) = await world.StartAsync("one");
        var crashed = Guid.NewGuid();
        await world.ExecuteAsync($"""
            insert into recon_cluster.orleansmembershipversiontable (deploymentid, timestamp) values ('{ClusterSchema.Id(crashed)}', now() - interval '2 days');
            insert into recon_cluster.orleansmembershiptable
                select '{ClusterSchema.Id(crashed)}', address, 1, generation, siloname, hostname, status, proxyport, null, starttime, now() - interval '2 days'
                from recon_cluster.orleansmembershiptable
            """);
        await using NpgsqlConnection connection = await world.OpenAsync();

        await ClusterSchema.ForgetAsync(connection, Guid.NewGuid(), TestContext.Current.CancellationToken);
        Assert.Equal(1L, await world.QueryAsync<long>("select count(*) from recon_cluster.orleansmembershiptable"));
        Assert.Equal(1L, await world.QueryAsync<long>("select count(*) from recon_cluster.orleansmembershipversiontable"));

        // A member of it is alive: who leaves a job does not take its list from those who are still there.
        await ClusterSchema.ForgetAsync(connection, world.Job, TestContext.Current.CancellationToken);
        Assert.Equal(1L, await world.QueryAsync<long>("select count(*) from recon_cluster.orleansmembershiptable"));

        await node.AbandonAsync();
        await world.ExecuteAsync("update recon_cluster.orleansmembershiptable set iamalivetime = now() - interval '1 minute'");
        await ClusterSchema.ForgetAsync(connection, world.Job, TestContext.Current.CancellationToken);
        Assert.Equal(0L, await world.QueryAsync<long>("select count(*) from recon_cluster.orleansmembershipversiontable"));
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
