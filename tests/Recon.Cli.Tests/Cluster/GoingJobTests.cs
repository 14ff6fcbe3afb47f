using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Recon.Cli.Commands.Cluster;
using Recon.Postgres.Runs.Shared;
using Recon.Testing;

namespace Recon.Cli.Tests.Cluster;

public sealed class GoingJobTests(PostgresServer server)
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<string> _said = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(JobOutcome.Completed)]
    [InlineData(JobOutcome.Failed)]
    public async Task Follow_ARunThatAnotherProcessHasTakenOver_WaitsForItsEnd(string outcome)
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow first = world.Row();
        await world.BeginAsync(first);
        Task<SharedJob?> following = FollowAsync(world, world.Job);
        using JobRow successor = world.Row();
        Assert.NotNull(await successor.TakeAsync("first", "second", Token));
        await AdvanceAsync(() => HasSaid("Another process is continuing it."));
        Assert.False(following.IsCompleted);

        await successor.EndAsync(outcome, Token);

        await AdvanceAsync(() => following.IsCompleted);
        SharedJob? followed = await following;
        Assert.Equal((world.Job.Id, outcome), (followed?.Id, followed?.Outcome));
    }

    [Fact]
    public async Task Follow_ARunWhoseFirstCoordinatorIsAlive_IsLeftToTheLease()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow first = world.Row();
        await world.BeginAsync(first);

        Task<SharedJob?> following = FollowAsync(world, world.Job);
        await AdvanceAsync(() => following.IsCompleted);

        Assert.Null(await following);
        Assert.False(HasSaid("Another process"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Follow_ARunThatNobodyGoesOnWith_IsGoneOnWithHere(bool isTakenOver)
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow first = world.Row();
        await world.BeginAsync(first);
        using JobRow successor = world.Row();
        Assert.True(!isTakenOver || await successor.TakeAsync("first", "second", Token) is not null);
        await world.SilenceAsync();

        Task<SharedJob?> following = FollowAsync(world, world.Job);
        await AdvanceAsync(() => following.IsCompleted);

        Assert.Null(await following);
        Assert.True(HasSaid($"Nobody is continuing run {world.Job.Id}. This process takes it over."));
    }

    // The server keeps the keys of a document in an order of its own.
    [Fact]
    public async Task Follow_ARunWithSeveralGates_IsTheSame()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        var settings = new JobSettings { Gates = new Dictionary<string, string> { ["maxUnmatched"] = "5%", ["maxShrink"] = "1%" } };
        using JobRow first = world.Row();
        await world.BeginAsync(first, settings);

        Task<SharedJob?> following = FollowAsync(world, world.Job with { Settings = settings with { Resume = true, IsLocal = true } });
        await AdvanceAsync(() => following.IsCompleted);

        Assert.True(HasSaid($"Run {world.Job.Id}, begun by somebody, is the same."));
    }

    [Fact]
    public async Task Follow_ARunOfOtherPipelinesOrOptions_IsAnother()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow first = world.Row();
        await world.BeginAsync(first);

        foreach (SharedJob other in (SharedJob[])
        [
            world.Job with { Pipelines = ["companies", "persons"] },
            world.Job with { Definition = "another" },
            world.Job with { ToolVersion = "2" },
            world.Job with { Settings = new JobSettings { Full = true } },
        ])
        {
            Assert.Null(await FollowAsync(world, other));
        }

        Assert.Empty(_said);
    }

    [Fact]
    public async Task Begin_OfPipelinesWhoseJobIsSilent_EndsThatOne()
    {
        await using SharedJobWorld world = await SharedJobWorld.CreateAsync(server);
        using JobRow first = world.Row();
        await world.BeginAsync(first);
        SharedJob next = world.Job with { Id = Guid.NewGuid(), Pipelines = ["companies", "persons"] };

        await world.BeginAsync(next);
        Assert.Null(await world.Outcome);
        await world.SilenceAsync();
        await world.BeginAsync(next with { Id = Guid.NewGuid(), Pipelines = ["persons"] });
        Assert.Null(await world.Outcome);
        await world.BeginAsync(next with { Id = Guid.NewGuid() });

        Assert.Equal(JobOutcome.Abandoned, await world.Outcome);

        // It was alive after all.
        Assert.True(await first.KeepAsync("first", Token));
        Assert.Null(await world.Outcome);
        await first.EndAsync(JobOutcome.Completed, Token);
        Assert.Equal(JobOutcome.Completed, await world.Outcome);
    }

    private Task<SharedJob?> FollowAsync(SharedJobWorld world, SharedJob wanted) => world.Going(_clock, _said.Enqueue).FollowAsync(wanted, Token);

    private bool HasSaid(string text) => _said.Any(line => line.Contains(text, StringComparison.Ordinal));

    private async Task AdvanceAsync(Func<bool> isDone)
    {
        while (!isDone())
        {
            Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
    }
}
