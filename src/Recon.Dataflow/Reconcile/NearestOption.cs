namespace Recon.Dataflow.Reconcile;

/// <summary>The option that somebody probably meant, for the person who completes a map. Never used as a value.</summary>
public static class NearestOption
{
    private const int Longest = 100;

    /// <summary>Finds the option nearest to a value: the same in another case first, then by fewest edits.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">The options.</param>
    /// <returns>The option, the first of several; <see langword="null"/> where more than half of the characters differ.</returns>
    public static string? Find(string value, IEnumerable<string> options)
    {
        string? nearest = null;
        int best = int.MaxValue;
        foreach (string option in options)
        {
            if (string.Equals(option, value, StringComparison.OrdinalIgnoreCase))
            {
                return option;
            }

            int longer = Math.Max(option.Length, value.Length);
            if (longer <= Longest && Edits(value, option) is int edits && edits < best && edits * 2 <= longer)
            {
                best = edits;
                nearest = option;
            }
        }

        return nearest;
    }

    /// <summary>Insertions, deletions and replacements that turn one text into the other, whatever the case.</summary>
    private static int Edits(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        Span<int> row = stackalloc int[other.Length + 1];
        for (int column = 0; column <= other.Length; column++)
        {
            row[column] = column;
        }

        for (int at = 0; at < one.Length; at++)
        {
            int diagonal = row[0];
            row[0] = at + 1;
            for (int column = 0; column < other.Length; column++)
            {
                bool same = char.ToUpperInvariant(one[at]) == char.ToUpperInvariant(other[column]);
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[column + 1];
                row[column + 1] = Math.Min(replaced, Math.Min(row[column], diagonal) + 1);
            }
        }

        return row[other.Length];
    }
}
