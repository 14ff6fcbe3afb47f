namespace Recon.Dataflow.Text;

/// <summary>How far one text is from another. How near is near enough is up to the caller.</summary>
internal static class EditDistance
{
    private const int LongestOnStack = 128;

    /// <summary>
    /// Optimal string alignment distance, whatever the case: insertions, deletions, replacements and swaps of neighbours
    /// that turn one text into the other.
    /// </summary>
    /// <returns>From 0, for texts that differ in case at most, to the length of the longer one.</returns>
    public static int Of(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        int width = other.Length + 1;
        Span<int> rows = other.Length <= LongestOnStack ? stackalloc int[3 * width] : new int[3 * width];
        Span<int> beforeLast = rows[..width];
        Span<int> last = rows[width..(2 * width)];
        Span<int> row = rows[(2 * width)..];
        for (int j = 0; j < width; j++)
        {
            last[j] = j;
        }

        for (int i = 1; i <= one.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j < width; j++)
            {
                int replaced = last[j - 1] + (Same(one[i - 1], other[j - 1]) ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(one[i - 1], other[j - 2]) && Same(one[i - 2], other[j - 1]))
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            Span<int> free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }

        return last[^1];
    }

    /// <summary>The candidates near a text, nearest first; equally near ones in their order.</summary>
    /// <param name="most">The largest distance at which a candidate is near.</param>
    /// <param name="fold">Takes off what does not count. Default: all counts, apart from case.</param>
    public static IEnumerable<string> Rank(
        string text, IEnumerable<string> candidates, Func<string, int> most, Func<string, string>? fold = null)
        => candidates.Select(candidate => (candidate, distance: fold is null ? Of(text, candidate) : Of(fold(text), fold(candidate))))
            .Where(pair => pair.distance <= most(pair.candidate))
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate);

    private static bool Same(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);
}
