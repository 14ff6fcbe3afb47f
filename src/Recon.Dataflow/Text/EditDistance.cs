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

    private static bool Same(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);
}
