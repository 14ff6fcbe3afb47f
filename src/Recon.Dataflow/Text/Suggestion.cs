namespace Recon.Dataflow.Text;

/// <summary>Finds what somebody may have meant.</summary>
internal static class Suggestion
{
    private const int MaxLength = 48;
    private const int MaxListed = 16;

    /// <summary>The nearest of the allowed texts.</summary>
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
            int distance = EditDistance.Of(Fold(text), Fold(candidate));
            if (distance < bestDistance && distance <= Math.Max(1, Math.Max(text.Length, candidate.Length) / 3))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>The end of a message about an unknown text: the nearest one, and the list when it is short.</summary>
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

    // Hyphens and underscores are what people get wrong first, like case, which a distance does not count.
    private static string Fold(string text) => string.Concat(text.Where(character => character is not ('-' or '_' or ' ')));
}
