using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary><c>recon run --postgres-read</c>.</summary>
public sealed class PostgresReadTests(PostgresServer server)
{
    [Fact]
    public async Task Run_WithAReplica_GivesTheSameResult()
    {
        await using ReplicatedServer servers = await ReplicatedServer.StartAsync(TestContext.Current.CancellationToken);
        await using (NpgsqlDataSource source = NpgsqlDataSource.Create(servers.Server))
        {
            await DemoMirror.EnsureAsync(source, _ => { }, TestContext.Current.CancellationToken);
        }

        await using var database = new TestDatabase(servers.Server, servers.Server, "postgres", ownServer: true);
        string content = await PublishedAsync(database);
        CliRun variable = await CliRun.InAsync(
            new() { ["RECON_POSTGRES_READ"] = servers.Replica },
            "run", "companies", "communications", "--full", "--definition", DemoDatabase.Definition, "--postgres", servers.Server);

        Assert.Equal(0, variable.ExitCode);
        Assert.Equal(content, await PublishedContent.ReadAsync(database));
        Assert.Equal(content, await PublishedAsync(database, "--postgres-read", servers.Replica));
    }

    [Theory]
    [InlineData("--postgres-read names a replica, 127.0.0.1:5432/crm as reader, but the server is the embedded one", "--postgres", "embedded", "--postgres-read", "Host=127.0.0.1;Username=reader;Database=crm;Port=5432")]
    [InlineData("--postgres-read says \"embedded\", but the embedded server has no replica.", "--postgres-read", "embedded")]
    public async Task Replica_OfTheEmbeddedServer_IsRefused(string why, params string[] arguments)
    {
        using TempFolder folder = TempFolder.WithDefinition();

        CliRun run = await CliRun.OfAsync(["run", "--definition", folder.File("pipeline.json"), .. arguments]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerOfItsOwn_IsRefusedBeforeAnythingIsRead()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using ReplicatedServer other = await ReplicatedServer.StartAsync(TestContext.Current.CancellationToken);

        CliRun run = await database.ReconAsync("run", "companies", "--postgres-read", other.Replica);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is no replica of", run.Error, StringComparison.Ordinal);
    }

    private static async Task<string> PublishedAsync(TestDatabase database, params string[] arguments)
    {
        CliRun run = await database.ReconAsync(["run", "companies", "communications", "--full", .. arguments]);
        Assert.Equal(0, run.ExitCode);
        return await PublishedContent.ReadAsync(database);
    }
}
