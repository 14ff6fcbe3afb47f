using System.Buffers.Binary;
using System.Buffers.Text;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Reconcile;

namespace Recon.Postgres.Lookups;

/// <summary>A table does not fit into its memory budget.</summary>
internal sealed class CacheBudgetException(string message) : Exception(message);

/// <summary>Reads a mirror table by binary COPY into the arrays of a <see cref="CachedTable"/>, within a budget.</summary>
/// <param name="query">The lookup's query.</param>
/// <param name="budget">Most bytes that the arrays may take.</param>
internal sealed class CacheLoader(LookupQuery query, long budget)
{
    private const int HeaderLength = 19;

    private readonly Utf8Scratch _scratch = new();
    private byte[] _values = new byte[64 * 1024];
    private byte[] _keys = new byte[16 * 1024];
    private int[] _starts = new int[1024];
    private int[] _lengths = new int[1024];
    private int[] _keyEnds = new int[1024];
    private long[] _ids = new long[1024];
    private int _valuesUsed;
    private int _keysUsed;
    private int _count;

    /// <summary>The keys as canonical UTF-8, one after the other.</summary>
    public byte[] Keys => _keys;

    /// <summary>Where each key ends.</summary>
    public int[] KeyEnds => _keyEnds;

    /// <summary>Bytes that the finished table takes.</summary>
    public long Bytes => _values.Length + _keys.Length + (4L * (_starts.Length + _lengths.Length + _keyEnds.Length))
        + (8L * _ids.Length) + (20L * _count);

    /// <summary>Reads the table.</summary>
    /// <param name="copy">The COPY's stream.</param>
    /// <param name="table">The table, for messages.</param>
    /// <param name="idColumn">The column of the HubSpot id, for messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CacheBudgetException">The table is larger than the budget.</exception>
    /// <exception cref="MirrorException">An id is not an integer.</exception>
    public async Task ReadAsync(Stream copy, string table, string idColumn, CancellationToken cancellationToken)
    {
        byte[] window = new byte[1 << 20];
        int used = 0;
        int at = HeaderLength;
        bool header = true;
        while (true)
        {
            int read = await copy.ReadAsync(window.AsMemory(used), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException($"The COPY of {table} ended before its trailer.");
            }

            used += read;
            if (header && used < HeaderLength)
            {
                continue;
            }

            header = false;
            while (TupleEnd(window.AsSpan(at, used - at)) is { } length)
            {
                if (length == 2)
                {
                    return;
                }

                Add(window.AsSpan(at, length), table, idColumn);
                at += length;
            }

            window.AsSpan(at, used - at).CopyTo(window);
            used -= at;
            at = 0;
            if (used == window.Length)
            {
                Array.Resize(ref window, checked(window.Length * 2));
            }
        }
    }

    /// <summary>The rows; the loader must not be used afterwards.</summary>
    /// <param name="columns">The columns.</param>
    public MirrorRows ToRows(IReadOnlyList<MirrorColumn> columns)
        => new(columns, _values, _starts, _lengths, _ids, _count, pooled: false);

    // The length of the tuple at the start: 2 for the trailer, null when it is not complete.
    private static int? TupleEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return null;
        }

        short fields = BinaryPrimitives.ReadInt16BigEndian(bytes);
        int at = 2;
        for (int field = 0; field < fields; field++)
        {
            if (bytes.Length < at + 4)
            {
                return null;
            }

            at += 4 + Math.Max(BinaryPrimitives.ReadInt32BigEndian(bytes[at..]), 0);
        }

        return at <= bytes.Length ? at : null;
    }

    private void Add(ReadOnlySpan<byte> tuple, string table, string idColumn)
    {
        int at = 2;
        ReadOnlySpan<byte> key = Field(tuple, ref at, out _);
        ReadOnlySpan<byte> id = Field(tuple, ref at, out _);
        _scratch.Reset();
        ReadOnlySpan<byte> text = query.IdOf(MirrorText.Read(key, query.KeyType, _scratch));
        if (text.IsEmpty)
        {
            // No record asks for an empty key, and a mirror may hold millions of them: one endless list in the hash.
            return;
        }

        AddKey(text);
        Ensure(ref _ids, _count + 1);
        _ids[_count] = IdOf(id) ?? throw MirrorException.BadId(table, idColumn);
        int width = query.Columns.Count;
        Ensure(ref _starts, (_count + 1) * width);
        Ensure(ref _lengths, (_count + 1) * width);
        for (int column = 0; column < width; column++)
        {
            ReadOnlySpan<byte> value = Field(tuple, ref at, out bool isNull);
            Ensure(ref _values, _valuesUsed + value.Length);
            value.CopyTo(_values.AsSpan(_valuesUsed));
            _starts[(_count * width) + column] = _valuesUsed;
            _lengths[(_count * width) + column] = isNull ? -1 : value.Length;
            _valuesUsed += value.Length;
        }

        _count++;
        if (Bytes > budget)
        {
            throw new CacheBudgetException(
                $"{table} does not fit into {budget / 1_048_576} MiB. Raise \"cacheBytes\" of the lookup, or use the strategy \"any\".");
        }
    }

    private void AddKey(ReadOnlySpan<byte> key)
    {
        Ensure(ref _keys, _keysUsed + key.Length);
        key.CopyTo(_keys.AsSpan(_keysUsed));
        _keysUsed += key.Length;
        Ensure(ref _keyEnds, _count + 1);
        _keyEnds[_count] = _keysUsed;
    }

    private long? IdOf(ReadOnlySpan<byte> raw)
    {
        if (query.IdType == MirrorType.Int8 && raw.Length == 8)
        {
            return BinaryPrimitives.ReadInt64BigEndian(raw);
        }

        ReadOnlySpan<byte> text = MirrorText.Read(raw, query.IdType, _scratch);
        return Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length ? value : null;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> tuple, ref int at, out bool isNull)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(tuple[at..]);
        isNull = length < 0;
        ReadOnlySpan<byte> value = tuple.Slice(at + 4, Math.Max(length, 0));
        at += 4 + value.Length;
        return value;
    }

    private static void Ensure<T>(ref T[] array, int size)
    {
        if (size > array.Length)
        {
            Array.Resize(ref array, Math.Max(size, array.Length + (array.Length / 2)));
        }
    }
}
