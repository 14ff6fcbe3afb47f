using System.Text;
using Recon.Discovery.Proposing.Reading;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>How much the columns of joined tables agree, whatever they mean: enough to tell a right join from a wrong one.</summary>
internal static class LooseAgreement
{
    private const int PhoneDigits = 9;

    /// <param name="withoutFile">The column of the file that the tables are joined by.</param>
    /// <param name="withoutMirror">The mirror's.</param>
    /// <returns>For each column of the file that agrees with one of the mirror beyond chance, how much: 1 for a column that agrees throughout.</returns>
    public static double Of(PairedRows rows, int withoutFile, int withoutMirror)
    {
        var book = new CodeBook();
        int[][] file = [.. rows.File.Select((_, column) => Codes(rows.FileValues(column), book))];
        int[][] mirror = [.. rows.Mirror.Select((_, column) => Codes(rows.MirrorValues(column), book))];
        bool[] joins = [.. mirror.Select((codes, other) => other == withoutMirror || IsSame(codes, mirror[withoutMirror]))];
        var tally = new CodeTally();
        double sum = 0;
        for (int column = 0; column < file.Length; column++)
        {
            // What holds the same ids as the column that joins agrees with everything that the join does.
            if (column == withoutFile || IsSame(file[column], file[withoutFile]))
            {
                continue;
            }

            double best = 0;
            for (int other = 0; other < mirror.Length; other++)
            {
                if (!joins[other])
                {
                    Agreement agreement = Agreement.Of(file[column], mirror[other], tally);
                    best = agreement is { IsSignificant: true, Deviations: >= 5 } ? Math.Max(best, agreement.BeyondChance) : best;
                }
            }

            sum += best;
        }

        return sum;
    }

    private static bool IsSame(int[] one, int[] other)
    {
        int both = 0;
        int same = 0;
        for (int at = 0; at < one.Length; at++)
        {
            both += one[at] != 0 && other[at] != 0 ? 1 : 0;
            same += one[at] != 0 && one[at] == other[at] ? 1 : 0;
        }

        return both > 0 && same >= both * 0.95;
    }

    private static int[] Codes(byte[]?[] values, CodeBook book) => [.. values.Select(value => value is null ? 0 : CodeOf(value, book))];

    private static int CodeOf(byte[] value, CodeBook book)
    {
        string text = Encoding.UTF8.GetString(value.Length > 200 ? value.AsSpan(0, 200) : value);
        StringBuilder kept = new(text.Length);
        int digits = 0;
        foreach (char character in text)
        {
            if (char.IsLetterOrDigit(character))
            {
                kept.Append(char.ToLowerInvariant(character));
                digits += char.IsAsciiDigit(character) ? 1 : 0;
            }
        }

        // A number without its fraction of zeros, a telephone number without its country.
        if (digits == kept.Length)
        {
            int point = text.LastIndexOfAny(['.', ',']);
            if (point > 0 && text.AsSpan(point + 1).TrimStart('0').IsEmpty)
            {
                kept.Length -= text.Length - point - 1;
            }

            if (kept.Length > PhoneDigits)
            {
                kept.Remove(0, kept.Length - PhoneDigits);
            }
        }

        return kept.Length == 0 ? 0 : book.CodeOf(Encoding.UTF8.GetBytes(kept.ToString()));
    }
}
