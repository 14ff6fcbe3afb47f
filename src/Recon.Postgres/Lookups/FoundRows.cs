using System.Buffers;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Lookups;

/// <summary>Copies of packed rows, as an answer wants them, in pooled arrays. Not thread-safe.</summary>
internal sealed class FoundRows
{
    private readonly int _width;
    private byte[] _bytes;
    private int[] _starts;
    private int[] _lengths;
    private long[] _ids;
    private int[] _keys;
    private int _used;
    private int _count;

    /// <param name="expected">About how many rows will be found; more only take longer.</param>
    /// <param name="bytes">About how many bytes their values have together.</param>
    public FoundRows(int width, int expected, int bytes)
    {
        _width = width;
        _bytes = PooledArray.Rent(Math.Max(bytes, 1));
        _starts = ArrayPool<int>.Shared.Rent(Math.Max(expected * _width, 1));
        _lengths = ArrayPool<int>.Shared.Rent(Math.Max(expected * _width, 1));
        _ids = ArrayPool<long>.Shared.Rent(Math.Max(expected, 1));
        _keys = ArrayPool<int>.Shared.Rent(Math.Max(expected, 1));
    }

    /// <param name="key">The index of the key that asked for it.</param>
    public void Add(PackedRow row, int key)
    {
        int first = _count * _width;
        EnsureRoom(first);
        _ids[_count] = row.Id;
        _keys[_count++] = key;
        ReadOnlySpan<byte> values = row.Places(_used, _starts.AsSpan(first, _width), _lengths.AsSpan(first, _width));
        if (values.Length > _bytes.Length - _used)
        {
            PooledArray.Grow(ref _bytes, _used, checked(_used + values.Length));
        }

        values.CopyTo(_bytes.AsSpan(_used));
        _used += values.Length;
    }

    /// <summary>Joins the rows to those of the batch. The arrays then belong to the answer.</summary>
    /// <param name="keys">Which row of the batch asks for which key.</param>
    public LookupAnswer Join(IReadOnlyList<MirrorColumn> columns, BatchKeys keys)
    {
#pragma warning disable CA2000 // The answer owns the rows.
        var rows = new MirrorRows(columns, _bytes, _starts, _lengths, _ids, _count, pooled: true);
#pragma warning restore CA2000
        LookupAnswer answer = AnswerJoin.Join(keys, rows, _keys.AsSpan(0, _count));
        ArrayPool<int>.Shared.Return(_keys);
        return answer;
    }

    private void EnsureRoom(int first)
    {
        if (first + _width > Math.Min(_starts.Length, _lengths.Length))
        {
            PooledArray.Grow(ref _starts, first, first + _width);
            PooledArray.Grow(ref _lengths, first, first + _width);
        }

        if (_count == Math.Min(_ids.Length, _keys.Length))
        {
            PooledArray.Grow(ref _ids, _count, _count + 1);
            PooledArray.Grow(ref _keys, _count, _count + 1);
        }
    }
}
