using System.Globalization;
using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>What all runs together would do: a sentence, a picture, and the numbers by pipeline.</summary>
internal static class OverviewSection
{
    /// <summary>The name by which links lead to a pipeline's section.</summary>
    public static string Anchor(int pipeline) => string.Create(CultureInfo.InvariantCulture, $"pipeline-{pipeline + 1}");

    public static Html Of(ReportDocument report) => Html.Of($"""
        <section class="overview"><p class="sentence">{Emphasised(report.Sentence)}</p>
        {(report.Account.Read == 0 ? Html.None : FlowPicture.Of([.. report.Pipelines.Where(each => each.WithoutResult is null).Select(each => (each.Pipeline, each.Account))], report.Sentence))}
        {(report.Pipelines.Count == 0 ? Html.None : Table(report))}
        {WithoutResult(report.Pipelines)}{WithoutRun(report.WithoutRun)}</section>
        """);

    /// <summary>A sentence whose numbers stand out.</summary>
    public static Html Emphasised(string sentence)
    {
        List<Html> parts = [];
        for (int at = 0; at < sentence.Length;)
        {
            bool isNumber = char.IsAsciiDigit(sentence[at]);
            int end = at + 1;
            while (end < sentence.Length && (isNumber
                ? char.IsAsciiDigit(sentence[end]) || (sentence[end] == ',' && end + 1 < sentence.Length && char.IsAsciiDigit(sentence[end + 1]))
                : !char.IsAsciiDigit(sentence[end])))
            {
                end++;
            }

            parts.Add(isNumber ? Html.Of($"""<b>{sentence[at..end]}</b>""") : Html.Of($"{sentence[at..end]}"));
            at = end;
        }

        return Html.Join(parts);
    }

    private static Html Table(ReportDocument report) => Html.Of($"""
        <table class="grid"><caption class="unseen">What becomes of the records of each pipeline</caption>
        <thead><tr><th scope="col">pipeline</th><th scope="col" class="n">records</th>{Outcome.Of(report.Account).Select(outcome => Html.Of($"""<th scope="col" class="n"><span class="key c-{outcome.Key}"></span>{outcome.Label}</th>"""))}</tr></thead>
        <tbody>{report.Pipelines.Select(Row)}</tbody>{Total(report)}</table>
        """);

    private static Html Row(PipelineReport pipeline, int index) => pipeline.WithoutResult is { } why
        ? Html.Of($"""
            <tr><th scope="row"><a href="#{Anchor(index)}">{pipeline.Pipeline}</a></th><td class="none" colspan="8">no result: {why}</td></tr>
            """)
        : Html.Of($"""
            <tr><th scope="row"><a href="#{Anchor(index)}">{pipeline.Pipeline}</a></th>{Cells(pipeline.Account)}</tr>
            """);

    private static Html Total(ReportDocument report) => report.Pipelines.Count(each => each.WithoutResult is null) < 2 ? Html.None
        : Html.Of($"""<tfoot><tr><th scope="row">all</th>{Cells(report.Account)}</tr></tfoot>""");

    private static Html Cells(Account account)
        => Html.Of($"""<td class="n" data-label="records">{Numbers.Count(account.Read)}</td>{Outcome.Of(account).Select(Cell)}""");

    private static Html Cell(Outcome outcome)
        => Html.Of($"""<td class="n{(outcome.Records == 0 ? " zero" : "")}" data-label="{outcome.Label}"><span class="key small c-{outcome.Key}"></span>{Numbers.Count(outcome.Records)}</td>""");

    private static Html WithoutResult(IReadOnlyList<PipelineReport> pipelines) => Sentences.WithoutResult(pipelines) is not { } sentence ? Html.None
        : Html.Of($"""<p class="note">{sentence}</p>""");

    private static Html WithoutRun(IReadOnlyList<string> names) => names.Count == 0 ? Html.None
        : Html.Of($"""<p class="note">Not run yet: {string.Join(", ", names)}.</p>""");
}
