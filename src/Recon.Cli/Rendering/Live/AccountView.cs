using Recon.Cli.Hosting;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Rendering.Live;

/// <summary>The row account as a bar, and what its parts are.</summary>
internal static class AccountView
{
    private const int MostCells = 60;

    public static IEnumerable<InkLine> Draw(RowAccount account, int width)
    {
        (string Name, char Glyph, Ink Ink, long Count)[] parts =
        [
            ("matched", '█', Ink.Good, account.Matched),
            ("unmatched", '▓', Ink.Plain, account.Unmatched),
            ("ambiguous", '▒', Ink.Waiting, account.Ambiguous),
            ("conflict", '!', Ink.Alarm, account.Conflict),
            ("folded", '=', Ink.Faint, account.Folded),
            ("filtered", '-', Ink.Faint, account.Filtered),
            ("rejected", 'x', Ink.Alarm, account.Rejected),
        ];
        parts = [.. parts.Where(part => part.Count > 0)];
        if (parts.Length == 0)
        {
            return [];
        }

        long[] cells = Bars.Share([.. parts.Select(part => part.Count)], Math.Min(MostCells, width - 2));
        InkLine bar = InkLine.Of("  ");
        foreach (((_, char glyph, Ink ink, _), long count) in parts.Zip(cells))
        {
            bar.Add(new string(glyph, (int)count), ink);
        }

        return
        [
            bar,
            .. LiveView.Wrap(parts.Select(part => InkLine.Of($"{part.Glyph}", part.Ink).Add($" {Show.Count(part.Count)} {part.Name}")), width),
        ];
    }
}

/// <summary>Cells of a bar.</summary>
internal static class Bars
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>Gives each part its share of the cells: all of them, and one at least to what is not nothing.</summary>
    public static long[] Share(IReadOnlyList<double> parts, int cells)
    {
        double sum = parts.Sum();
        if (sum <= 0)
        {
            return new long[parts.Count];
        }

        long[] share = [.. parts.Select(part => part > 0 ? Math.Max(1, (long)(cells * part / sum)) : 0)];
        int largest = parts.Index().MaxBy(part => part.Item).Index;
        share[largest] = Math.Max(1, share[largest] + cells - share.Sum());
        return share;
    }

    public static long[] Share(IReadOnlyList<long> parts, int cells) => Share([.. parts.Select(part => (double)part)], cells);

    /// <summary>A value as a character for each moment: empty to full.</summary>
    public static string Sparkline(IEnumerable<long> values, int most)
        => string.Concat(values.Select(value => value <= 0 ? ' ' : Levels[(int)Math.Clamp(value * Levels.Length / Math.Max(1, most), 1, Levels.Length) - 1]));
}
