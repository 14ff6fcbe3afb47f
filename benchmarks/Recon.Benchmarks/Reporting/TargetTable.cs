using System.Globalization;
using System.Text;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.Reporting;

/// <summary>The targets with what was measured, as Markdown: a column for each build of the tool.</summary>
/// <param name="results">The newest result of each command.</param>
internal sealed class TargetTable(NewestResults results)
{
    /// <summary>Writes it.</summary>
    public string Write()
    {
        ILookup<string, TargetResult> judged = results.All.SelectMany(TargetResult.Of).ToLookup(result => result.Measure, StringComparer.Ordinal);
        string[] builds = [.. judged.SelectMany(results => results).Select(result => result.Executable).Distinct(StringComparer.Ordinal)];
        var text = new StringBuilder("| measure | at most |").AppendJoin("", builds.Select(build => $" {build} |")).Append("\n|---|---|");
        text.AppendJoin("", builds.Select(_ => "---|")).Append('\n');
        foreach (Target target in Target.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {target.Measure} | {Text(target, target.Most)} |");
            foreach (string build in builds)
            {
                text.Append(judged[target.Measure].FirstOrDefault(result => result.Executable == build) is { } found
                    ? $" {Text(target, found.Measured)} {(found.Measured <= target.Most ? "pass" : "**miss**")} |"
                    : " |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Text(Target target, double value) => new TargetResult("", "", value, target.Most, target.Unit).Text(value);
}
