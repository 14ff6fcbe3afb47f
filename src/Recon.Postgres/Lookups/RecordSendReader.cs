using System.Buffers;
using System.Buffers.Binary;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Reads rows in <c>record_send</c> form: a 32-bit field count, then for each field its type's oid, its length (-1 for
/// null) and its value. The values stay where they are.
/// </summary>
internal static class RecordSendReader
{
    /// <summary>Reads the rows of an answer and joins them to the rows of the batch.</summary>
    /// <param name="idColumn">The column of the HubSpot id, for messages.</param>
    /// <param name="bytes">The rows, in an array of the shared pool; the answer becomes its owner.</param>
    /// <exception cref="MirrorException">An id is null or not an integer.</exception>
    public static LookupAnswer Read(
        LookupQuery query, string table, string idColumn, byte[] bytes, int length, BatchKeys keys)
    {
        int width = query.Columns.Count;
        var scratch = new Utf8Scratch();
        int capacity = Math.Max(keys.Count, 16);
        int[] starts = ArrayPool<int>.Shared.Rent(Math.Max(capacity * width, 1));
        int[] lengths = ArrayPool<int>.Shared.Rent(Math.Max(capacity * width, 1));
        long[] ids = ArrayPool<long>.Shared.Rent(capacity);
        int[] keyOfRow = ArrayPool<int>.Shared.Rent(capacity);
        int rows = 0;
        int at = 0;
        while (at < length)
        {
            if (rows == capacity)
            {
                capacity *= 2;
                PooledArray.Grow(ref starts, rows * width, capacity * width);
                PooledArray.Grow(ref lengths, rows * width, capacity * width);
                PooledArray.Grow(ref ids, rows, capacity);
                PooledArray.Grow(ref keyOfRow, rows, capacity);
            }

            at += 4;
            (int keyStart, int keyLength) = Field(bytes, ref at);
            (int idStart, int idLength) = Field(bytes, ref at);
            for (int column = 0; column < width; column++)
            {
                (starts[(rows * width) + column], lengths[(rows * width) + column]) = Field(bytes, ref at);
            }

            scratch.Reset();
            keyOfRow[rows] = KeyOf(query, keys, bytes.AsSpan(keyStart, Math.Max(keyLength, 0)), scratch);
            ids[rows] = HubspotIdReader.Read(bytes.AsSpan(idStart, Math.Max(idLength, 0)), query.IdType, scratch)
                ?? throw MirrorException.BadId(table, idColumn);
            rows++;
        }

#pragma warning disable CA2000 // The answer owns the rows.
        var mirror = new MirrorRows(query.Columns, bytes, starts, lengths, ids, rows, pooled: true);
#pragma warning restore CA2000
        LookupAnswer answer = AnswerJoin.Join(keys, mirror, keyOfRow.AsSpan(0, rows));
        ArrayPool<int>.Shared.Return(keyOfRow);
        return answer;
    }

    private static (int Start, int Length) Field(byte[] bytes, ref int at)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4));
        int start = at + 8;
        at = start + Math.Max(length, 0);
        return (start, length);
    }

    private static int KeyOf(LookupQuery query, BatchKeys keys, ReadOnlySpan<byte> raw, Utf8Scratch scratch)
        => keys.IndexOf(query.Keys.Read(MirrorText.Read(raw, query.Keys.KeyType, scratch), scratch));
}
