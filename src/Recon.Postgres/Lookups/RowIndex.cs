using Recon.Dataflow.Text;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Finds rows by the hash of their key: all rows sorted by the upper bits of the hash, and where each of these buckets
/// starts. Built when all rows are known; read-only and thread-safe.
/// </summary>
internal sealed class RowIndex
{
    private const int HashBits = 32;

    private readonly int[] _starts;
    private readonly ulong[] _entries;

    /// <summary>Sorts rows. Those of one hash stay in their order.</summary>
    /// <param name="entries">One <see cref="Entry"/> for each.</param>
    public RowIndex(List<ulong> entries)
    {
        _starts = new int[BucketsFor(entries.Count) + 1];
        _entries = new ulong[entries.Count];
        foreach (ulong entry in entries)
        {
            _starts[BucketOf(HashIn(entry)) + 1]++;
        }

        for (int bucket = 1; bucket < _starts.Length; bucket++)
        {
            _starts[bucket] += _starts[bucket - 1];
        }

        int[] next = _starts[..^1];
        foreach (ulong entry in entries)
        {
            _entries[next[BucketOf(HashIn(entry))]++] = entry;
        }
    }

    /// <summary>The bits of a key's hash that are used.</summary>
    public static uint HashOf(ReadOnlySpan<byte> key) => (uint)KeyHash.Of(key);

    public static ulong Entry(uint hash, uint row) => ((ulong)hash << HashBits) | row;

    public static uint HashIn(ulong entry) => (uint)(entry >> HashBits);

    public static uint RowIn(ulong entry) => (uint)entry;

    /// <summary>The bytes that an index takes.</summary>
    public static long BytesFor(int count) => (sizeof(ulong) * (long)count) + (sizeof(int) * (BucketsFor(count) + 1L));

    /// <summary>The rows that may have a key of this hash, in the order in which they were added, among others.</summary>
    public ReadOnlySpan<ulong> Near(uint hash)
    {
        int bucket = BucketOf(hash);
        return _entries.AsSpan(_starts[bucket].._starts[bucket + 1]);
    }

    private static int BucketsFor(int count) => Math.Max(count, 1);

    private int BucketOf(uint hash) => (int)((hash * (ulong)(_starts.Length - 1)) >> HashBits);
}
