using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>What differs from the run before.</summary>
internal static class ComparisonSection
{
    public static Html Of(PipelineReport report)
    {
        if (report.Comparison is not { } comparison)
        {
            return Html.None;
        }

        DifferenceFacts[] numbers = [.. comparison.Numbers.Where(number => number.Before != number.Now)];
        return Fold.Of("Compared with the run before", numbers.Length == 0 && comparison.Properties.Count == 0 ? "the same numbers" : "", isOpen: true, content: Html.Of($"""
            <p class="note">The one of <time>{comparison.Started.Replace('T', ' ').TrimEnd('Z')} UTC</time>, <span class="id">{comparison.RunId}</span>.{(numbers.Length == 0 && comparison.Properties.Count == 0 ? " All numbers are the same." : "")}</p>
            {(numbers.Length == 0 ? Html.None : Table("records", numbers))}{(comparison.Properties.Count == 0 ? Html.None : Table("changes of a property", comparison.Properties))}{Statuses(comparison.Statuses)}
            """));
    }

    private static Html Table(string what, IEnumerable<DifferenceFacts> numbers) => Html.Of($"""
        <table class="grid rows slim"><thead><tr><th scope="col">{what}</th><th scope="col" class="n">before</th><th scope="col" class="n">now</th><th scope="col" class="n">difference</th></tr></thead>
        <tbody>{numbers.Select(number => Html.Of($"""<tr><th scope="row">{number.What}</th><td class="n" data-label="before">{Numbers.Count(number.Before)}</td><td class="n" data-label="now">{Numbers.Count(number.Now)}</td><td class="n" data-label="difference">{Numbers.Difference(number.Now - number.Before)}</td></tr>"""))}</tbody></table>
        """);

    private static Html Statuses(IReadOnlyList<StatusChangeFacts>? changes) => changes switch
    {
        null => Html.Of($"""<p class="note">Which records changed their status is not recorded: these are the numbers of both runs.</p>"""),
        [] => Html.Of($"""<p class="note">No record changed its status.</p>"""),
        _ => Html.Of($"""
            <ul class="reasons">{changes.Select(change => Html.Of($"""<li><p><b class="n">{Numbers.Count(change.Records)}</b> {change.From ?? "not there"} → {change.To ?? "gone"} <span class="what">{change.Why}</span> {ValueView.Ids(change.LegacyIds)}</p></li>"""))}</ul>
            """),
    };
}
