namespace Recon.Dataflow.Extract;

/// <summary>Finds what somebody may have meant.</summary>
internal static class Spelling
{
    /// <summary>The names nearest to a given one, at most three; none when nothing is near.</summary>
    public static string[] Nearest(string name, IEnumerable<string> among)
    {
        int most = Math.Max(2, name.Length / 3);
        return
        [
            .. among.Where(other => other.Length > 0)
                .Select(other => (other, distance: Distance(name.ToLowerInvariant(), other.ToLowerInvariant())))
                .Where(pair => pair.distance <= most)
                .OrderBy(pair => pair.distance)
                .ThenBy(pair => pair.other, StringComparer.Ordinal)
                .Take(3)
                .Select(pair => pair.other),
        ];
    }

    /// <summary>Letters to insert, drop or replace.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
