using Recon.ObjectStorage.Addresses;

namespace Recon.ObjectStorage.Requests;

/// <summary>
/// An object as a stream that seeks: blocks of it are fetched one after the other, some ahead of the one that is read. The first block
/// after opening or a jump is small, since often only a header or a sample is wanted; each further one is twice as large, and one more is
/// fetched ahead, up to the limits.
/// Of one user at a time.
/// </summary>
/// <remarks>Memory: at most <see cref="RequestOptions.Ahead"/> + 1 blocks of <see cref="RequestOptions.LargestBlock"/>.</remarks>
internal sealed class RangeStream(RangeClient client, ObjectTarget target, FoundObject found) : Stream
{
    private readonly Queue<RangeBlock> _ahead = [];
    private readonly Stack<byte[]> _free = [];
    private RangeBlock? _current;
    private long _position;
    private long _asked;
    private int _size = client.Options.FirstBlock;
    private int _depth;
    private bool _isClosed;

    public override bool CanRead => !_isClosed;

    public override bool CanSeek => !_isClosed;

    public override bool CanWrite => false;

    public override long Length => found.Length;

    /// <summary>Where the next byte is read. To set it asks for nothing.</summary>
    public override long Position
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return Volatile.Read(ref _position);
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Volatile.Write(ref _position, value);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_position >= found.Length || buffer.IsEmpty)
        {
            return 0;
        }

        if (_current is null || _position < _current.Start || _position >= _current.End)
        {
            await MoveAsync();
        }

        await _current!.Fetched.WaitAsync(cancellationToken);
        int count = (int)Math.Min(buffer.Length, _current.End - _position);
        _current.Bytes.AsMemory((int)(_position - _current.Start), count).CopyTo(buffer);
        Volatile.Write(ref _position, _position + count);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin)
        => Position = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? _position : Length);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await DropAsync();
        await base.DisposeAsync();
    }

    // Goes to the block that holds the position: one that was asked for, or a first one after a jump.
    private async ValueTask MoveAsync()
    {
        bool follows = _current is { Fetched.IsCompletedSuccessfully: true } && _current.End == _position;
        if (follows)
        {
            Release(_current!);
            _current = null;
            _depth = Math.Min(_depth + 1, client.Options.Ahead);
            if (_ahead.Count == 0)
            {
                Ask();
            }

            _current = _ahead.Dequeue();
        }
        else
        {
            await DropAsync();
            (_asked, _size, _depth) = (_position, client.Options.FirstBlock, 0);
            Ask();
            _current = _ahead.Dequeue();
        }

        while (_ahead.Count < _depth && _asked < found.Length)
        {
            Ask();
        }
    }

    private void Ask()
    {
        long start = _asked;
        int length = (int)Math.Min(_size, found.Length - start);
        byte[] room = _free.TryPeek(out byte[]? free) && free.Length >= length ? _free.Pop() : new byte[length];
        _asked += length;
        _size = Math.Min(_size * 2, Math.Max(client.Options.LargestBlock, client.Options.FirstBlock));
#pragma warning disable CA2000 // The stream disposes what it has read or given up.
        _ahead.Enqueue(new RangeBlock(start, room, length, (bytes, token) => client.ReadAsync(target, found, start, bytes, token)));
#pragma warning restore CA2000
    }

    private void Release(RangeBlock read)
    {
        _free.Clear();
        _free.Push(read.Bytes);
        read.Dispose();
    }

    private async ValueTask DropAsync()
    {
        if (_current is not null)
        {
            _ahead.Enqueue(_current);
            _current = null;
        }

        while (_ahead.TryDequeue(out RangeBlock? block))
        {
            await block.GiveUpAsync();
            block.Dispose();
        }
    }
}
