using Npgsql;
using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Tests.Support;
using Recon.Testing;

namespace Recon.Push.Tests.Sending;

public sealed class StoppingTests(PostgresServer server)
{
    [Fact]
    public async Task Push_WhenSomebodyStopsIt_EndsBeforeItsNextCallAndIsResumed()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 600, "slow=50");
        Task<PushReport> pushing = world.PushAsync(parallelism: 1);
        await Until.TrueAsync("the first write", () => Task.FromResult(world.Calls.Count >= 2), TestContext.Current.CancellationToken);
        await using (NpgsqlConnection connection = await world.Sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal([PushWorld.Portal], await new PortalStore(world.Tables).StopAsync(connection, null, "Ada", default));
        }

        PushReport report = await pushing;

        Assert.Contains("Ada", report.Stop!.Message, StringComparison.Ordinal);
        Assert.Equal(600, report.Of(PushState.Written) + report.Waiting);
        Assert.True(report.Waiting > 0);
        Assert.Equal(0, await world.CountAsync("sending"));
        Assert.Equal(600, (await world.PushAsync(parallelism: 4)).Of(PushState.Written));
    }

    [Fact]
    public async Task Push_WhenDrained_SettlesWhatIsUnderWay()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 600, "slow=50");
        using var drain = new CancellationTokenSource();
        Task<PushReport> pushing = world.PushAsync(parallelism: 2, drain: drain.Token);
        await Until.TrueAsync("the first write", () => Task.FromResult(world.Calls.Count >= 3), TestContext.Current.CancellationToken);
        await drain.CancelAsync();

        PushReport report = await pushing;

        Assert.True(report.Stop!.IsSignal);
        Assert.Equal((0, 600), (await world.CountAsync("sending"), report.Of(PushState.Written) + report.Waiting));
        Assert.Equal(600, (await world.PushAsync()).Of(PushState.Written));
    }

    [Fact]
    public async Task Push_OfWhichMoreThanOneCallInTwentyFails_Stops()
    {
        await using PushWorld world = await PushWorld.CreateAsync(server, 8_000, "server-error,on=update,from=20,times=1000");

        PushReport report = await world.PushAsync();

        Assert.Contains("5 %", report.Stop!.Message, StringComparison.Ordinal);
        Assert.True(report.Waiting > 0);
        Assert.Equal(8_000, report.Waiting + report.Of(PushState.Written) + report.Of(PushState.Uncertain));
    }
}
