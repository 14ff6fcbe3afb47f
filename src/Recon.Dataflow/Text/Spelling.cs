namespace Recon.Dataflow.Text;

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
                .Select(other => (other, distance: EditDistance.Of(name, other)))
                .Where(pair => pair.distance <= most)
                .OrderBy(pair => pair.distance)
                .ThenBy(pair => pair.other, StringComparer.Ordinal)
                .Take(3)
                .Select(pair => pair.other),
        ];
    }
}
