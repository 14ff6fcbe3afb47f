using System.Buffers;

namespace Recon.Dataflow.Batches;

/// <summary>
/// The rows of one batch in PostgreSQL's binary COPY format, ready to be sent: encoding them is the diff block's work,
/// which runs in parallel, so that the writer only moves bytes.
/// </summary>
/// <param name="bytes">The tuples, without signature and trailer, in an array rented from the shared pool.</param>
/// <param name="ends">Where each tuple ends in <paramref name="bytes"/>, in an array rented from the shared pool.</param>
/// <param name="sourceRows">The batch's row that each tuple was made from, in an array rented from the shared pool.</param>
internal sealed class StagedRows(byte[] bytes, int[] ends, int[] sourceRows, int count) : IDisposable
{
    private byte[] _bytes = bytes;
    private int[] _ends = ends;
    private int[] _sourceRows = sourceRows;

    /// <summary>The number of tuples.</summary>
    public int Count { get; } = count;

    /// <summary>All tuples, one after the other.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Count == 0 ? 0 : _ends[Count - 1]);

    public ReadOnlyMemory<byte> Tuple(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _bytes.AsMemory(start, _ends[index] - start);
    }

    /// <summary>The batch's row that a tuple was made from.</summary>
    public int SourceRow(int index) => _sourceRows[index];

    /// <summary>Returns the arrays. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            ArrayPool<int>.Shared.Return(_ends);
            ArrayPool<int>.Shared.Return(_sourceRows);
            (_bytes, _ends, _sourceRows) = ([], [], []);
        }
    }
}
