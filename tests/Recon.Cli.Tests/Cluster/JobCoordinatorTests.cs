using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Cli.Commands.Cluster;
using Recon.Cluster;
using Recon.Postgres.Cluster;
using Recon.Postgres.Runs.Shared;
using Recon.Testing;

namespace Recon.Cli.Tests.Cluster;

public sealed class JobCoordinatorTests(PostgresServer server)
{
    [Fact]
    public async Task TakeOver_ThatEnds_EndsTheJob()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        await using Successor successor = await Successor.CreateAsync(world, _ => Task.FromResult<int?>(0), CancellationToken.None);

        Assert.NotNull(successor.Coordinator.Coordinate());
        await successor.Begun.WaitAsync(TestContext.Current.CancellationToken);
        await successor.Coordinator.FinishAsync();

        Assert.Equal("completed", await world.Outcome);
    }

    [Fact]
    public async Task TakeOver_ThatCannotBegin_LeavesTheJobToOthersAndIsNotTriedAgain()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        int tries = 0;
        await using Successor successor = await Successor.CreateAsync(world, _ => Task.FromResult<int?>(++tries > 0 ? null : 0), CancellationToken.None);
        var resigned = new TaskCompletionSource();
        successor.Coordinator.Resigned.Register(resigned.SetResult);

        Assert.NotNull(successor.Coordinator.Coordinate());
        await resigned.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", await world.Coordinator);
        Assert.Null(await world.Outcome);
        Assert.Null(successor.Coordinator.Coordinate());
        Assert.Null(successor.Coordinator.Coordinate());
        await successor.Coordinator.FinishAsync();
        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task TakeOver_ByOneThatIsBeingStopped_DoesNotBegin()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using var stop = new CancellationTokenSource();
        await using Successor successor = await Successor.CreateAsync(world, _ => throw new InvalidOperationException(), stop.Token);
        await stop.CancelAsync();

        Assert.Null(successor.Coordinator.Coordinate());
        await successor.Coordinator.FinishAsync();

        Assert.Equal("first", await world.Coordinator);
    }

    [Fact]
    public async Task TakeOver_StoppedInTheMiddle_LeavesTheJobToOthers()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using var stop = new CancellationTokenSource();
        await using Successor successor = await Successor.CreateAsync(
            world,
            async token =>
            {
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
                return 0;
            },
            stop.Token);

        Assert.NotNull(successor.Coordinator.Coordinate());
        await successor.Begun.WaitAsync(TestContext.Current.CancellationToken);
        await successor.Coordinator.FinishAsync();

        Assert.Null(successor.Coordinator.Coordinate());
        Assert.Equal("", await world.Coordinator);
        Assert.Null(await world.Outcome);
    }

    [Fact]
    public async Task Look_AfterAnotherHasTakenTheJob_TellsIt()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow row = world.Row();
        await using var first = new JobCoordinator(row, TimeProvider.System, NullLogger.Instance, run: null, CancellationToken.None);
        SharingTerms sharing;
        await using (NpgsqlConnection connection = await world.OpenAsync())
        {
            sharing = await first.BeginAsync(connection, world.Job, TestContext.Current.CancellationToken);
        }

        Assert.False(await sharing.IsDisplacedAsync());
        using JobRow other = world.Row();
        Assert.NotNull(await other.TakeAsync("first", "second", TestContext.Current.CancellationToken));

        Assert.True(await sharing.IsDisplacedAsync());
        Assert.True(first.IsReplaced);
        Assert.True(sharing.Displaced.IsCancellationRequested);
        Assert.Null(first.Coordinate());
        await first.EndAsync("failed");
        Assert.Null(await world.Outcome);
    }

    /// <summary>A process that finds a job whose coordinator is silent.</summary>
    private sealed class Successor(JobRow row, ClusterMember member, JobCoordinator coordinator, Task begun) : IAsyncDisposable
    {
        public JobCoordinator Coordinator => coordinator;

        /// <summary>Ends when it has taken the job over: who finishes before does not take it.</summary>
        public Task Begun => begun;

        public static async Task<Successor> CreateAsync(SharedJobWorld world, Func<CancellationToken, Task<int?>> run, CancellationToken stop)
        {
            using JobRow first = world.Row();
            await world.BeginAsync(first);
            await world.SilenceAsync();
            await using (NpgsqlConnection connection = await world.OpenAsync())
            {
                await ClusterSchema.EnsureAsync(connection, CancellationToken.None);
            }

            JobRow row = world.Row();
            var begun = new TaskCompletionSource();
            var coordinator = new JobCoordinator(
                row,
                TimeProvider.System,
                NullLogger.Instance,
                (_, _) =>
                {
                    begun.TrySetResult();
                    return run(stop);
                },
                stop);
            ClusterMember member = await ClusterMember.JoinAsync(
                new ClusterSettings(world.Job.Id, world.ConnectionString), coordinator, CancellationToken.None);
            coordinator.Member = member;
            return new Successor(row, member, coordinator, begun.Task);
        }

        public async ValueTask DisposeAsync()
        {
            await coordinator.FinishAsync();
            await member.DisposeAsync();
            await coordinator.DisposeAsync();
            row.Dispose();
        }
    }
}
