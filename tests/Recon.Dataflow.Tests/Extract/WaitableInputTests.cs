using System.IO.Pipes;
using Recon.Dataflow.Extract;

namespace Recon.Dataflow.Tests.Extract;

public sealed class WaitableInputTests
{
    [Fact]
    public async Task ReadAsync_CancelledWhileSilent_LeavesTheCallersMemoryAndLosesNothing()
    {
        await using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var reader = new AnonymousPipeClientStream(PipeDirection.In, writer.ClientSafePipeHandle);
        await using var input = new WaitableInput(reader);
        using var stop = new CancellationTokenSource();
        byte[] given = new byte[3];
        byte[] later = new byte[3];
        Task<int> silent = input.ReadAsync(given, stop.Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silent);
        await writer.WriteAsync("abcd"u8.ToArray(), TestContext.Current.CancellationToken);
        int read = await input.ReadAsync(later, TestContext.Current.CancellationToken);
        int rest = await input.ReadAsync(given.AsMemory(2), TestContext.Current.CancellationToken);

        Assert.Equal("abc"u8.ToArray(), later[..read]);
        Assert.Equal([0, 0, (byte)'d'], given);
        Assert.Equal(1, rest);
    }

    [Fact]
    public async Task ReadAsync_EndOfTheSource_IsZero()
    {
        await using var input = new WaitableInput(new MemoryStream([7]));
        byte[] buffer = new byte[4];

        Assert.Equal(1, await input.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal(0, await input.ReadAsync(buffer, TestContext.Current.CancellationToken));
    }
}
