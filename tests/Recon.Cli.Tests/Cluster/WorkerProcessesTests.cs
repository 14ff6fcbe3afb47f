using System.Diagnostics;
using Recon.Cli.Commands.Cluster;

namespace Recon.Cli.Tests.Cluster;

public sealed class WorkerProcessesTests
{
    private readonly List<string> _told = [];

    [Fact]
    public async Task Gone_AfterTheLastOfThisMachine_WaitsForTheOthers()
    {
        int others = 3;
        var gone = new TaskCompletionSource<int>();
        await using var workers = new WorkerProcesses(Refused, _told.Add, () => others--, TimeProvider.System);
        workers.Gone.Register(() => gone.SetResult(others));

        workers.Start(1);

        Assert.Equal(-1, await gone.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.EndsWith("has ended with exit code 2, and none is left.", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gone_OfARunThatEnds_IsNotTold()
    {
        var workers = new WorkerProcesses(Refused, _told.Add, () => 1, TimeProvider.System);
        CancellationToken gone = workers.Gone;
        workers.Start(2);

        await workers.DisposeAsync();

        Assert.False(gone.IsCancellationRequested);
    }

    // As a worker that has another definition.
    private static ProcessStartInfo Refused() => new("/bin/sh", ["-c", "exit 2"]) { RedirectStandardInput = true };
}
