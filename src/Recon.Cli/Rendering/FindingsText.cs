using System.Text;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>What <c>recon check</c> found: on a terminal by pipeline, each finding once, wrapped between words; else a finding on a line.</summary>
internal static class FindingsText
{
    private const string Indent = "  ";

    /// <param name="findings">Those to show.</param>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for a finding on a line, which editors and scripts read.</param>
    /// <returns>The text; each line ends in a line feed.</returns>
    public static string Draw(IEnumerable<Finding> findings, int? width)
    {
        if (width is not { } columns)
        {
            return string.Concat(findings.Select(finding => $"{finding}\n"));
        }

        StringBuilder text = new();
        foreach (IGrouping<string, Finding> pipeline in findings.GroupBy(finding => finding.Pipeline, StringComparer.Ordinal))
        {
            text.Append(pipeline.Key.Length == 0 ? "all pipelines" : pipeline.Key).Append(":\n");
            foreach (string line in pipeline.Select(finding => finding.ToString()).Distinct(StringComparer.Ordinal))
            {
                text.Append(Wrap(line, columns)).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Breaks at spaces, and indents what follows a break. A word that is longer than a line stays whole.</summary>
    private static string Wrap(string text, int width) => string.Join('\n', text.Split('\n').Select(line =>
    {
        StringBuilder wrapped = new();
        int column = 0;
        foreach (string word in line.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > width)
            {
                wrapped.Append('\n').Append(Indent).Append(word);
                column = Indent.Length + word.Length;
                continue;
            }

            wrapped.Append(column == 0 ? "" : " ").Append(word);
            column += word.Length + (column == 0 ? 0 : 1);
        }

        return wrapped.ToString();
    }));
}
