using System.Numerics;
using System.Text;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;

namespace Recon.Dataflow.Reconcile;

/// <summary>
/// Tells which legacy ids may occur more than once in a file: a Bloom filter in blocks of 512 bits, of one byte for 200
/// bytes of input and of 64 MiB at most. It suspects some ids wrongly, at about one in a thousand, and misses none. Thread-safe.
/// </summary>
public sealed class RepeatFilter
{
    /// <summary>Most ids that are suspected by name; a file with more of them is better searched by the server.</summary>
    public const int MostSuspects = 100_000;

    private const int WordsPerBlock = 8;
    private const int LeastBlocks = 1024;

    // 64 MiB: a record in a hundred is suspected wrongly at some 60 million records.
    private const int MostBlocks = 1 << 20;

    // Usual records are a little longer, and the size is rounded up: 8 to 20 bits for each record.
    private const int BytesPerRecord = 200;

    private readonly Lock _gate = new();
    private readonly ulong[] _words;
    private readonly HashSet<string> _suspects = new(StringComparer.Ordinal);
    private bool _overflowed;

    /// <summary>Makes an empty filter.</summary>
    /// <param name="inputBytes">Length of the input in bytes; <see langword="null"/> when not known.</param>
    public RepeatFilter(long? inputBytes)
    {
        long blocks = (inputBytes ?? 100_000_000) / BytesPerRecord * 8 / (WordsPerBlock * 64);
        _words = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(blocks, LeastBlocks, MostBlocks)) * WordsPerBlock];
    }

    /// <summary>
    /// The ids that occurred before, or that the filter takes for one that did; <see langword="null"/> when there are more
    /// than <see cref="MostSuspects"/>.
    /// </summary>
    public IReadOnlyCollection<string>? Suspects
    {
        get
        {
            lock (_gate)
            {
                return _overflowed ? null : [.. _suspects];
            }
        }
    }

    /// <summary>Adds the ids of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="idColumn">The index of its id column.</param>
    public void Add(RecordBatch batch, int idColumn)
    {
        lock (_gate)
        {
            for (int row = 0; row < batch.RowCount && !_overflowed; row++)
            {
                ReadOnlySpan<byte> id = batch.Field(row, idColumn);
                if (!Set(KeyHash.Of(id)))
                {
                    continue;
                }

                _suspects.Add(Encoding.UTF8.GetString(id));
                if (_suspects.Count > MostSuspects)
                {
                    _overflowed = true;
                    _suspects.Clear();
                }
            }
        }
    }

    // Sets the bits of a hash; true when all of them were set before.
    private bool Set(ulong hash)
    {
        int blocks = _words.Length / WordsPerBlock;
        Span<ulong> block = _words.AsSpan(((int)(hash >> 32) & (blocks - 1)) * WordsPerBlock, WordsPerBlock);
        bool seen = true;
        uint bits = (uint)hash;
        for (int probe = 0; probe < 3; probe++)
        {
            int bit = (int)(bits >> (probe * 9)) & 511;
            ulong mask = 1UL << (bit & 63);
            ref ulong word = ref block[bit >> 6];
            seen &= (word & mask) != 0;
            word |= mask;
        }

        return seen;
    }
}
