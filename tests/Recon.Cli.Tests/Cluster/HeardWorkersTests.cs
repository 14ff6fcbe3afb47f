using Microsoft.Extensions.Time.Testing;
using Recon.Cli.Commands.Cluster;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Tests.Cluster;

public sealed class HeardWorkersTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Alive_OfWorkersThatJoinReportAndLeave_CountsThoseOfTheLastSeconds()
    {
        var workers = new HeardWorkers(new RunDesk(), _clock);
        Assert.Equal(0, workers.Alive);

        await workers.JoinAsync(new WorkerCard("a", "host", 1, "1"), TestContext.Current.CancellationToken);
        await workers.ReportAsync(Report("b"), TestContext.Current.CancellationToken);
        await workers.ReportAsync(Report("c"), TestContext.Current.CancellationToken);
        Assert.Equal(3, workers.Alive);

        await workers.ReportAsync(Report("c") with { Leaves = true }, TestContext.Current.CancellationToken);
        _clock.Advance(HeardWorkers.Silence - TimeSpan.FromMilliseconds(1));
        await workers.ReportAsync(Report("b"), TestContext.Current.CancellationToken);
        Assert.Equal(2, workers.Alive);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, workers.Alive);
    }

    [Fact]
    public async Task Alive_OfWorkersThatAreToldOfTheEnd_CountsThemNoMore()
    {
        var desk = new RunDesk();
        var workers = new HeardWorkers(desk, _clock);
        await workers.JoinAsync(new WorkerCard("a", "host", 1, "1"), TestContext.Current.CancellationToken);
        await workers.ReportAsync(Report("b"), TestContext.Current.CancellationToken);

        desk.End();
        Assert.Equal(2, workers.Alive);
        await workers.JoinAsync(new WorkerCard("a", "host", 1, "1"), TestContext.Current.CancellationToken);
        Assert.Equal(1, workers.Alive);
        await workers.ReportAsync(Report("b"), TestContext.Current.CancellationToken);
        Assert.Equal(0, workers.Alive);
    }

    private static WorkerReport Report(string worker) => new(worker, Guid.Empty, 0, [], []);
}
