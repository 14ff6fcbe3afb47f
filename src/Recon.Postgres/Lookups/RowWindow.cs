using System.Buffers;

namespace Recon.Postgres.Lookups;

/// <summary>
/// What was last read of a <see cref="SpillFile"/>: rows that follow each other in the file, as those of a batch mostly
/// do, are read together. Not thread-safe.
/// </summary>
internal sealed class RowWindow : IDisposable
{
    private const int UsualBytes = 4096;

    private byte[] _bytes = [];
    private long _start;
    private int _count;

    /// <summary>A row of the file, valid until the next one is opened.</summary>
    public PackedRow Open(SpillFile file, long place)
    {
        if (place < _start || place + PackedRow.MostNumberBytes > _start + _count)
        {
            Fill(file, place, UsualBytes);
        }

        int length = PackedRow.LengthOf(_bytes.AsSpan((int)(place - _start)));
        if (place + length > _start + _count)
        {
            Fill(file, place, Math.Max(length, UsualBytes));
        }

        return new PackedRow(_bytes.AsSpan((int)(place - _start), length));
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _count) = ([], 0);
        }
    }

    private void Fill(SpillFile file, long place, int bytes)
    {
        if (_bytes.Length < bytes)
        {
            Dispose();
            _bytes = ArrayPool<byte>.Shared.Rent(bytes);
        }

        _start = place;
        _count = file.Read(place, _bytes.AsSpan(0, bytes));
    }
}
