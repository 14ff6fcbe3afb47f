using System.Text;
using Recon.Cli.Hosting;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>What <c>recon check</c> found: on a terminal by pipeline, wrapped between words; else a finding on a line.</summary>
internal static class FindingsText
{
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
            foreach (Finding finding in pipeline)
            {
                text.Append(TextWrap.Wrap(finding.ToString(), columns)).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
