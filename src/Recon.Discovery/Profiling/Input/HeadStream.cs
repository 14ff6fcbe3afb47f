using Recon.Dataflow.Extract;

namespace Recon.Discovery.Profiling.Input;

/// <summary>The first bytes of a stream, which it owns.</summary>
/// <param name="most">Bytes that are read of it.</param>
/// <param name="closing">Is told, before it is closed, whether the stream ended before that.</param>
internal sealed class HeadStream(Stream stream, long most, Action<bool> closing) : ForwardStream
{
    private long _left = most;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(_left, buffer.Length);
        int read = wanted == 0 ? 0 : stream.Read(buffer[..wanted]);
        _ended |= wanted > 0 && read == 0;
        _left -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            closing(_ended);
            stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
