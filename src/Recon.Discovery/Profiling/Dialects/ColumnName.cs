using System.Text;

namespace Recon.Discovery.Profiling.Dialects;

/// <summary>The words in the name of a column.</summary>
internal static class ColumnName
{
    /// <summary>The words, in lower case: <c>Addr_PostCode</c> has addr, post and code.</summary>
    public static IEnumerable<string> Words(string name)
    {
        StringBuilder word = new();
        for (int at = 0; at < name.Length; at++)
        {
            char character = name[at];
            bool starts = char.IsUpper(character) && at > 0 && (char.IsLower(name[at - 1]) || (at + 1 < name.Length && char.IsLower(name[at + 1]) && char.IsUpper(name[at - 1])));
            if ((starts || !char.IsLetter(character)) && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }

            if (char.IsLetter(character))
            {
                word.Append(char.ToLowerInvariant(character));
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }
}
