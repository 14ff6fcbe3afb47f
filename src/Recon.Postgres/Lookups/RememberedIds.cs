using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Lookups;

/// <summary>
/// HubSpot ids by key, as far as a budget goes; nothing is ever removed or changed. Thread-safe; a batch holds the lock
/// for some microseconds.
/// </summary>
/// <remarks>
/// Keys of up to eight bytes, which legacy ids nearly always are, stand in an open hash of pairs, so that finding one
/// touches one place in memory. Longer keys, and those of several HubSpot ids, stand in dictionaries.
/// </remarks>
internal sealed class RememberedIds(long budget)
{
    // What stands in place of an id. HubSpot's are positive.
    private const long NoId = long.MinValue;
    private const long SeveralIds = long.MinValue + 1;

    // Keys that are looked for together.
    private const int Group = 128;

    private static readonly int s_pairBytes = Marshal.SizeOf<Pair>();

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, long[]> _several = [];
    private readonly Dictionary<string, long[]> _long = new(StringComparer.Ordinal);
    private Pair[] _pairs = new Pair[256];
    private int _used;
    private long _otherBytes;
    private bool _isFull;

    /// <summary>Keys held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _used + _long.Count;
            }
        }
    }

    /// <summary>Whether the budget is used up.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _isFull;
            }
        }
    }

    private long Bytes => ((long)s_pairBytes * _pairs.Length) + _otherBytes;

    /// <summary>Finds the keys of a batch.</summary>
    /// <param name="held">Takes what is held of each key, for <see cref="Answer"/>; meaningless for one that is not held.</param>
    /// <param name="unknown">Takes the keys that are not held; its rows are the indexes of <paramref name="keys"/>.</param>
    public void Find(BatchKeys keys, Span<long> held, BatchKeys unknown)
    {
        Span<ulong> numbers = stackalloc ulong[Group];
        for (int from = 0; from < keys.Count; from += Group)
        {
            int count = Math.Min(Group, keys.Count - from);
            for (int index = 0; index < count; index++)
            {
                ReadOnlySpan<byte> text = keys.Key(from + index);
                numbers[index] = text.Length > sizeof(ulong) ? 0 : NumberOf(text);
            }

            lock (_gate)
            {
                FindGroup(keys, from, numbers[..count], held, unknown);
            }
        }
    }

    /// <summary>Answers a batch, and keeps what it had to ask for.</summary>
    /// <param name="unknown">The keys that had to be asked for.</param>
    /// <param name="found">Their candidates, by index of <paramref name="keys"/>; <see langword="null"/> when there were none.</param>
    public LookupAnswer Answer(BatchKeys keys, ReadOnlySpan<long> held, BatchKeys unknown, LookupAnswer? found)
    {
        // For each key, where its ids start among those of the answer.
        int[] firsts = ArrayPool<int>.Shared.Rent(keys.Count + 1);
        long[] ids = ArrayPool<long>.Shared.Rent(Math.Max(keys.Count, 16));
        int used = 0;
        lock (_gate)
        {
            for (int key = 0; key < keys.Count; key++)
            {
                firsts[key] = used;
                if (unknown.KeyOf(key) >= 0)
                {
                    CopyFound(found!, key, ref ids, ref used);
                    Add(keys.Key(key), ids.AsSpan(firsts[key], used - firsts[key]));
                }
                else if (held[key] == SeveralIds)
                {
                    Copy(Several(keys.Key(key)), ref ids, ref used);
                }
                else if (held[key] != NoId)
                {
                    Copy([held[key]], ref ids, ref used);
                }
            }
        }

        firsts[keys.Count] = used;
        LookupAnswer answer = Join(keys, firsts, MirrorRows.OfIds(ids, used));
        ArrayPool<int>.Shared.Return(firsts);
        return answer;
    }

    private static LookupAnswer Join(BatchKeys keys, int[] firsts, MirrorRows rows)
    {
        int total = 0;
        for (int row = 0; row < keys.Rows; row++)
        {
            total += keys.KeyOf(row) is var key and >= 0 ? firsts[key + 1] - firsts[key] : 0;
        }

        int[] starts = ArrayPool<int>.Shared.Rent(keys.Rows + 1);
        int[] candidates = ArrayPool<int>.Shared.Rent(total + 1);
        int used = 0;
        for (int row = 0; row < keys.Rows; row++)
        {
            starts[row] = used;
            int key = keys.KeyOf(row);
            for (int id = key < 0 ? 0 : firsts[key]; key >= 0 && id < firsts[key + 1]; id++)
            {
                candidates[used++] = id;
            }
        }

        starts[keys.Rows] = used;
        return new LookupAnswer(rows, starts, candidates);
    }

    private static void CopyFound(LookupAnswer found, int key, ref long[] ids, ref int used)
    {
        foreach (int candidate in found.Candidates(key))
        {
            Copy([found.Rows.HubspotId(candidate)], ref ids, ref used);
        }
    }

    private static void Copy(ReadOnlySpan<long> from, ref long[] ids, ref int used)
    {
        if (used + from.Length > ids.Length)
        {
            PooledArray.Grow(ref ids, used, used + from.Length);
        }

        from.CopyTo(ids.AsSpan(used));
        used += from.Length;
    }

    // A key that is shorter is filled up with NUL, which no key holds, so the number is the whole key; and it is never 0.
    // Of four to eight bytes the first four and the last four are all, and where both have a byte it is the same one.
    private static ulong NumberOf(ReadOnlySpan<byte> key)
    {
        int length = key.Length;
        if (length >= sizeof(uint))
        {
            ulong last = BinaryPrimitives.ReadUInt32LittleEndian(key[^sizeof(uint)..]);
            return BinaryPrimitives.ReadUInt32LittleEndian(key) | (last << (8 * (length - sizeof(uint))));
        }

        return length == 0
            ? 0
            : key[0] | ((ulong)key[length / 2] << (8 * (length / 2))) | ((ulong)key[^1] << (8 * (length - 1)));
    }

    private static string TextOf(ReadOnlySpan<byte> key) => System.Text.Encoding.UTF8.GetString(key);

    private bool TryFind(ReadOnlySpan<byte> key, out long held)
    {
        held = SeveralIds;
        if (key.Length > sizeof(ulong))
        {
            return _long.ContainsKey(TextOf(key));
        }

        ulong number = NumberOf(key);
        ref Pair pair = ref _pairs[SlotOf(number)];
        held = pair.Id;
        return pair.Key == number;
    }

    // Keys from one on; 0 stands in place of the number of a long key.
    private void FindGroup(BatchKeys keys, int from, ReadOnlySpan<ulong> numbers, Span<long> held, BatchKeys unknown)
    {
        // First all pairs are read without deciding anything, so that the processor waits for them at the same time.
        Span<Pair> pairs = stackalloc Pair[Group];
        for (int index = 0; index < numbers.Length; index++)
        {
            pairs[index] = _pairs[FirstSlotOf(numbers[index])];
        }

        for (int index = 0; index < numbers.Length; index++)
        {
            int key = from + index;
            Pair pair = pairs[index];
            held[key] = pair.Id;

            // Unless the key is a long one, or another has taken its place.
            bool isDecided = numbers[index] != 0 && (pair.Key == numbers[index] || pair.Key == 0);
            bool isHeld = isDecided ? pair.Key != 0 : TryFind(keys.Key(key), out held[key]);
            if (!isHeld)
            {
                unknown.Ask(key, keys.Key(key));
            }
        }
    }

    private long[] Several(ReadOnlySpan<byte> key)
        => key.Length > sizeof(ulong) ? _long[TextOf(key)] : _several[NumberOf(key)];

    private int FirstSlotOf(ulong number) => (int)KeyHash.Of(number) & (_pairs.Length - 1);

    private int SlotOf(ulong number)
    {
        int mask = _pairs.Length - 1;
        int slot = FirstSlotOf(number);
        while (_pairs[slot].Key is var key and not 0 && key != number)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Add(ReadOnlySpan<byte> key, ReadOnlySpan<long> ids)
    {
        if (_isFull || TryFind(key, out _))
        {
            // There is no more room, or another batch asked for the key at the same time.
            return;
        }

        // About what a dictionary's entry takes: the entry, the headers of key and ids, and these themselves.
        bool isOther = key.Length > sizeof(ulong) || ids.Length > 1;
        long other = isOther ? 100 + (2L * key.Length) + ((long)sizeof(long) * ids.Length) : 0;
        if (Bytes + other > budget || !EnsurePairs())
        {
            _isFull = true;
            return;
        }

        _otherBytes += other;

        if (key.Length > sizeof(ulong))
        {
            _long.Add(TextOf(key), ids.ToArray());
            return;
        }

        ulong number = NumberOf(key);
        if (ids.Length > 1)
        {
            _several.Add(number, ids.ToArray());
        }

        _pairs[SlotOf(number)] = new Pair(number, ids.Length switch { 0 => NoId, 1 => ids[0], _ => SeveralIds });
        _used++;
    }

    // Room for one more pair, at most two thirds full. While they grow, the former pairs are there, too.
    private bool EnsurePairs()
    {
        if ((_used + 1) * 3L <= _pairs.Length * 2L)
        {
            return true;
        }

        if (Bytes + (2L * s_pairBytes * _pairs.Length) > budget)
        {
            return false;
        }

        Pair[] pairs = _pairs;
        _pairs = new Pair[checked(pairs.Length * 2)];
        foreach (Pair pair in pairs)
        {
            if (pair.Key != 0)
            {
                _pairs[SlotOf(pair.Key)] = pair;
            }
        }

        return true;
    }

    // A key of up to eight bytes as a number, 0 for a free place, and its HubSpot id.
    private readonly record struct Pair(ulong Key, long Id);
}
