namespace Recon.Dataflow.Extract;

/// <summary>
/// Standard input that can be given up. The system's own read of a silent pipe cannot be cancelled: here it goes into a
/// buffer of its own and is left alone, so that memory handed in by the caller is never written to after a cancellation.
/// </summary>
internal sealed class WaitableInput(Stream source) : ForwardStream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Task<int>? _reading;
    private int _used;
    private int _count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_used == _count)
        {
            // On another thread: a console's stream reads before it returns its task.
            _reading ??= Task.Run(() => source.Read(_buffer), CancellationToken.None);
            _count = await _reading.WaitAsync(cancellationToken);
            (_used, _reading) = (0, null);
        }

        int taken = Math.Min(buffer.Length, _count - _used);
        _buffer.AsMemory(_used, taken).CopyTo(buffer);
        _used += taken;
        return taken;
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("Read asynchronously.");
}
