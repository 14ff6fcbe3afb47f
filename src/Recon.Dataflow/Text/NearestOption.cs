namespace Recon.Dataflow.Text;

/// <summary>The option that somebody probably meant, for the person who completes a map. Never used as a value.</summary>
internal static class NearestOption
{
    private const int Longest = 100;

    /// <summary>Finds the option nearest to a value: the same in another case first, then by fewest edits.</summary>
    /// <returns>The option, the first of several; <see langword="null"/> where more than half of the characters differ.</returns>
    public static string? Find(string value, IEnumerable<string> options)
        => EditDistance.Rank(
            value,
            options.Where(option => Longer(option, value) <= Longest),
            option => Longer(option, value) / 2).FirstOrDefault();

    private static int Longer(string option, string value) => Math.Max(option.Length, value.Length);
}
