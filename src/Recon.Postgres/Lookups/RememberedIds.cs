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

    // HubSpot's ids are positive.
    private const long NoId = 0;

    private readonly Lock _gate = new();
    private readonly KeySet _keys = new(FirstKeys);

    // Of each key its one id; NoId, or -1 - n for the several of n.
    private long[] _idOf = new long[FirstKeys];
    private readonly List<long[]> _several = [];
    private long _severalBytes;
    private bool _isFull;

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
            keys.FindIn(_keys, held);
            for (int key = 0; key < keys.Count; key++)
            {
                if (held[key] == Unknown)
                {
                    unknown.Ask(key, keys, key);
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
        // For each key, where its ids start among those of the answer.
        int[] firsts = ArrayPool<int>.Shared.Rent(keys.Count + 1);
        long[] ids = ArrayPool<long>.Shared.Rent(Math.Max(keys.Count, 16));
        int used = 0;
        lock (_gate)
        {
            for (int key = 0; key < keys.Count; key++)
            {
                firsts[key] = used;
                if (held[key] == Unknown)
                {
                    foreach (int candidate in found!.Candidates(key))
                    {
                        Append(found.Rows.HubspotId(candidate), ref ids, ref used);
                    }

                    Keep(keys, key, ids.AsSpan(firsts[key]..used));
                    continue;
                }

                long id = _idOf[held[key]];
                if (id > NoId)
                {
                    Append(id, ref ids, ref used);
                }
                else if (id < NoId)
                {
                    foreach (long one in _several[(int)(-1 - id)])
                    {
                        Append(one, ref ids, ref used);
                    }
                }
            }
        }

        firsts[keys.Count] = used;
#pragma warning disable CA2000 // The answer owns the rows.
        LookupAnswer answer = AnswerJoin.JoinInOrder(keys, MirrorRows.OfIds(ids, used), firsts);
#pragma warning restore CA2000
        ArrayPool<int>.Shared.Return(firsts);
        return answer;
    }

    private static void Append(long id, ref long[] ids, ref int used)
    {
        if (used == ids.Length)
        {
            PooledArray.Grow(ref ids, used, used + 1);
        }

        ids[used++] = id;
    }

    private void Keep(BatchKeys keys, int key, ReadOnlySpan<long> ids)
    {
        if (_isFull)
        {
            return;
        }

        bool grows = _keys.Count == _idOf.Length;
        long several = ids.Length > 1 ? 48 + (sizeof(long) * (long)ids.Length) : 0;
        if (_keys.BytesWith(keys.Key(key).Length) + (sizeof(long) * (long)_idOf.Length * (grows ? 2 : 1)) + _severalBytes + several > budget)
        {
            _isFull = true;
            return;
        }

        if (grows)
        {
            Array.Resize(ref _idOf, checked(_idOf.Length * 2));
        }

        int before = _keys.Count;
        int place = keys.AddTo(_keys, key);
        if (place < before)
        {
            // Another batch asked for the key at the same time.
            return;
        }

        _idOf[place] = ids.Length switch
        {
            0 => NoId,
            1 => ids[0],
            _ => -1 - _several.Count,
        };
        if (ids.Length > 1)
        {
            _several.Add(ids.ToArray());
            _severalBytes += several;
        }
    }
}
