using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class MissReportTests(PostgresServer server)
{
    private static readonly CancellationToken s_token = TestContext.Current.CancellationToken;

    // What Npgsql throws then has no type of its own, and would take the place of why the run failed.
    [Fact]
    public async Task Ask_ConnectionThatBreaksMeanwhile_FindsNoCause()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        ValidLookup lookup = world.Read().Definition!.Pipelines[0].Lookups[0];
        await using var works = new NpgsqlConnection(world.Database.ConnectionString);
        await works.OpenAsync(s_token);
        MirrorTable table = (await MirrorCatalog.FindAsync(works, SqlTable.Parse(lookup.Table), s_token))!;
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        await using NpgsqlDataSource breaking = new NpgsqlDataSourceBuilder(world.Database.ConnectionString)
            .UsePhysicalConnectionInitializer(
                _ => { },
                async connection =>
                {
                    await using CancellationTokenRegistration now = ConnectionBreaker.BreakWhen(connection, over.Token);
                })
            .Build();

        Assert.Empty(await MissReport.AskAsync(breaking, lookup, table, ["1"], s_token));
    }
}
