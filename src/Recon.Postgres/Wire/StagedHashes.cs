using System.Buffers;
using System.Buffers.Binary;
using Recon.Dataflow.Batches;

namespace Recon.Postgres.Wire;

/// <summary>What became of a row, for the next run.</summary>
internal enum RowFate : byte
{
    /// <summary>Nothing that the next run could rely on: rejected, refused, or one of several rows of its id.</summary>
    Unknown = 0,

    Staged = 1,

    /// <summary>It was published as it is, and is not written again.</summary>
    Unchanged = 2,

    /// <summary>It is no longer in the input.</summary>
    Gone = 3,
}

/// <summary>What a batch leaves of its records for the next run: for each row what became of it, and the hash of what was staged.</summary>
internal sealed class StagedHashes(int rows) : IDisposable
{
    private const int LongId = byte.MaxValue;

    private ulong[] _content = ArrayPool<ulong>.Shared.Rent(Math.Max(rows, 1));
    private readonly RowFate[] _fates = new RowFate[rows];

    /// <summary>Rows that are not written, because they were published as they are.</summary>
    public int Unchanged { get; private set; }

    public void Stage(int row, ulong content) => (_fates[row], _content[row]) = (RowFate.Staged, content);

    public void Keep(int row)
    {
        _fates[row] = RowFate.Unchanged;
        Unchanged++;
    }

    /// <summary>Writes the entries of a batch: none for what is unchanged.</summary>
    /// <param name="refused">Rows that the server refused.</param>
    public byte[] Write(RecordBatch batch, int idColumn, IReadOnlySet<int>? refused)
    {
        using var entries = new MemoryStream((batch.RowCount - Unchanged) * 24);
        for (int row = 0; row < batch.RowCount; row++)
        {
            RowFate fate = _fates[row];
            if (fate != RowFate.Unchanged)
            {
                WriteEntry(
                    entries,
                    refused?.Contains(row) == true ? RowFate.Unknown : fate,
                    batch.Field(row, idColumn),
                    _content[row]);
            }
        }

        return entries.ToArray();
    }

    /// <summary>Writes one entry: fate, length of the id (a byte, or four after 255), id, and the hash of what was staged.</summary>
    public static void WriteEntry(Stream entries, RowFate fate, ReadOnlySpan<byte> id, ulong content)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        entries.WriteByte((byte)fate);
        entries.WriteByte((byte)Math.Min(id.Length, LongId));
        if (id.Length >= LongId)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, id.Length);
            entries.Write(number[..sizeof(int)]);
        }

        entries.Write(id);
        if (fate == RowFate.Staged)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, content);
            entries.Write(number);
        }
    }

    public void Dispose()
    {
        if (_content.Length > 0)
        {
            ArrayPool<ulong>.Shared.Return(_content);
            _content = [];
        }
    }
}

/// <summary>How rows are hashed for the next run.</summary>
/// <param name="Seed">Of the published result, or a new one: nobody who writes a file knows it.</param>
/// <param name="Former">The published result, if only what differs from it is written.</param>
internal sealed record RowHashing(long Seed, FormerRecords? Former);
