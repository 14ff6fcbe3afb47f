using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>All about one pipeline.</summary>
internal static class PipelineSection
{
    public static Html Of(PipelineReport report, int index) => Html.Of($"""
        <article id="{OverviewSection.Anchor(index)}"><header><h2>{report.Pipeline}</h2><p class="what">{report.Input} → {report.Table}{(report.Object is null ? "" : $" ({report.Object})")}, run of <time>{report.Run.Started.Replace('T', ' ').TrimEnd('Z')} UTC</time></p></header>
        {report.Notes.Select(note => Html.Of($"""<p class="alert">{note}</p>"""))}
        <p class="lead">{OverviewSection.Emphasised(report.Sentence)}</p>{Account(report)}
        {StatusSection.Of(report)}{PropertiesSection.Of(report)}{UnusedSection.RejectedValues(report)}{UnusedSection.Rejects(report)}{UnusedSection.Withheld(report)}{ParentsSection.Of(report)}{Warnings(report.Warnings)}{ComparisonSection.Of(report)}{SpeedSection.Of(report)}{SettingsSection.Of(report)}</article>
        """);

    private static Html Account(PipelineReport report) => report.Account.Read == 0 || report.WithoutResult is not null ? Html.None
        : StackedBar.Of(report.Sentence, Outcome.Of(report.Account).Select(outcome => (outcome.Key, (double)outcome.Records)));

    private static Html Warnings(IReadOnlyList<string> warnings) => warnings.Count == 0 ? Html.None : Fold.Of(
        "Warnings of the run", Numbers.Count(warnings.Count), Html.Of($"""<ul class="warnings">{warnings.Select(warning => Html.Of($"<li>{warning}</li>"))}</ul>"""));
}
