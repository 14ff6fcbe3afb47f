using System.Buffers;
using System.Runtime.InteropServices;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Lookups;

/// <summary>
/// HubSpot ids by key, as far as a budget goes: an open hash over entries, which are never removed or changed.
/// Thread-safe; a batch holds the lock for some microseconds.
/// </summary>
/// <param name="budget">Most bytes that the arrays may take.</param>
internal sealed class RememberedIds(long budget)
{
    private const int None = -1;

    private readonly Lock _gate = new();
    private readonly List<long[]> _several = [];
    private byte[] _longKeys = new byte[64];
    private int _longKeysUsed;
    private Entry[] _entries = new Entry[64];
    private int[] _slots = NewSlots(128);
    private int _count;

    /// <summary>Keys held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Whether the budget is used up.</summary>
    public bool IsFull { get; private set; }

    private long Bytes => _longKeys.Length + ((long)Marshal.SizeOf<Entry>() * _entries.Length) + ((long)sizeof(int) * _slots.Length);

    /// <summary>Finds the keys of a batch.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="entries">Takes the entry of each key; -1 for one that is not held.</param>
    /// <param name="unknown">Takes the keys that are not held; its rows are the indexes of <paramref name="keys"/>.</param>
    public void Find(BatchKeys keys, Span<int> entries, BatchKeys unknown)
    {
        lock (_gate)
        {
            for (int key = 0; key < keys.Count; key++)
            {
                ReadOnlySpan<byte> text = keys.Key(key);
                entries[key] = _slots[FindSlot(text, PrefixOf(text))];
                if (entries[key] == None)
                {
                    unknown.Ask(key, text);
                }
            }
        }
    }

    /// <summary>Answers a batch, and keeps what it had to ask for.</summary>
    /// <param name="keys">The keys of the batch.</param>
    /// <param name="entries">What <see cref="Find"/> said.</param>
    /// <param name="found">Candidates by index of <paramref name="keys"/>, for those that were unknown.</param>
    /// <returns>The answer.</returns>
    public LookupAnswer Answer(BatchKeys keys, ReadOnlySpan<int> entries, LookupAnswer? found)
    {
        // For each key, where its ids start among those of the answer.
        int[] firsts = ArrayPool<int>.Shared.Rent(keys.Count + 1);
        var ids = new ArrayBufferWriter<long>(Math.Max(keys.Count, 16));
        lock (_gate)
        {
            for (int key = 0; key < keys.Count; key++)
            {
                firsts[key] = ids.WrittenCount;
                if (entries[key] != None)
                {
                    CopyHeld(_entries[entries[key]], ids);
                    continue;
                }

                foreach (int candidate in found!.Candidates(key))
                {
                    Copy(found.Rows.HubspotId(candidate), ids);
                }

                Add(keys.Key(key), ids.WrittenSpan[firsts[key]..]);
            }
        }

        firsts[keys.Count] = ids.WrittenCount;
        LookupAnswer answer = Join(keys, firsts, ids.WrittenSpan);
        ArrayPool<int>.Shared.Return(firsts);
        return answer;
    }

    private static LookupAnswer Join(BatchKeys keys, int[] firsts, ReadOnlySpan<long> ids)
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
        return new LookupAnswer(MirrorRows.OfIds(ids), starts, candidates);
    }

    private static void Copy(long id, ArrayBufferWriter<long> to)
    {
        to.GetSpan(1)[0] = id;
        to.Advance(1);
    }

    private void CopyHeld(in Entry entry, ArrayBufferWriter<long> to)
    {
        if (entry.Ids == 1)
        {
            Copy(entry.Id, to);
        }
        else if (entry.Ids > 1)
        {
            to.Write(_several[(int)entry.Id]);
        }
    }

    private static int[] NewSlots(int size)
    {
        int[] slots = new int[size];
        Array.Fill(slots, None);
        return slots;
    }

    // The first eight bytes. A shorter key is filled up with NUL, which no key holds, so it is the whole key.
    private static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        key[..Math.Min(key.Length, bytes.Length)].CopyTo(bytes);
        return MemoryMarshal.Read<ulong>(bytes);
    }

    private int FindSlot(ReadOnlySpan<byte> key, ulong prefix)
    {
        int mask = _slots.Length - 1;
        int slot = (int)KeyHash.Of(key) & mask;
        while (_slots[slot] is var index and not None && !Holds(_entries[index], key, prefix))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private bool Holds(in Entry entry, ReadOnlySpan<byte> key, ulong prefix)
        => entry.Prefix == prefix
            && (key.Length <= sizeof(ulong)
                ? entry.LongLength == 0
                : key.SequenceEqual(_longKeys.AsSpan(entry.LongStart, entry.LongLength)));

    private void Add(ReadOnlySpan<byte> key, ReadOnlySpan<long> ids)
    {
        int longLength = key.Length <= sizeof(ulong) ? 0 : key.Length;
        ulong prefix = PrefixOf(key);
        if (IsFull || _slots[FindSlot(key, prefix)] != None)
        {
            // Another batch asked for the key at the same time, or there is no more room.
            return;
        }

        bool fits = Ensure(ref _longKeys, _longKeysUsed + longLength, sizeof(byte))
            && Ensure(ref _entries, _count + 1, Marshal.SizeOf<Entry>())
            && EnsureSlots();
        if (!fits)
        {
            IsFull = true;
            return;
        }

        if (longLength > 0)
        {
            key.CopyTo(_longKeys.AsSpan(_longKeysUsed));
        }

        if (ids.Length > 1)
        {
            _several.Add(ids.ToArray());
        }

        _entries[_count] = new Entry
        {
            Prefix = prefix,
            Id = ids.Length == 1 ? ids[0] : _several.Count - 1,
            Ids = ids.Length,
            LongStart = _longKeysUsed,
            LongLength = longLength,
        };
        _longKeysUsed += longLength;
        _slots[FindSlot(key, prefix)] = _count;
        _count++;
    }

    // Room for one more entry, at most two thirds full.
    private bool EnsureSlots()
    {
        if ((_count + 1) * 3L <= _slots.Length * 2L)
        {
            return true;
        }

        if (Bytes + (_slots.Length * (long)sizeof(int)) > budget)
        {
            return false;
        }

        _slots = NewSlots(_slots.Length * 2);
        Span<byte> text = stackalloc byte[sizeof(ulong)];
        for (int index = 0; index < _count; index++)
        {
            Entry entry = _entries[index];
            MemoryMarshal.Write(text, entry.Prefix);
            ReadOnlySpan<byte> key = entry.LongLength > 0 ? _longKeys.AsSpan(entry.LongStart, entry.LongLength) : text.TrimEnd((byte)0);
            _slots[FindSlot(key, entry.Prefix)] = index;
        }

        return true;
    }

    private bool Ensure<T>(ref T[] array, int size, int width)
    {
        if (size > array.Length)
        {
            int larger = Math.Max(size, array.Length + (array.Length / 2));
            if (Bytes + ((larger - array.Length) * (long)width) > budget)
            {
                return false;
            }

            Array.Resize(ref array, larger);
        }

        return true;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public ulong Prefix;

        // The HubSpot id when there is one; the index of several ids.
        public long Id;
        public int Ids;
        public int LongStart;
        public int LongLength;
    }
}
