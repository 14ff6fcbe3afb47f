using System.IO.Hashing;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Diff;

/// <summary>
/// Tells what a row adds to the counts, from a few bytes for each property and parent that say what became of it. Rows are many and
/// kinds few: the counts of a kind are made once.
/// </summary>
internal sealed class CountKinds
{
    // Where values make a kind for nearly each row, keeping them is no use.
    private const int Most = 20_000;

    private readonly Dictionary<UInt128, CountKind> _kinds = [];

    /// <summary>The kind of a row.</summary>
    /// <param name="signs">What became of the row.</param>
    /// <param name="make">Counts such a row, when none was met before.</param>
    /// <returns>The kind; <see langword="null"/> when there are too many.</returns>
    public CountKind? Of(ReadOnlySpan<byte> signs, Action<BatchCounts> make)
    {
        UInt128 hash = XxHash128.HashToUInt128(signs);
        if (!_kinds.TryGetValue(hash, out CountKind? kind) && _kinds.Count < Most)
        {
            var counts = new BatchCounts();
            make(counts);
            _kinds[hash] = kind = new CountKind(counts);
        }

        return kind;
    }
}
