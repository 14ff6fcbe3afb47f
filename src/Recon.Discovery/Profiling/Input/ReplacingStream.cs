using System.Buffers;
using System.Text;
using Recon.Dataflow.Extract;

namespace Recon.Discovery.Profiling.Input;

/// <summary>A stream of UTF-8 in which U+FFFD stands for what is not valid, so that the rest can be looked at. Owns the stream.</summary>
internal sealed class ReplacingStream(Stream stream) : ForwardStream
{
    private readonly byte[] _raw = new byte[64 * 1024];
    private readonly byte[] _clean = new byte[3 * 64 * 1024];
    private int _held;
    private int _next;
    private int _end;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        while (_next == _end && !_ended)
        {
            Fill();
        }

        int count = Math.Min(buffer.Length, _end - _next);
        _clean.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        int read = stream.Read(_raw, _held, _raw.Length - _held);
        _ended = read == 0;
        ReadOnlySpan<byte> bytes = _raw.AsSpan(0, _held + read);
        (_next, _end) = (0, 0);
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out _, out int length);
            if (status == OperationStatus.NeedMoreData && !_ended)
            {
                break;
            }

            ReadOnlySpan<byte> character = status == OperationStatus.Done ? bytes[..length] : "\uFFFD"u8;
            character.CopyTo(_clean.AsSpan(_end));
            _end += character.Length;
            bytes = bytes[length..];
        }

        _held = bytes.Length;
        bytes.CopyTo(_raw);
    }
}
