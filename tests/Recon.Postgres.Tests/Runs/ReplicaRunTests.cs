using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>Runs whose lookups ask a replica.</summary>
public sealed class ReplicaRunTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Lookups_WithAReplica_AskIt(string strategy)
    {
        await using ReplicatedServer servers = await ReplicatedServer.StartAsync(Token);
        await using SmallWorld world = await WorldAsync(servers);
        world.Strategy = strategy;
        await world.RunAsync(request => request with { Full = true });
        string alone = await world.ContentAsync();
        world.Replica = Named(servers.Replica);
        bool? asksReplica = null;
        world.AfterRun = async sources =>
        {
            await using NpgsqlCommand command = sources.Lookup.CreateCommand("select pg_is_in_recovery()");
            asksReplica = (bool?)await command.ExecuteScalarAsync(Token);
        };
        PipelineResult result = await world.RunAsync(request => request with { Full = true });

        Assert.Equal((RunOutcome.Completed, true), (result.Outcome, asksReplica));
        Assert.Equal(alone, await world.ContentAsync());

        // A replica counts what it is asked itself.
        await using var replica = new TestDatabase(servers.Replica, world.Replica, "world", ownServer: true);
        await Until.TrueAsync(
            "the replica's statistics",
            async () => await replica.QueryValueAsync<long>(
                "select coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::bigint from pg_stat_user_tables where relname in ('things', 'parents') and schemaname = 'hubspot'") > 0,
            Token);
    }

    [Fact]
    public async Task Replica_ThatIsBehind_IsWaitedFor()
    {
        await using ReplicatedServer servers = await ReplicatedServer.StartAsync(Token);
        await using SmallWorld world = await WorldAsync(servers);
        await world.RunAsync();
        world.Replica = Named(servers.Replica);
        await TestDatabase.ExecuteAsync(servers.Replica, "select pg_wal_replay_pause()");
        await world.Database.ExecuteAsync("insert into hubspot.things values (9000000007, '7', 'late', 1, null, false)");
        Task<PipelineResult> running = world.RunAsync();
        await Until.TrueAsync(
            "the run to begin",
            async () => await world.CountAsync("select count(*) from staging.reconciliation_lease where run_id is not null") == 1,
            Token);

        Assert.Equal(0, await world.CountAsync("select count(*) from staging.things where hubspot_id = 9000000007"));
        await TestDatabase.ExecuteAsync(servers.Replica, "select pg_wal_replay_resume()");
        PipelineResult result = await running;

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.things where hubspot_id = 9000000007"));
    }

    [Fact]
    public async Task Replica_ThatStaysBehind_IsRefusedWithItsLag()
    {
        await using ReplicatedServer servers = await ReplicatedServer.StartAsync(Token);
        await using SmallWorld world = await WorldAsync(servers);
        await world.RunAsync();
        string before = await world.ContentAsync();
        (world.Replica, world.Tuning) = (Named(servers.Replica), new RunTuning { ReplicaPatience = TimeSpan.FromMilliseconds(300) });
        await TestDatabase.ExecuteAsync(servers.Replica, "select pg_wal_replay_pause()");
        await world.Database.ExecuteAsync("update hubspot.things set name = 'changed'");

        var refused = await Assert.ThrowsAsync<ConnectionSettingsException>(() => world.RunAsync());

        Assert.Matches(@"^The replica .* \(--postgres-read\) did not catch up with .* within 0 seconds: [\d,]+ KiB of the server's log are still missing\.", refused.Message);
        Assert.Equal(before, await world.ContentAsync());
    }

    [Fact]
    public async Task ServerOfItsOwn_IsRefused()
    {
        await using ReplicatedServer servers = await ReplicatedServer.StartAsync(Token);
        await using SmallWorld world = await WorldAsync(servers);
        world.Replica = await server.GetConnectionStringAsync();

        var refused = await Assert.ThrowsAsync<ConnectionSettingsException>(() => world.RunAsync());

        Assert.Contains("is no replica of", refused.Message, StringComparison.Ordinal);
        Assert.Contains("was set up as a server of its own", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PromotedReplica_IsRefused()
    {
        await using ReplicatedServer servers = await ReplicatedServer.StartAsync(Token);
        await using SmallWorld world = await WorldAsync(servers);
        world.Replica = Named(servers.Replica);
        await servers.PromoteAsync(Token);

        var refused = await Assert.ThrowsAsync<ConnectionSettingsException>(() => world.RunAsync());

        Assert.Contains("was one, and takes writes of its own now", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerItself_NamedTwice_IsNoFault()
    {
        await using ReplicatedServer servers = await ReplicatedServer.StartAsync(Token);
        await using SmallWorld world = await WorldAsync(servers);
        world.Replica = Named(servers.Server);

        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
    }

    private static async Task<SmallWorld> WorldAsync(ReplicatedServer servers)
    {
        await TestDatabase.ExecuteAsync(servers.Server, "create database world");
        SmallWorld world = await SmallWorld.CreateAsync(
            new TestDatabase(servers.Server, Named(servers.Server), "world", ownServer: true));
        world.ConnectionString = world.Database.ConnectionString;
        return world;
    }

    private static string Named(string connection) => new NpgsqlConnectionStringBuilder(connection) { Database = "world" }.ConnectionString;
}
