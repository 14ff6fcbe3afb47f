using Recon.Cli.Commands.Cluster;
using Recon.Testing;

namespace Recon.Cli.Tests.Cluster;

public sealed class JobRowTests(PostgresServer server)
{
    [Fact]
    public async Task Keep_AsAnotherSiloOfTheSameProcess_MovesTheRow()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow row = world.Row();
        await world.BeginAsync(row);

        Assert.True(await row.KeepAsync("again", TestContext.Current.CancellationToken));
        Assert.Equal("again", await world.Coordinator);
        Assert.True(await row.KeepAsync(null, TestContext.Current.CancellationToken));
        Assert.True(await row.KeepAsync("again", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Keep_ByManyWhileTheSiloChanges_IsNoTakeOver()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow row = world.Row();
        await world.BeginAsync(row);

        bool[] kept = await Task.WhenAll(Enumerable.Range(0, 40).Select(
            index => row.KeepAsync(index < 20 ? "first" : "again", TestContext.Current.CancellationToken)));

        Assert.DoesNotContain(false, kept);
        Assert.Equal("again", await world.Coordinator);
    }

    [Fact]
    public async Task Keep_WhereTheAnswerToAMoveWasLost_IsNoTakeOver()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow row = world.Row();
        await world.BeginAsync(row);
        using JobRow lost = world.Row();
        Assert.NotNull(await lost.TakeAsync("first", "again", TestContext.Current.CancellationToken));

        Assert.True(await row.KeepAsync("again", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Keep_AfterAnotherHasTakenAndEndedTheJob_IsNot()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow row = world.Row();
        await world.BeginAsync(row);
        using JobRow other = world.Row();
        Assert.NotNull(await other.TakeAsync("first", "second", TestContext.Current.CancellationToken));
        Assert.False(await row.KeepAsync("first", TestContext.Current.CancellationToken));

        await other.EndAsync("completed", TestContext.Current.CancellationToken);
        Assert.False(await row.KeepAsync("first", TestContext.Current.CancellationToken));
        await row.EndAsync("failed", TestContext.Current.CancellationToken);
        Assert.Equal("completed", await world.Outcome);
    }

    [Fact]
    public async Task Leave_ByOneThatNeverCoordinated_ChangesNothing()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow row = world.Row();
        await world.BeginAsync(row);
        using JobRow other = world.Row();

        await other.LeaveAsync(TestContext.Current.CancellationToken);
        Assert.Equal("first", await world.Coordinator);
        await row.LeaveAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await world.Coordinator);
    }
}
