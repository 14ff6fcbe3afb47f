using Recon.Dataflow.Text;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Finds rows by the hash of their key: all rows sorted by the upper bits of the hash, and where each of these buckets
/// starts. Built when all rows are known; read-only and thread-safe.
/// </summary>
internal sealed class RowIndex
{
    private const int HashBits = 32;

    // Four rows a bucket: one byte a row, and they are beside each other.
    private const int RowsPerBucket = 4;

    private readonly int[] _starts;
    private readonly List<ulong> _entries;

    /// <summary>Sorts rows, in place. Those of one hash are in the order of their numbers.</summary>
    /// <param name="entries">One <see cref="Entry"/> for each; the index becomes its owner.</param>
    public RowIndex(List<ulong> entries)
    {
        _entries = entries;
        _entries.Sort();
        _starts = new int[BucketsFor(entries.Count) + 1];
        int bucket = 0;
        for (int place = 0; place < entries.Count; place++)
        {
            while (bucket < BucketOf(HashIn(entries[place])))
            {
                _starts[++bucket] = place;
            }
        }

        while (bucket < _starts.Length - 1)
        {
            _starts[++bucket] = entries.Count;
        }
    }

    /// <summary>The bits of a key's hash that are used.</summary>
    public static uint HashOf(ReadOnlySpan<byte> key) => (uint)KeyHash.Of(key);

    public static ulong Entry(uint hash, uint row) => ((ulong)hash << HashBits) | row;

    public static uint HashIn(ulong entry) => (uint)(entry >> HashBits);

    public static uint RowIn(ulong entry) => (uint)entry;

    public static long BytesFor(int count) => (sizeof(ulong) * (long)count) + (sizeof(int) * (BucketsFor(count) + 1L));

    /// <summary>Where the rows whose key may have a hash begin, and where they end.</summary>
    public (int First, int End) Near(uint hash)
    {
        int bucket = BucketOf(hash);
        return (_starts[bucket], _starts[bucket + 1]);
    }

    /// <summary>The first place in a range whose row's key has a hash; the range's end when none has.</summary>
    public int Next(int first, int end, uint hash)
    {
        while (first < end && HashIn(_entries[first]) < hash)
        {
            first++;
        }

        return first < end && HashIn(_entries[first]) == hash ? first : end;
    }

    public uint RowAt(int place) => RowIn(_entries[place]);

    private static int BucketsFor(int count) => Math.Max(count / RowsPerBucket, 1);

    private int BucketOf(uint hash) => (int)((hash * (ulong)(_starts.Length - 1)) >> HashBits);
}
