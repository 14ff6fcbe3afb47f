using System.Buffers;
using System.Text;

namespace Recon.Discovery.Profiling.Input;

/// <summary>A stream of UTF-8 in which U+FFFD stands for what is not valid, so that the rest can be looked at. Owns the stream.</summary>
internal sealed class ReplacingStream(Stream stream) : Stream
{
    private readonly byte[] _raw = new byte[64 * 1024];
    private readonly byte[] _clean = new byte[3 * 64 * 1024];
    private int _held;
    private int _next;
    private int _end;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
