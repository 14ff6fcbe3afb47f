using Recon.Dataflow.Topology;

namespace Recon.Dataflow.Tests.Topology;

public sealed class ReadingPauseTests
{
    [Fact]
    public async Task Wait_NoPause_DoesNotWait() => await new ReadingPause().WaitAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task Wait_Pause_EndsWithIt()
    {
        ReadingPause pause = new();
        pause.Toggle();

        Task waiting = pause.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.True(pause.IsOn);
        pause.Toggle();

        await waiting;
        Assert.False(pause.IsOn);
    }

    [Fact]
    public async Task Wait_PauseWithoutEnd_IsCancelled()
    {
        ReadingPause pause = new();
        pause.Toggle();
        using CancellationTokenSource stop = new();

        Task waiting = pause.WaitAsync(stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
