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
               from alike in report.Warnings.GroupBy(warning => (warning.Kind, About: warning.About.Length == 0 ? warning.Text : ""))
               orderby alike.Key.Kind
               select ($"{report.Pipeline}: {Text([.. alike.OrderByDescending(warning => warning.Count)])}", alike.Count()),
        ];
        List<string> lines = [];
        for (int index = 0; index < told.Length; index++)
        {
            string[] next = (width is { } columns ? TextWrap.Wrap(told[index].Text, columns) : told[index].Text).Split('\n');
            bool isLast = index == told.Length - 1;
            if (index > 0 && lines.Count + next.Length > MostLines - (isLast ? 0 : 1))
            {
                int left = told[index..].Sum(each => each.Count);
                lines.Add($"and {Show.Count(left, "more warning")}: {(reports.Any(report => report.IsDryRun) ? "--json has" : "'recon stats --warnings' lists")} all");
                break;
            }

            lines.AddRange(next);
        }

        return lines;
    }

    private static string Text(RunWarning[] alike) => alike.Length == 1 ? alike[0].Text
        : $"{alike[0].Text} So {(alike.Length == 2 ? "is 1 more column" : $"are {Show.Count(alike.Length - 1)} more columns")}: "
            + string.Join(", ", alike[1..].Select(warning => $"{warning.About} ({Show.Count(warning.Count)})")) + ".";
}
