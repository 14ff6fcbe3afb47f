using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Wire;

/// <summary>What became of a row, for the next run.</summary>
internal enum RowFate : byte
{
    /// <summary>Nothing that the next run could rely on: rejected, refused, or one of several rows of its id.</summary>
    Unknown = 0,

    /// <summary>What was staged is known.</summary>
    Staged = 1,

    /// <summary>What was staged is known, and so is everything that it came from.</summary>
    Traced = 2,

    /// <summary>It is no longer in the input.</summary>
    Gone = 3,

    /// <summary>What is known of it stays so.</summary>
    Known = 4,
}

/// <summary>What a batch leaves of its records for the next run.</summary>
/// <param name="lookups">The number of lookups, each of which may have led to a HubSpot record.</param>
/// <remarks>
/// <para>In the store: the number of lookups; the number of kinds of counts, and each kind behind its length; then for each row its fate, the length of its
/// id (a byte, or four after 255), the id, and by fate: the hash of what was staged; the hash of the row of the file, the HubSpot ids
/// that its lookups led to (0 for none), and the number of its kind. Numbers are in groups of seven bits, the lowest first.</para>
/// </remarks>
internal sealed class StagedHashes(int rows, int lookups) : IDisposable
{
    private readonly RowFate[] _fates = new RowFate[rows];
    private readonly List<CountKind> _kinds = [];
    private int[] _kindOf = ArrayPool<int>.Shared.Rent(Math.Max(rows, 1));
    private ulong[] _content = ArrayPool<ulong>.Shared.Rent(Math.Max(rows, 1));
    private ulong[] _input = ArrayPool<ulong>.Shared.Rent(Math.Max(rows, 1));
    private long[] _used = ArrayPool<long>.Shared.Rent(Math.Max(rows * lookups, 1));
    private EntryBuffer? _entries;

    /// <summary>Rows that are not written, because they were published as they are.</summary>
    public int Unchanged { get; private set; }

    /// <summary>The HubSpot ids that a row's lookups led to; to be filled before its fate is told.</summary>
    public Span<long> UsedBy(int row) => _used.AsSpan(row * lookups, lookups);

    /// <param name="kind">What it adds to the counts; <see langword="null"/> where what it came from cannot be told.</param>
    public void Set(int row, RowFate fate, ulong content, ulong input, CountKind? kind)
    {
        (_fates[row], _content[row], _input[row]) = (fate, content, input);
        if (kind is null)
        {
            return;
        }

        if (kind.Batch != this)
        {
            (kind.Batch, kind.Place) = (this, _kinds.Count);
            _kinds.Add(kind);
        }

        _kindOf[row] = kind.Place;
    }

    /// <summary>The row is not written.</summary>
    public void Keep() => Unchanged++;

    /// <summary>A hash of all that a traced row came from.</summary>
    public static ulong Origin(ulong input, ReadOnlySpan<long> used, ulong kind)
    {
        Span<ulong> parts = stackalloc ulong[2];
        (parts[0], parts[1]) = (input, kind);
        ulong hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(parts));
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(used), (long)hash);
    }

    /// <summary>Writes the entries of a batch: none for what is known.</summary>
    /// <param name="refused">Rows that the server refused.</param>
    /// <returns>What is to be kept; it lasts until this is disposed, or written again.</returns>
    public ReadOnlyMemory<byte> Write(RecordBatch batch, int idColumn, IReadOnlySet<int>? refused)
    {
        _entries ??= new EntryBuffer(batch.ByteCount / Math.Max(batch.Columns.Count, 1) + ((batch.RowCount - Unchanged) * (24 + (4 * lookups))));
        EntryBuffer entries = _entries;
        entries.Clear();
        entries.WriteNumber((ulong)lookups);
        entries.WriteNumber((ulong)_kinds.Count);
        foreach (CountKind kind in _kinds)
        {
            entries.WriteNumber((ulong)kind.Written!.Length);
            entries.Write(kind.Written);
        }

        int head = entries.Length;
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (_fates[row] == RowFate.Known)
            {
                continue;
            }

            RowFate fate = refused?.Contains(row) == true ? RowFate.Unknown : _fates[row];
            entries.WriteId(fate, batch.Field(row, idColumn));
            if (fate is not (RowFate.Staged or RowFate.Traced))
            {
                continue;
            }

            entries.WriteHash(_content[row]);
            if (fate == RowFate.Traced)
            {
                entries.WriteHash(_input[row]);
                foreach (long id in UsedBy(row))
                {
                    entries.WriteNumber((ulong)id);
                }

                entries.WriteNumber((ulong)_kindOf[row]);
            }
        }

        return entries.Length == head ? default : entries.Written;
    }

    /// <summary>Writes entries for ids that are gone.</summary>
    public static byte[] WriteGone(IEnumerable<byte[]> ids) => WriteIds(RowFate.Gone, ids);

    /// <summary>Writes entries for ids of which nothing is known any more.</summary>
    public static byte[] WriteUnknown(IEnumerable<byte[]> ids) => WriteIds(RowFate.Unknown, ids);

    private static byte[] WriteIds(RowFate fate, IEnumerable<byte[]> ids)
    {
        using var entries = new EntryBuffer(1024);
        entries.WriteNumber(0);
        entries.WriteNumber(0);
        int head = entries.Length;
        foreach (byte[] id in ids)
        {
            entries.WriteId(fate, id);
        }

        return entries.Length == head ? [] : entries.Written.ToArray();
    }

    public void Dispose()
    {
        if (_content.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_kindOf);
            ArrayPool<ulong>.Shared.Return(_content);
            ArrayPool<ulong>.Shared.Return(_input);
            ArrayPool<long>.Shared.Return(_used);
            (_kindOf, _content, _input, _used) = ([], [], [], []);
            _entries?.Dispose();
            _entries = null;
        }
    }
}

/// <summary>Reads what <see cref="StagedHashes"/> writes.</summary>
internal ref struct EntryReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _bytes = bytes;

    public readonly bool IsAtEnd => _bytes.IsEmpty;

    public byte Byte() => Take(1)[0];

    public ReadOnlySpan<byte> Id()
    {
        int length = Byte();
        return Take(length == byte.MaxValue ? BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int))) : length);
    }

    public ulong Hash() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public ulong Number()
    {
        ulong number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = Byte();
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return number;
            }
        }
    }

    public ReadOnlySpan<byte> Take(int length)
    {
        ReadOnlySpan<byte> taken = _bytes[..length];
        _bytes = _bytes[length..];
        return taken;
    }
}

/// <summary>How rows are hashed for the next run.</summary>
/// <param name="Seed">Of the published result, or a new one: nobody who writes a file knows it.</param>
/// <param name="Former">The published result, if only what differs from it is written.</param>
/// <param name="IsTraced">Whether what a row came from is told, too.</param>
/// <param name="IsAnew">Whether what is known of unchanged records is told again, in place of what former runs told.</param>
/// <param name="Decided">What was decided about HubSpot records: what is staged of these records does not depend on them alone.</param>
/// <param name="Write">Writes counts.</param>
internal sealed record RowHashing(
    long Seed, FormerRecords? Former, bool IsTraced, bool IsAnew, RecordDecisions? Decided, Func<BatchCounts, byte[]> Write);
