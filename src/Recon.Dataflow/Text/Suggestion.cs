namespace Recon.Dataflow.Text;

/// <summary>Finds what somebody may have meant.</summary>
internal static class Suggestion
{
    private const int MaxLength = 48;
    private const int MaxListed = 16;

    /// <returns>The nearest, or <see langword="null"/> when none is near.</returns>
    public static string? Nearest(string text, IEnumerable<string> allowed)
        => text.Length is 0 or > MaxLength ? null
            : EditDistance.Rank(text, allowed, other => Math.Max(1, Math.Max(text.Length, other.Length) / 3), Fold).FirstOrDefault();

    /// <summary>The names nearest to a given one, at most three, hyphens and the like included; none when nothing is near.</summary>
    public static string[] NearestThree(string name, IEnumerable<string> among)
        => [.. EditDistance.Rank(
            name, among.Where(other => other.Length > 0).Order(StringComparer.Ordinal), _ => Math.Max(2, name.Length / 3)).Take(3)];

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
