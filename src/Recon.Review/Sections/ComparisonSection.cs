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
            {(numbers.Length == 0 ? Html.None : Table("records", numbers))}{(comparison.Properties.Count == 0 ? Html.None : Table("changes of a property", comparison.Properties))}{Records(comparison)}
            """));
    }

    private static Html Table(string what, IEnumerable<DifferenceFacts> numbers) => Html.Of($"""
        <table class="grid rows slim"><thead><tr><th scope="col">{what}</th><th scope="col" class="n">before</th><th scope="col" class="n">now</th><th scope="col" class="n">difference</th></tr></thead>
        <tbody>{numbers.Select(number => Html.Of($"""<tr><th scope="row">{number.What}</th><td class="n" data-label="before">{Numbers.Count(number.Before)}</td><td class="n" data-label="now">{Numbers.Count(number.Now)}</td><td class="n" data-label="difference">{Numbers.Difference(number.Now - number.Before)}</td></tr>"""))}</tbody></table>
        """);

    private static Html Records(ComparisonFacts comparison) => comparison.Records switch
    {
        null => Html.Of($"""<p class="note">Which records differ is not known. {comparison.NotCompared}</p>"""),
        { Records: 0 } => Html.Of($"""<p class="note">No record has another outcome.</p>"""),
        var records => Html.Of($"""
            <p class="note">{Numbers.Count(records.Records, "record")} {(records.Records == 1 ? "has" : "have")} another outcome than before ('recon diff' tells more), because:</p>
            <ul class="reasons">{records.Causes.Select(cause => Line(cause.Records, Html.Of($"{cause.Meaning}"), cause.LegacyIds))}</ul>
            {(records.Statuses.Count == 0 ? Html.None : Html.Of($"""<p class="note">Of them have another status:</p><ul class="reasons">{records.Statuses.Select(change => Line(change.Records, Html.Of($"""{Sentences.Change(change)}<span class="what">: {Sentences.Why(change)}</span>"""), change.LegacyIds))}</ul>"""))}
            """),
    };

    private static Html Line(long records, Html what, IReadOnlyList<string> ids)
        => Html.Of($"""<li><p><b class="n">{Numbers.Count(records)}</b> {what} {ValueView.Ids(ids)}</p></li>""");
}
