namespace Recon.Dataflow.Text;

/// <summary>The option that somebody probably meant, for the person who completes a map. Never used as a value.</summary>
internal static class NearestOption
{
    private const int Longest = 100;

    /// <summary>Finds the option nearest to a value: the same in another case first, then by fewest edits.</summary>
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
            if (longer <= Longest && EditDistance.Of(value, option) is int edits && edits < best && edits * 2 <= longer)
            {
                best = edits;
                nearest = option;
            }
        }

        return nearest;
    }
}
