using System.Text;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>Findings as workflow commands of GitHub Actions, which annotate the definition in a pull request: what passed is left out.</summary>
internal static class GithubText
{
    public static string Draw(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (Finding finding in findings.Where(finding => finding.Severity != FindingSeverity.Ok))
        {
            string title = finding.Pipeline.Length == 0 ? finding.Subject : $"{finding.Pipeline}: {finding.Subject}";
            text.Append(finding.Severity == FindingSeverity.Error ? "::error " : "::warning ")
                .Append($"file={Property(finding.File)},line={finding.At.Line},col={finding.At.Column},title={Property(title)}")
                .Append("::").Append(Data(finding.Sentence)).Append('\n');
        }

        return text.ToString();
    }

    // As @actions/core does it.
    private static string Data(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text)
        .Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
