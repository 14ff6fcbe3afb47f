namespace Recon.ObjectStorage.Requests;

/// <summary>A range of an object that is being fetched, or has been.</summary>
internal sealed class RangeBlock : IDisposable
{
    private readonly CancellationTokenSource _given = new();

    /// <param name="start">Its first byte in the object.</param>
    /// <param name="bytes">Room for it.</param>
    /// <param name="length">Its length; the room may be larger.</param>
    /// <param name="fetch">Fills the room.</param>
    public RangeBlock(long start, byte[] bytes, int length, Func<Memory<byte>, CancellationToken, Task> fetch)
    {
        (Start, Bytes, End) = (start, bytes, start + length);
        Fetched = fetch(bytes.AsMemory(0, length), _given.Token);
    }

    public long Start { get; }

    /// <summary>The first byte behind it.</summary>
    public long End { get; }

    public byte[] Bytes { get; }

    /// <summary>Ends when its bytes are there.</summary>
    public Task Fetched { get; }

    /// <summary>Gives it up, and waits until nothing is written to its room any more.</summary>
    public async ValueTask GiveUpAsync()
    {
        await _given.CancelAsync();
        await Fetched.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void Dispose() => _given.Dispose();
}
