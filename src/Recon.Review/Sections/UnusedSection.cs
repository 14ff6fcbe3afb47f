using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>What was not done, and why: rejected records and values, withheld differences, filters.</summary>
internal static class UnusedSection
{
    public static Html Rejects(PipelineReport report) => report.Rejects.Count + report.Filters.Count == 0 ? Html.None : Fold.Of(
        "Records not used",
        $"{Numbers.Count(report.Account.Rejected)} unusable, {Numbers.Count(report.Account.Filtered)} left out",
        Html.Of($"""<ul class="reasons">{report.Rejects.Select(Reject)}{report.Filters.Select(Filter)}</ul>"""));

    public static Html RejectedValues(PipelineReport report) => report.RejectedValues.Count == 0 ? Html.None : Fold.Of(
        "Values that could not be read",
        Numbers.Count(report.RejectedValues.Sum(values => values.Values), "value"),
        Html.Of($"""<p class="note">These records are compared without these values: HubSpot keeps what it has.</p><ul class="reasons">{report.RejectedValues.Select(Values)}</ul>"""),
        isOpen: true);

    public static Html Withheld(PipelineReport report) => report.Withheld.Count == 0 ? Html.None : Fold.Of(
        "Differences that a rule withholds",
        Numbers.Count(report.Withheld.Sum(withheld => withheld.Values), "value"),
        Html.Of($"""<ul class="reasons">{report.Withheld.Select(Difference)}</ul>"""));

    private static Html Reject(RejectFacts like) => Html.Of($"""
        <li><p><b class="n">{Numbers.Count(like.Records)}</b> {ValueView.Code(like.Reason)}{(like.Column is null ? Html.None : Html.Of($""" in {ValueView.Code(like.Column)}"""))} <span class="what">{like.Message}</span></p>
        {(like.Samples.Count == 0 ? Html.None : Html.Of($"""<ul class="samples">{like.Samples.Select(Sample)}</ul>"""))}</li>
        """);

    private static Html Sample(RejectSampleFacts sample) => Html.Of($"""
        <li><span class="where">{(sample.File is null ? "" : $"{sample.File}, ")}line {Numbers.Count(sample.Line)}</span> <span class="raw">{ValueView.Of(sample.Raw)}</span></li>
        """);

    private static Html Filter(FilterFacts filter) => Html.Of($"""
        <li><p><b class="n">{Numbers.Count(filter.Records)}</b> left out by the filter {ValueView.Code(filter.Filter)}</p></li>
        """);

    private static Html Values(RejectedValueFacts values) => Html.Of($"""
        <li><p><b class="n">{Numbers.Count(values.Values)}</b>{(values.All > 0 ? $" of {Numbers.Count(values.All)}" : "")} of {ValueView.Code(values.Property)} {ValueView.Code(values.Reason)} <span class="what">{values.Meaning} (from {values.Column})</span></p>
        {Samples(values)}{values.Advice.Select(advice => Html.Of($"""<p class="advice">{advice}</p>"""))}{Paste(values)}</li>
        """);

    private static Html Samples(RejectedValueFacts values) => values.Samples.Count == 0 ? Html.None : Html.Of($"""
        <ul class="samples values">{values.Samples.Select(Sample)}{(values.Others == 0 ? Html.None : Html.Of($"""<li><span class="what">others</span><span class="n">{Numbers.Count(values.Others)}</span></li>"""))}</ul>
        """);

    private static Html Sample(ValueSampleFacts sample) => Html.Of($"""
        <li><span>{ValueView.Of(sample.Value)}{(sample.Nearest is null ? Html.None : Html.Of($""" <span class="what">nearest: {sample.Nearest} → {sample.Option}</span>"""))}</span><span class="n">{Numbers.Count(sample.Count)}</span></li>
        """);

    private static Html Paste(RejectedValueFacts values) => values.Paste.Count == 0 ? Html.None : Html.Of($"""
        <p class="what">To paste into {values.PasteInto}:</p><pre tabindex="0">{values.Paste.Select((line, index) => Html.Of($"""{(index == 0 ? Html.None : Html.Of($"\n"))}{line}"""))}</pre>
        """);

    private static Html Difference(WithheldFacts withheld) => Html.Of($"""
        <li><p><b class="n">{Numbers.Count(withheld.Values)}</b> of {ValueView.Code(withheld.Property)} {ValueView.Code(withheld.Rule)} <span class="what">{withheld.Meaning}</span></p>
        {(withheld.Samples.Count == 0 ? Html.None : Html.Of($"""<ul class="samples">{withheld.Samples.Select(sample => Html.Of($"""<li><span class="pair">{ValueView.Kept(sample.From, sample.To)} {ValueView.Ids(sample.LegacyIds)}</span></li>"""))}</ul>"""))}</li>
        """);
}
