using System.Buffers;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Lookups;

/// <summary>
/// HubSpot ids by key, as far as a budget goes; nothing is ever removed or changed. Thread-safe; a batch holds the lock
/// for some hundred microseconds.
/// </summary>
#pragma warning disable CA1001 // It lives as long as its run, and the pool does without its arrays.
internal sealed class RememberedIds(long budget)
#pragma warning restore CA1001
{
    // What is held of a key that is not there.
    private const int Unknown = -1;
    private const int FirstKeys = 256;

    private readonly Lock _gate = new();
    private readonly KeySet _keys = new(FirstKeys);

    // The ids of all keys one after the other, and where those of each key end.
    private long[] _ids = new long[FirstKeys];
    private int[] _ends = new int[FirstKeys];
    private bool _isFull;

    /// <summary>Keys held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _keys.Count;
            }
        }
    }

    /// <summary>Finds the keys of a batch.</summary>
    /// <param name="held">Takes what is held of each key, for <see cref="Answer"/>.</param>
    /// <param name="unknown">Takes the keys that are not held; its rows are the indexes of <paramref name="keys"/>.</param>
    public void Find(BatchKeys keys, Span<int> held, BatchKeys unknown)
    {
        lock (_gate)
        {
            for (int key = 0; key < keys.Count; key++)
            {
                held[key] = _keys.IndexOf(keys.Key(key));
                if (held[key] == Unknown)
                {
                    unknown.Ask(key, keys.Key(key));
                }
            }
        }
    }

    /// <summary>Answers a batch, and keeps what it had to ask for.</summary>
    /// <param name="found">
    /// The candidates of the keys that are not held, by index of <paramref name="keys"/>; <see langword="null"/> when all are.
    /// </param>
    public LookupAnswer Answer(BatchKeys keys, ReadOnlySpan<int> held, LookupAnswer? found)
    {
        long[] ids = ArrayPool<long>.Shared.Rent(Math.Max(keys.Count, 16));
        int[] keyOf = ArrayPool<int>.Shared.Rent(ids.Length);
        int used = 0;
        lock (_gate)
        {
            for (int key = 0; key < keys.Count; key++)
            {
                int first = used;
                if (held[key] != Unknown)
                {
                    foreach (long id in IdsOf(held[key]))
                    {
                        Append(id, key, ref ids, ref keyOf, ref used);
                    }
                }
                else
                {
                    foreach (int candidate in found!.Candidates(key))
                    {
                        Append(found.Rows.HubspotId(candidate), key, ref ids, ref keyOf, ref used);
                    }

                    Keep(keys.Key(key), ids.AsSpan(first..used));
                }
            }
        }

#pragma warning disable CA2000 // The answer owns the rows.
        LookupAnswer answer = AnswerJoin.Join(keys, MirrorRows.OfIds(ids, used), keyOf.AsSpan(0, used));
#pragma warning restore CA2000
        ArrayPool<int>.Shared.Return(keyOf);
        return answer;
    }

    private static void Append(long id, int key, ref long[] ids, ref int[] keyOf, ref int used)
    {
        if (used == Math.Min(ids.Length, keyOf.Length))
        {
            PooledArray.Grow(ref ids, used, used + 1);
            PooledArray.Grow(ref keyOf, used, used + 1);
        }

        (ids[used], keyOf[used]) = (id, key);
        used++;
    }

    private ReadOnlySpan<long> IdsOf(int index) => _ids.AsSpan((index == 0 ? 0 : _ends[index - 1]).._ends[index]);

    private void Keep(ReadOnlySpan<byte> key, ReadOnlySpan<long> ids)
    {
        if (_isFull || _keys.IndexOf(key) != Unknown)
        {
            // There is no more room, or another batch asked for the key at the same time.
            return;
        }

        int used = _keys.Count == 0 ? 0 : _ends[_keys.Count - 1];
        bool grows = _keys.Count == _ends.Length;
        long room = used + ids.Length <= _ids.Length ? _ids.Length : Math.Max(_ids.Length * 2L, used + (long)ids.Length);
        long bytes = _keys.BytesWith(key.Length) + (sizeof(int) * (long)_ends.Length * (grows ? 2 : 1)) + (sizeof(long) * room);
        if (bytes > budget)
        {
            _isFull = true;
            return;
        }

        if (grows)
        {
            Array.Resize(ref _ends, checked(_ends.Length * 2));
        }

        if (room > _ids.Length)
        {
            Array.Resize(ref _ids, checked((int)room));
        }

        ids.CopyTo(_ids.AsSpan(used));
        _ends[_keys.Add(key)] = used + ids.Length;
    }
}
