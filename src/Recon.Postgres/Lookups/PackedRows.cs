using System.Buffers.Binary;
using System.Numerics;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Rows one after the other in chunks, in memory or in a file. Rows begin at multiples of four bytes, so that 32 bits
/// address 16 GiB. Filled by one thread, then read-only.
/// </summary>
/// <param name="memory">Most bytes that are meant to be in memory: a chunk is a quarter of it at most.</param>
internal sealed class PackedRows(int width, long memory = long.MaxValue) : IDisposable
{
    private const int ChunkBits = 22;
    private const int SmallestChunkBits = 14;
    private const int UnitBits = 2;
    private const int UnitMask = (1 << (ChunkBits - UnitBits)) - 1;
    private const int MostChunks = 1 << (32 - ChunkBits + UnitBits);

    private readonly int _largestBits = Math.Clamp(BitOperations.Log2((ulong)memory / 4), SmallestChunkBits, ChunkBits);

    // Those in the file are null, and begin where _starts tells.
    private readonly List<byte[]?> _chunks = [];
    private readonly List<long> _starts = [];
    private SpillFile? _file;
    private byte[]? _spare;
    private int _used;

    public int Width => width;

    /// <summary>Bytes of the chunks in memory. They double up to 4 MiB, so that at most half is unused in a small table.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether further rows may have no address.</summary>
    public bool IsFull => _chunks.Count == MostChunks;

    /// <summary>Bytes of the chunks in the file.</summary>
    public long FileBytes => _file?.Length ?? 0;

    /// <param name="values">Where they stand, one for each column.</param>
    /// <returns>Where the row is, for <see cref="Open"/>.</returns>
    public uint Add(long id, ReadOnlySpan<byte> key, ReadOnlySpan<byte> buffer, ReadOnlySpan<FieldPlace> values)
    {
        int size = SizeOf(key, values);
        byte[] chunk = ChunkFor(checked(size + PackedRow.MostNumberBytes));
        int start = _used;
        int at = start;
        PackedRow.WriteNumber(chunk, ref at, (uint)size);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(at), id);
        at += sizeof(long);
        PackedRow.WriteNumber(chunk, ref at, (uint)key.Length);
        key.CopyTo(chunk.AsSpan(at));
        at += key.Length;
        foreach (FieldPlace value in values)
        {
            PackedRow.WriteNumber(chunk, ref at, (uint)(value.Length + 1));
        }

        foreach (FieldPlace value in values)
        {
            value.Of(buffer).CopyTo(chunk.AsSpan(at));
            at += Math.Max(value.Length, 0);
        }

        _used = (at + (1 << UnitBits) - 1) & -(1 << UnitBits);
        return checked((uint)(((long)(_chunks.Count - 1) << (ChunkBits - UnitBits)) + (start >> UnitBits)));
    }

    /// <summary>A row, valid until the next one is opened by the same window.</summary>
    /// <param name="window">For rows in the file.</param>
    public PackedRow Open(uint row, RowWindow window)
    {
        int chunk = (int)(row >> (ChunkBits - UnitBits));
        int at = (int)(row & UnitMask) << UnitBits;
        return _chunks[chunk] is { } bytes ? new PackedRow(bytes.AsSpan(at)) : window.Open(_file!, _starts[chunk] + at);
    }

    /// <summary>Whether a row is in memory, where opening it costs no call of the system.</summary>
    public bool IsHeld(uint row) => _chunks[(int)(row >> (ChunkBits - UnitBits))] is not null;

    /// <summary>Moves the last chunk to the file that is not there yet; the one that is being filled stays.</summary>
    /// <param name="folder">Where the file is made.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">The file takes no more.</exception>
    /// <exception cref="UnauthorizedAccessException">There cannot be a file.</exception>
    public bool Spill(string folder)
    {
        int last = _chunks.Count - 2;
        while (last >= 0 && _chunks[last] is null)
        {
            last--;
        }

        if (last < 0 || _chunks[last] is not { } bytes)
        {
            return false;
        }

        _file ??= SpillFile.Create(folder);
        _starts[last] = _file.Append(bytes);
        _chunks[last] = null;
        Bytes -= bytes.Length;
        if (bytes.Length == 1 << _largestBits)
        {
            _spare = bytes;
        }

        return true;
    }

    /// <summary>Lets go of what only adding rows needs.</summary>
    public void Complete() => _spare = null;

    public void Dispose() => _file?.Dispose();

    private static int SizeOf(ReadOnlySpan<byte> key, ReadOnlySpan<FieldPlace> values)
    {
        int size = checked(sizeof(long) + PackedRow.NumberBytes((uint)key.Length) + key.Length);
        foreach (FieldPlace value in values)
        {
            size = checked(size + PackedRow.NumberBytes((uint)(value.Length + 1)) + Math.Max(value.Length, 0));
        }

        return size;
    }

    // A row that is larger than a chunk gets one of its own, of which only what begins in the first 4 MiB has an address.
    private byte[] ChunkFor(int least)
    {
        if (_chunks.Count > 0 && _used < 1 << ChunkBits && _chunks[^1] is { } last && _used + (long)least <= last.Length)
        {
            return last;
        }

        _used = 0;
        int length = Math.Max(1 << Math.Min(SmallestChunkBits + _chunks.Count, _largestBits), least);
        byte[] chunk = _spare?.Length == length ? _spare : GC.AllocateUninitializedArray<byte>(length);
        _spare = null;
        _chunks.Add(chunk);
        _starts.Add(0);
        Bytes += chunk.Length;
        return chunk;
    }
}
