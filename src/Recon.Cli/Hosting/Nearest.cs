namespace Recon.Cli.Hosting;

/// <summary>Finds the name that somebody may have meant.</summary>
internal static class Nearest
{
    /// <summary>The nearest name.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="names">What may be written.</param>
    /// <returns>The name, or <see langword="null"/> when none is near.</returns>
    public static string? Of(string text, IEnumerable<string> names)
    {
        (string Name, int Distance) best = names
            .Select(name => (name, Distance(text.ToLowerInvariant(), name.ToLowerInvariant())))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(candidate => candidate.Item2);
        return best.Distance <= Math.Max(1, text.Length / 3) ? best.Name : null;
    }

    // Levenshtein, one row at a time.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
