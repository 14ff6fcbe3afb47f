using System.Buffers;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Batches;

/// <summary>Mirror rows as they came from PostgreSQL: raw binary values in one buffer, not yet interpreted.</summary>
internal sealed class MirrorRows : IDisposable
{
    private readonly bool _pooled;
    private readonly MirrorColumn[] _columns;
    private byte[] _bytes;
    private int[] _starts;
    private int[] _lengths;
    private long[] _ids;

    /// <param name="starts">Where each value starts, row by row.</param>
    /// <param name="lengths">How long each value is, in bytes; -1 for null.</param>
    /// <param name="pooled">Whether the arrays came from the shared pools and go back there.</param>
    public MirrorRows(
        IReadOnlyList<MirrorColumn> columns,
        byte[] bytes,
        int[] starts,
        int[] lengths,
        long[] ids,
        int count,
        bool pooled)
    {
        _columns = columns as MirrorColumn[] ?? [.. columns];
        _bytes = bytes;
        _starts = starts;
        _lengths = lengths;
        _ids = ids;
        Count = count;
        _pooled = pooled;
    }

    /// <summary>Rows of which nothing but the HubSpot ids is known.</summary>
    /// <param name="ids">The ids, in an array of the shared pool; the rows become its owner.</param>
    public static MirrorRows OfIds(long[] ids, int count)
        => new([], PooledArray.Rent(1), ArrayPool<int>.Shared.Rent(1), ArrayPool<int>.Shared.Rent(1), ids, count, pooled: true);

    /// <summary>Bytes of the values' buffer.</summary>
    public int HeldBytes => _bytes.Length;

    public int Count { get; }

    /// <summary>Copies of rows of the same columns, the first ones first.</summary>
    public static MirrorRows Concat(MirrorRows first, MirrorRows second)
    {
        int values = first.Count * first._columns.Length;
        int others = second.Count * first._columns.Length;
        int used = first.EndOf(values);
        return new MirrorRows(
            first._columns,
            [.. first._bytes.AsSpan(0, used), .. second._bytes.AsSpan(0, second.EndOf(others))],
            [.. first._starts.AsSpan(0, values), .. second._starts.Take(others).Select(start => start + used)],
            [.. first._lengths.AsSpan(0, values), .. second._lengths.AsSpan(0, others)],
            [.. first._ids.AsSpan(0, first.Count), .. second._ids.AsSpan(0, second.Count)],
            first.Count + second.Count,
            pooled: false);
    }

    public long HubspotId(int row) => _ids[row];

    public MirrorType TypeOf(int column) => _columns[column].Type;

    /// <summary>A value in PostgreSQL's binary form.</summary>
    public ReadOnlySpan<byte> Raw(int row, int column)
    {
        int at = (row * _columns.Length) + column;
        return _bytes.AsSpan(_starts[at], Math.Max(_lengths[at], 0));
    }

    /// <summary>Returns pooled arrays. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_pooled && _bytes.Length > 0)
        {
            PooledArray.Return(_bytes);
            ArrayPool<int>.Shared.Return(_starts);
            ArrayPool<int>.Shared.Return(_lengths);
            ArrayPool<long>.Shared.Return(_ids);
            (_bytes, _starts, _lengths, _ids) = ([], [], [], []);
        }
    }

    private int EndOf(int values)
    {
        int end = 0;
        for (int at = 0; at < values; at++)
        {
            end = Math.Max(end, _starts[at] + Math.Max(_lengths[at], 0));
        }

        return end;
    }
}
