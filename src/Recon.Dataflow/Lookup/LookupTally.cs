using System.IO.Hashing;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Lookup;

/// <summary>Counts what a lookup found, and keeps some of the ids that it did not find. Thread-safe.</summary>
/// <param name="column">Index of the file's column that holds its ids; -1 for a fallback, whose keys are not ids.</param>
/// <remarks>
/// The ids with the smallest hashes are kept, so that the sample is the same in whatever order batches come. The hash has
/// no secret: a file that aims at it chooses only what a warning speaks of.
/// </remarks>
#pragma warning disable CA1001 // It lives as long as its run, and the pool does without its arrays.
internal sealed class LookupTally(ValidLookup definition, int column)
#pragma warning restore CA1001
{
    /// <summary>The ids of a sample. Each is asked for in some thirty spellings.</summary>
    public const int MostIds = 250;

    private const int Room = 4 * MostIds;

    private readonly Lock _gate = new();
    private KeySet _unfound = new(Room);
    private ulong _most = ulong.MaxValue;
    private long _asked;
    private long _found;

    public ValidLookup Definition => definition;

    /// <summary>Records that had something to look for; a malformed id counts.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <summary>Records for which something was found.</summary>
    public long Found => Interlocked.Read(ref _found);

    /// <summary>Some of the ids that were not found, as the file has them, and whether there were no more.</summary>
    public (IReadOnlyList<string> Ids, bool AreAll) Unfound
    {
        get
        {
            lock (_gate)
            {
                Trim();
                return ([.. Enumerable.Range(0, _unfound.Count).Select(id => Encoding.UTF8.GetString(_unfound[id]))], _most == ulong.MaxValue);
            }
        }
    }

    public void Add(RecordBatch batch, LookupAnswer answer)
    {
        long asked = column < 0 ? answer.Asked : 0;
        long found = 0;
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (answer.Found(row))
            {
                found++;
                asked += column < 0 ? 0 : 1;
            }
            else if (column >= 0 && !(definition.Role == LookupRole.Match && batch.Decided?.ContainsKey(row) == true) && batch.Field(row, column) is { IsEmpty: false } id)
            {
                asked++;
                Keep(id);
            }
        }

        Interlocked.Add(ref _asked, asked);
        Interlocked.Add(ref _found, found);
    }

    /// <summary>Counts records that need not be looked up, because something would be found.</summary>
    public void AddFound(long records)
    {
        Interlocked.Add(ref _asked, records);
        Interlocked.Add(ref _found, records);
    }

    /// <summary>Counts a record that need not be looked up, because nothing would be found.</summary>
    public void AddUnfound(RecordBatch batch, int row)
    {
        Interlocked.Increment(ref _asked);
        Keep(batch.Field(row, column));
    }

    /// <summary>Takes what tallies elsewhere counted, all of them together, in place of what it was told before.</summary>
    public void Tell(long asked, long found)
    {
        Interlocked.Exchange(ref _asked, asked);
        Interlocked.Exchange(ref _found, found);
    }

    /// <summary>
    /// Adds the ids that a tally elsewhere kept. Adding those of several, whose parts of the input may overlap, keeps what one tally
    /// of the whole would have kept: what each lacks has greater hashes than all of its own.
    /// </summary>
    /// <param name="areAll">Whether that one kept every id that it did not find.</param>
    public void AddUnfound(IReadOnlyList<string> ids, bool areAll)
    {
        lock (_gate)
        {
            ulong greatest = 0;
            foreach (string text in ids)
            {
                byte[] id = Encoding.UTF8.GetBytes(text);
                ulong order = Order(id);
                greatest = Math.Max(greatest, order);
                if (order < _most)
                {
                    _unfound.Add(id);
                    if (_unfound.Count == Room)
                    {
                        Trim();
                    }
                }
            }

            if (!areAll && greatest < _most)
            {
                Volatile.Write(ref _most, greatest + 1);
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _unfound.Dispose();
            _unfound = new KeySet(Room);
            _most = ulong.MaxValue;
            (_asked, _found) = (0, 0);
        }
    }

    private void Keep(ReadOnlySpan<byte> id)
    {
        if (Order(id) >= Volatile.Read(ref _most))
        {
            return;
        }

        lock (_gate)
        {
            _unfound.Add(id);
            if (_unfound.Count == Room)
            {
                Trim();
            }
        }
    }

    // As random as a hash, and the same in each process.
    private static ulong Order(ReadOnlySpan<byte> id)
        => id.Length <= KeyHash.MostPacked ? KeyHash.Code(id) * 0x9E37_79B9_7F4A_7C15 : XxHash3.HashToUInt64(id);

    private void Trim()
    {
        if (_unfound.Count <= MostIds)
        {
            return;
        }

        ulong[] hashes = new ulong[_unfound.Count];
        int[] ids = new int[_unfound.Count];
        for (int id = 0; id < ids.Length; id++)
        {
            (hashes[id], ids[id]) = (Order(_unfound[id]), id);
        }

        Array.Sort(hashes, ids);
        KeySet all = _unfound;
        _unfound = new KeySet(Room);
        foreach (int id in ids[..MostIds])
        {
            _unfound.Add(all, id);
        }

        all.Dispose();
        Volatile.Write(ref _most, hashes[MostIds]);
    }
}

/// <summary>A lookup whose answers are counted.</summary>
internal sealed class TalliedLookup(ILookup inner, LookupTally tally) : ILookup
{
    public ValidLookup Definition => inner.Definition;

    public IReadOnlyList<MirrorColumn> Columns => inner.Columns;

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        LookupAnswer answer = await inner.FindAsync(batch, cancellationToken);
        tally.Add(batch, answer);
        return answer;
    }
}
