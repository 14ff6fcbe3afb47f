using System.Numerics;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Diff.Repeats;

/// <summary>
/// Tells which rows of a file may repeat the legacy id of a row before them: a Bloom filter in blocks of 512 bits, of one
/// byte for 200 bytes of input and of 64 MiB at most. It suspects some rows wrongly, one in some thousands, and misses none.
/// Thread-safe.
/// </summary>
internal sealed class RepeatFilter : IRepeatMarks
{
    /// <summary>
    /// Most rows that are suspected. A file with more of them is better searched as a whole, so that from there on none is.
    /// </summary>
    public const int MostSuspects = 100_000;

    private const int WordsPerBlock = 8;
    private const int LeastBlocks = 1024;

    // 64 MiB: eight bits a record at some 60 million.
    private const int MostBlocks = 1 << 20;

    // Usual records are a little longer, and the size is rounded up: 8 to 20 bits for each record.
    private const int BytesPerRecord = 200;

    private const int Probes = 6;

    // Of an input whose length is not known, such as standard input.
    private const long UsualBytes = 1_000_000_000;

    // Exports shrink to a tenth or less.
    private const long GzipRatio = 10;

    private readonly Lock _gate = new();
    private readonly ulong[] _words;
    private int _suspects;

    /// <summary>Makes an empty filter.</summary>
    /// <param name="inputBytes">Length of the input in bytes; <see langword="null"/> when not known.</param>
    public RepeatFilter(long? inputBytes)
    {
        long blocks = (inputBytes ?? UsualBytes) / BytesPerRecord * 8 / (WordsPerBlock * 64);
        _words = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(blocks, LeastBlocks, MostBlocks)) * WordsPerBlock];
    }

    /// <summary>Makes an empty filter for files.</summary>
    public static RepeatFilter For(IReadOnlyList<SourceFile> files)
        => new(files.Any(file => file.Length is null)
            ? null
            : files.Sum(file => file.Kind == InputKind.Gzip ? GzipRatio * file.Length : file.Length));

    /// <summary>Adds the ids of a batch, and marks the rows that may repeat one that was added before.</summary>
    /// <param name="suspected">One place for each row of the batch; all are set.</param>
    /// <returns>
    /// The number of rows marked. Of several rows with one id, all but one are marked, whatever batches they are in and in
    /// whichever order these come, unless there were <see cref="MostSuspects"/> before.
    /// </returns>
    public int Add(RecordBatch batch, int idColumn, Span<bool> suspected)
    {
        int count = 0;
        lock (_gate)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                suspected[row] = _suspects < MostSuspects && Set(KeyHash.Of(batch.Field(row, idColumn)));
                if (suspected[row])
                {
                    _suspects++;
                    count++;
                }
            }
        }

        return count;
    }

    // Sets the bits of a hash; true when all of them were set before.
    private bool Set(ulong hash)
    {
        int blocks = _words.Length / WordsPerBlock;
        Span<ulong> block = _words.AsSpan(((int)(hash >> 32) & (blocks - 1)) * WordsPerBlock, WordsPerBlock);
        bool seen = true;
        ulong bits = hash * 0x9E37_79B9_7F4A_7C15;
        for (int probe = 0; probe < Probes; probe++)
        {
            int bit = (int)(bits >> (64 - (9 * (probe + 1)))) & 511;
            ulong mask = 1UL << (bit & 63);
            ref ulong word = ref block[bit >> 6];
            seen &= (word & mask) != 0;
            word |= mask;
        }

        return seen;
    }
}
