namespace Recon.Dataflow.Definition;

/// <summary>Finds what somebody may have meant.</summary>
public static class Suggestion
{
    private const int MaxLength = 48;
    private const int MaxListed = 16;

    /// <summary>The nearest of the allowed texts.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="allowed">What may be written.</param>
    /// <returns>The nearest, or <see langword="null"/> when none is near.</returns>
    public static string? Nearest(string text, IEnumerable<string> allowed)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return null;
        }

        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in allowed)
        {
            int distance = Distance(Fold(text), Fold(candidate));
            if (distance < bestDistance && distance <= Math.Max(1, Math.Max(text.Length, candidate.Length) / 3))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>The end of a message about an unknown text: the nearest one, and the list when it is short.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="allowed">What may be written.</param>
    /// <param name="always">Whether the list is shown beside a suggestion.</param>
    /// <returns>A text that starts with a semicolon, or nothing.</returns>
    public static string Hint(string text, IReadOnlyCollection<string> allowed, bool always)
    {
        string? nearest = Nearest(text, allowed);
        string guess = nearest is null ? "" : $"; did you mean '{nearest}'?";
        return allowed.Count is > 0 and <= MaxListed && (nearest is null || always)
            ? $"{guess}{(nearest is null ? "; " : " ")}allowed: {string.Join(", ", allowed)}"
            : guess;
    }

    /// <summary>Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.</summary>
    private static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            cost[i, 0] = i;
        }

        for (int j = 0; j <= right.Length; j++)
        {
            cost[0, j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[left.Length, right.Length];
    }

    /// <summary>Case, hyphens and underscores are what people get wrong first.</summary>
    private static string Fold(string text) => string.Concat(
        text.Where(character => character is not ('-' or '_' or ' ')).Select(char.ToLowerInvariant));
}
