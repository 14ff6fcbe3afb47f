using System.Buffers;
using System.Buffers.Binary;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Wire;

/// <summary>
/// Encodes tuples in PostgreSQL's binary COPY format into one pooled array: a 16-bit field count, then for each field
/// a 32-bit length (-1 for null) and the value, all in network byte order. Encoding is the diff block's work, which runs in
/// parallel, so that the writer only moves bytes.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class BinaryCopyBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>What every binary COPY starts with: signature, flags and header extension length.</summary>
    public static ReadOnlySpan<byte> Header =>
        [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>What every binary COPY ends with: a field count of -1.</summary>
    public static ReadOnlySpan<byte> Trailer => [0xFF, 0xFF];

    private byte[] _bytes;
    private int[] _ends;
    private int[] _sourceRows;
    private int _used;
    private int _fieldStart;

    /// <param name="tuples">How many tuples there is room for at first; the buffer grows as needed.</param>
    /// <param name="byteHint">Bytes to make room for at first.</param>
    public BinaryCopyBuffer(int tuples, int byteHint)
    {
        _bytes = PooledArray.Rent(byteHint);
        _ends = ArrayPool<int>.Shared.Rent(Math.Max(tuples, 1));
        _sourceRows = ArrayPool<int>.Shared.Rent(Math.Max(tuples, 1));
    }

    /// <summary>The number of tuples that were ended.</summary>
    public int Count { get; private set; }

    /// <summary>All tuples, one after the other, without signature and trailer.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Count == 0 ? 0 : _ends[Count - 1]);

    /// <summary>Bytes that were written; also known of a buffer that was disposed.</summary>
    public int UsedBytes => _used;

    /// <summary>Bytes of the buffer.</summary>
    public int HeldBytes => _bytes.Length;

    public ReadOnlyMemory<byte> Tuple(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _bytes.AsMemory(start, _ends[index] - start);
    }

    /// <summary>What was written of the tuple that has not been ended yet.</summary>
    public ReadOnlySpan<byte> Unended => _bytes.AsSpan(Start, _used - Start);

    private int Start => Count == 0 ? 0 : _ends[Count - 1];

    /// <summary>Takes the tuple back that has not been ended yet.</summary>
    public void DropTuple() => _used = Start;

    /// <summary>The batch's row that a tuple was made from.</summary>
    public int SourceRow(int index) => _sourceRows[index];

    public void BeginTuple(short fields)
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(2), fields);
        _used += 2;
    }

    /// <param name="sourceRow">The batch's row that it was made from.</param>
    public void EndTuple(int sourceRow)
    {
        if (Count == Math.Min(_ends.Length, _sourceRows.Length))
        {
            PooledArray.Grow(ref _ends, Count, Count + 1);
            PooledArray.Grow(ref _sourceRows, Count, Count + 1);
        }

        _ends[Count] = _used;
        _sourceRows[Count] = sourceRow;
        Count++;
    }

    public void WriteNull()
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), -1);
        _used += 4;
    }

    /// <summary>Writes bytes as they are: a <c>text</c> in UTF-8, or a value encoded before.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        Span<byte> room = Room(4 + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(room, value.Length);
        value.CopyTo(room[4..]);
        _used += 4 + value.Length;
    }

    /// <summary>Writes a text, or null when it is empty: in staging, no value and an empty one are the same.</summary>
    public void WriteTextOrNull(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            WriteNull();
        }
        else
        {
            WriteBytes(value);
        }
    }

    /// <summary>Writes a <c>bigint</c>; also a <c>timestamptz</c> as microseconds since 2000-01-01 UTC.</summary>
    public void WriteInt64(long value)
    {
        Span<byte> room = Room(12);
        BinaryPrimitives.WriteInt32BigEndian(room, 8);
        BinaryPrimitives.WriteInt64BigEndian(room[4..], value);
        _used += 12;
    }

    public void WriteInt16(short value)
    {
        Span<byte> room = Room(6);
        BinaryPrimitives.WriteInt32BigEndian(room, 2);
        BinaryPrimitives.WriteInt16BigEndian(room[4..], value);
        _used += 6;
    }

    /// <summary>The bytes of the field that was begun.</summary>
    public ReadOnlySpan<byte> Field => _bytes.AsSpan(_fieldStart, _used - _fieldStart);

    /// <summary>Takes back what was written into the field that was begun.</summary>
    public void EmptyField() => _used = _fieldStart;

    /// <summary>Starts a field whose bytes are written through <see cref="IBufferWriter{T}"/>.</summary>
    public void BeginField()
    {
        Room(4);
        _used += 4;
        _fieldStart = _used;
    }

    public void EndField()
        => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_fieldStart - 4), _used - _fieldStart);

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => Room(Math.Max(sizeHint, 256));

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            PooledArray.Return(_bytes);
            ArrayPool<int>.Shared.Return(_ends);
            ArrayPool<int>.Shared.Return(_sourceRows);
            (_bytes, _ends, _sourceRows) = ([], [], []);
        }
    }

    private Span<byte> Room(int size)
    {
        if (_used + size > _bytes.Length)
        {
            PooledArray.Grow(ref _bytes, _used, _used + size);
        }

        return _bytes.AsSpan(_used);
    }
}
