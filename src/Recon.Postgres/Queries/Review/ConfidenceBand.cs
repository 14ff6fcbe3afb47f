using System.Globalization;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries.Review;

/// <summary>Confidences that are looked at together: from a number up to the next one.</summary>
internal static class ConfidenceBand
{
    private static readonly int[] s_from = [100, 90, 75, 50, 0];

    /// <summary>The bands, the surest first; <see cref="ReviewFilter.None"/> for records without a confidence.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. s_from.Select(from => from.ToString(CultureInfo.InvariantCulture)), ReviewFilter.None];

    /// <summary>The band of a confidence in percent.</summary>
    public static string Of(decimal? confidence)
        => confidence is { } given ? s_from.First(from => from <= given || from == 0).ToString(CultureInfo.InvariantCulture) : ReviewFilter.None;

    /// <summary>The condition that a column is in a band; one that no band has the name of holds nothing.</summary>
    public static SqlText Holds(SqlText column, string name)
    {
        if (name == ReviewFilter.None)
        {
            return SqlText.Of($"{column} is null");
        }

        int index = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int from) ? Array.IndexOf(s_from, from) : -1;
        return index < 0 ? SqlText.Of($"false")
            : index == 0 ? SqlText.Of($"{column} >= {s_from[0]}")
            : SqlText.Of($"{column} >= {s_from[index]} and {column} < {s_from[index - 1]}");
    }
}
