using System.Globalization;
using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>The statuses of staged records, and the rules that decided.</summary>
internal static class StatusSection
{
    public static Html Of(PipelineReport report)
    {
        if (report.Statuses.Count == 0)
        {
            return Html.Of($"""<section><h3>Statuses</h3><p class="none">No record is staged.</p></section>""");
        }

        long all = report.Statuses.Sum(status => status.Records);
        return Html.Of($"""
            <section><h3>Statuses</h3><table class="grid rows">
            <thead><tr><th scope="col">status</th><th scope="col" class="n">records</th><th scope="col" class="n">with changes</th><th scope="col">found by, confidence</th><th scope="col" class="wide"><span class="unseen">share</span></th></tr></thead>
            <tbody>{report.Statuses.Select(status => Row(status, all))}</tbody></table></section>
            """);
    }

    private static Html Row(StatusFacts status, long all) => Html.Of($"""
        <tr><th scope="row">{status.Status}<span class="what">{status.Meaning}</span></th><td class="n" data-label="records">{Numbers.Count(status.Records)}</td><td class="n{(status.WithChanges == 0 ? " zero" : "")}" data-label="with changes">{Numbers.Count(status.WithChanges)}</td><td data-label="found by"{(status.Rule is null ? Html.Of($""" class="zero" """) : Html.None)}>{Rule(status)}</td><td class="wide">{Bar(status, all)}</td></tr>
        """);

    private static Html Rule(StatusFacts status) => status.Rule is null ? Html.None
        : Html.Of($"""{ValueView.Code(status.Rule)}{(status.Confidence is { } confidence ? Html.Of($""" <span class="what">{string.Create(CultureInfo.InvariantCulture, $"{confidence:0.##}")} %</span>""") : Html.None)}""");

    private static Html Bar(StatusFacts status, long all) => StackedBar.Of(
        $"{Numbers.Count(status.Records)} records",
        status.Status switch
        {
            "matched" => [("change", status.WithChanges), ("equal", status.Records - status.WithChanges)],
            "unmatched" => [("missing", status.Records)],
            _ => [("decide", status.Records)],
        },
        all);
}
