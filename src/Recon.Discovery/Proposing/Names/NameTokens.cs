using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Discovery.Proposing.Names;

/// <summary>The words of a column's name, in lower case and without accents.</summary>
internal static class NameTokens
{
    /// <summary>Splits at everything that is no letter or digit, where case changes, and between letters and digits.</summary>
    public static IReadOnlyList<string> Of(string name)
    {
        var scratch = new Utf8Scratch();
        string plain = Encoding.UTF8.GetString(CanonicalForm.WithoutAccents(Encoding.UTF8.GetBytes(name), scratch));
        List<string> words = [];
        StringBuilder word = new();
        for (int at = 0; at < plain.Length; at++)
        {
            char character = plain[at];
            if (!char.IsLetterOrDigit(character))
            {
                End();
                continue;
            }

            bool startsWord = word.Length > 0 && IsBoundary(plain, at);
            if (startsWord)
            {
                End();
            }

            word.Append(char.ToLowerInvariant(character));
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    // aB begins a word at B, and ABc at Bc; digits are words of their own.
    private static bool IsBoundary(string text, int at)
    {
        char before = text[at - 1];
        char here = text[at];
        return char.IsDigit(before) != char.IsDigit(here)
            || (char.IsLower(before) && char.IsUpper(here))
            || (char.IsUpper(before) && char.IsUpper(here) && at + 1 < text.Length && char.IsLower(text[at + 1]));
    }
}
