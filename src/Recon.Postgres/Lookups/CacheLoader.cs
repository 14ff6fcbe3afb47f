using System.Buffers.Binary;
using System.Buffers.Text;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Reconcile;

namespace Recon.Postgres.Lookups;

/// <summary>A table does not fit into its memory budget.</summary>
internal sealed class CacheBudgetException(string message) : Exception(message);

/// <summary>Reads a mirror table by binary COPY into a <see cref="CachedTable"/>, within a budget.</summary>
/// <param name="query">The lookup's query.</param>
/// <param name="budget">Most bytes that the table may take.</param>
/// <param name="table">The table, for messages.</param>
/// <param name="idColumn">The column of the HubSpot id, for messages.</param>
internal sealed class CacheLoader(LookupQuery query, long budget, string table, string idColumn)
{
    private const int HeaderLength = 19;

    private readonly Utf8Scratch _scratch = new();

    /// <summary>The table.</summary>
    public CachedTable Table { get; } = new(query.Columns, budget, table);

    /// <summary>Reads the table.</summary>
    /// <param name="copy">The COPY's stream.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CacheBudgetException">The table is larger than the budget.</exception>
    /// <exception cref="MirrorException">An id is not an integer.</exception>
    public async Task ReadAsync(Stream copy, CancellationToken cancellationToken)
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

                Add(window.AsSpan(at, length));
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

    private void Add(ReadOnlySpan<byte> tuple)
    {
        int at = 2;
        ReadOnlySpan<byte> key = Field(tuple, ref at);
        ReadOnlySpan<byte> id = Field(tuple, ref at);
        _scratch.Reset();
        ReadOnlySpan<byte> text = query.IdOf(MirrorText.Read(key, query.KeyType, _scratch));
        if (!text.IsEmpty)
        {
            // No record asks for an empty key, and a mirror may hold millions of them.
            Table.Add(text, IdOf(id) ?? throw MirrorException.BadId(table, idColumn), tuple[at..]);
        }
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

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> tuple, ref int at)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(tuple[at..]);
        ReadOnlySpan<byte> value = tuple.Slice(at + 4, Math.Max(length, 0));
        at += 4 + value.Length;
        return value;
    }
}
