using Recon.Cli.Hosting;
using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>The warnings of runs in a few lines: the most important first, those that say one thing of several columns as one.</summary>
internal static class WarningsText
{
    private const int MostLines = 10;

    /// <param name="width">Columns of the terminal; <see langword="null"/> for a warning on a line.</param>
    /// <returns>At most ten lines, without line feeds; the last counts what had no room.</returns>
    public static IReadOnlyList<string> Lines(IReadOnlyList<RunReport> reports, int? width)
    {
        (string Text, int Count)[] told =
        [
            .. from report in reports
               from warning in report.Warnings
               let one = (report.Pipeline, Warning: warning)
               group one by (warning.Kind, Alone: warning.About.Length == 0 ? $"{report.Pipeline} {warning.Text}" : "") into alike
               orderby alike.Key.Kind
               select (Text([.. alike.OrderByDescending(one => one.Warning.Count)]), alike.Count()),
        ];
        List<string> lines = [];
        for (int index = 0; index < told.Length; index++)
        {
            string[] next = TextWrap.ToTerminal(told[index].Text, width).Split('\n');
            bool isLast = index == told.Length - 1;
            if (index > 0 && lines.Count + next.Length > MostLines - (isLast ? 0 : 1))
            {
                int left = told[index..].Sum(each => each.Count);
                string where = reports.Any(report => report.IsDryRun) ? "--json has" : "'recon stats --warnings' lists";
                lines.AddRange(TextWrap.ToTerminal($"and {Show.Count(left, "more warning")}: {where} all", width).Split('\n'));
                break;
            }

            lines.AddRange(next);
        }

        return lines;
    }

    private static string Text((string Pipeline, RunWarning Warning)[] alike)
    {
        (string pipeline, RunWarning first) = alike[0];
        IEnumerable<string> others = alike[1..].Select(other =>
            $"{(other.Pipeline == pipeline ? "" : $"{other.Pipeline} ")}{other.Warning.About} ({Show.Count(other.Warning.Count)})");
        return $"{pipeline}: {first.Text}{(alike.Length == 1 ? "" : $" The same in {Show.Count(alike.Length - 1, "more column")}: {string.Join(", ", others)}.")}";
    }
}
