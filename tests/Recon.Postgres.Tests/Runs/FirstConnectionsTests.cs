using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>What is opened early fails without anybody noticing, and leaves nothing behind.</summary>
public sealed class FirstConnectionsTests(PostgresServer server)
{
    private static readonly ValidPipeline s_pipeline = ValidPipeline.Of(new PipelineDefinition
    {
        Name = "things",
        Blocks =
        [
            new CsvBlockDefinition { Id = "Id" },
            new BatchBlockDefinition(),
            new LookupBlockDefinition { Name = "match", Table = "hubspot.things", Key = "icalps_thing_id" },
            new DiffBlockDefinition(),
            new StageBlockDefinition(),
        ],
    });

    [Fact]
    public async Task Open_NobodyListens_FailsQuietly()
    {
        await using ReconDataSources sources = Connect("Host=127.0.0.1;Port=1;Username=u;Database=d");
        await using var first = new FirstConnections(sources, new StagingTables("staging"), s_pipeline);

        first.Open();

        Assert.True(first.IsOpened);
    }

    [Fact]
    public async Task Dispose_ServerIsSilent_DoesNotWaitForIt()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using ReconDataSources sources = Connect(
            string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=u;Database=d"));
        var first = new FirstConnections(sources, new StagingTables("staging"), s_pipeline);
        first.Open();
        using TcpClient accepted = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await first.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Open_StagingSchemaThere_OpensOneOfEachAndLeavesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string rejects = await world.RejectsAsync();
        await WaitForSessionsAsync(world.Database, 0);
        await using ReconDataSources sources = Connect(world.Database.ConnectionString);
        await using (var first = new FirstConnections(sources, new StagingTables("staging"), world.Read().Definition!.Pipelines[0]))
        {
            first.Open();
            first.Open();
            await WaitForSessionsAsync(world.Database, 2);
        }

        Assert.Equal(rejects, await world.RejectsAsync());
        Assert.Equal(0, await world.CountAsync(
            "select count(*) from pg_stat_activity where application_name = 'recon' and state like 'idle in transaction%' and datname = current_database()"));
    }

    [Fact]
    public async Task Run_FirstConnectionsCannotWork_SaysWhatTheRunSays()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.Database.ExecuteAsync("drop table hubspot.things");

        MirrorException missing = await Assert.ThrowsAsync<MirrorException>(() => world.RunAsync());

        Assert.Contains("hubspot.things", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Said, text => text.Contains("try", StringComparison.Ordinal));
    }

    private static ReconDataSources Connect(string connectionString)
        => ReconDataSources.ForConnectionString(connectionString, new DataSourceOptions { LoadTypes = false });

    private static Task<long> SessionsAsync(TestDatabase database) => database.QueryValueAsync<long>(
        "select count(*) from pg_stat_activity where application_name = 'recon' and state = 'idle' and datname = current_database()");

    private static async Task WaitForSessionsAsync(TestDatabase database, long count)
    {
        while (await SessionsAsync(database) != count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
