using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using Recon.Cli.Hosting;

namespace Recon.Cli.Tests.Commands;

public sealed class RunSignalsTests
{
    [Fact]
    public async Task Signal_First_StopsReadingAndLosesPatienceOnlyAfterTheStatedTime()
    {
        var clock = new FakeTimeProvider();
        using var source = new CancellationTokenSource();
        using var signals = RunSignals.Of(clock, source.Token);
        List<string> said = [];
        signals.Say = said.Add;

        await source.CancelAsync();
        Assert.True(signals.StopReading.IsCancellationRequested);
        clock.Advance(RunSignals.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(signals.Abort.IsCancellationRequested);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(signals.Abort.IsCancellationRequested);
        Assert.Equal(130, signals.ExitCode);
        Assert.Equal(
            ["Stopping: finishing batches in flight (up to 12 s). Ctrl-C again to stop now.", "The batches in flight take too long. Stopping now."],
            said);
    }

    [Fact]
    public async Task Signal_CommandWithoutBatches_SaysNothingOfThem()
    {
        var clock = new FakeTimeProvider();
        using var source = new CancellationTokenSource();
        using var signals = RunSignals.Of(clock, source.Token);
        List<string> said = [];
        signals.Say = said.Add;
        signals.Words = SignalWords.OfServer;

        await source.CancelAsync();
        clock.Advance(RunSignals.Limit);

        Assert.Equal(3, said.Count);
        Assert.All(said, line => Assert.Contains("embedded PostgreSQL", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signal_NothingLetsGo_EndsTheProcessWithinTheStatedTime()
    {
        var clock = new FakeTimeProvider();
        using var source = new CancellationTokenSource();
        using var signals = RunSignals.Of(clock, source.Token);
        List<int> ended = [];
        List<string> said = [];
        signals.Say = said.Add;
        signals.EndProcess = ended.Add;

        await source.CancelAsync();
        clock.Advance(RunSignals.Limit - TimeSpan.FromMilliseconds(1));
        Assert.Empty(ended);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([130], ended);

        // The server is not the only one that may be at fault.
        Assert.Contains("or the way to it", said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_NothingLetsGo_LastWordsAreWaitedForButNotLong()
    {
        var clock = new FakeTimeProvider();
        using var source = new CancellationTokenSource();
        using var signals = RunSignals.Of(clock, source.Token);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signals.EndProcess = ended.SetResult;
        signals.Ending = () =>
        {
            asked.SetResult();
            return new TaskCompletionSource().Task;
        };

        await source.CancelAsync();
        clock.Advance(RunSignals.Limit);
        await asked.Task;
        Assert.False(ended.Task.IsCompleted);
        clock.Advance(RunSignals.LastWords);

        Assert.Equal(130, await ended.Task);
    }

    [Fact]
    public async Task Signal_CommandEnds_NothingEndsTheProcess()
    {
        var clock = new FakeTimeProvider();
        using var source = new CancellationTokenSource();
        List<int> ended = [];
        using (var signals = RunSignals.Of(clock, source.Token))
        {
            signals.EndProcess = ended.Add;
            await source.CancelAsync();
        }

        clock.Advance(2 * RunSignals.Limit);

        Assert.Empty(ended);
    }

    // The command has its exit code by then; left to the system, the signal would kill the process and be its outcome.
    [Fact]
    public async Task Signal_AfterTheCommandEnded_IsDealtWith()
    {
        using var source = new CancellationTokenSource();
        var signals = RunSignals.Of(new FakeTimeProvider(), source.Token);
        await source.CancelAsync();

        signals.Dispose();

        Assert.True(signals.Receive(PosixSignal.SIGINT));
        Assert.True(signals.Receive(PosixSignal.SIGTERM));
        Assert.Equal(130, signals.ExitCode);
    }
}
