using System.Globalization;
using Recon.Postgres.Queries.Review;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Sections;

namespace Recon.Review.Records;

/// <summary>A page of records.</summary>
internal static class RecordList
{
    private const int Changes = 3;
    private const int Names = 3;

    public static Html Of(string pipeline, ReviewFilter filter, string? after, Postgres.Queries.Review.ReviewPage page, ValueShow show) => Html.Of($"""
        <section id="records" aria-label="Records">{Chosen(pipeline, filter)}{(page.NotListed is { } why ? Html.Of($"""<p class="note">{why}</p>""") : page.Rows.Count == 0 ? Html.Of($"""<p class="calm">No record{(filter == ReviewFilter.All && after is null ? " is staged" : after is null ? " is like that" : " follows")}.</p>""") : Html.None)}
        <ol class="records">{page.Rows.Select(row => Row(pipeline, filter, row, show))}</ol>{Pages(pipeline, filter, after, page.Next)}</section>
        """);

    // What the list is narrowed by, and the way back from each of it.
    private static Html Chosen(string pipeline, ReviewFilter filter)
    {
        List<Html> chips =
        [
            .. Enum.GetValues<ReviewFacet>().Where(facet => filter[facet] is not null)
                .Select(facet => Chip(pipeline, $"{FacetWords.Of(facet).ToLowerInvariant()}: {FacetWords.Of(facet, filter[facet]!)}", filter.With(facet, null))),
        ];
        if (filter.Text is { } text)
        {
            chips.Add(Chip(pipeline, $"found: {Cut(text)}", filter with { Text = null }));
        }

        return chips.Count == 0 ? Html.None
            : Html.Of($"""<p class="chips">{chips}{(chips.Count > 1 ? Link(RecordsAddress.OfList(pipeline, ReviewFilter.All), Html.Of($"all records")) : Html.None)}</p>""");
    }

    private static Html Chip(string pipeline, string words, ReviewFilter without)
        => Link(RecordsAddress.OfList(pipeline, without), Html.Of($"""<bdi>{words}</bdi> <span aria-hidden="true">×</span><span class="unseen">, take away</span>"""), "chip");

    private static Html Link(string address, Html content, string kind = "")
        => Html.Of($"""<a class="{kind}" href="{address}" hx-get="{address}" hx-target="#browse" hx-swap="outerHTML" hx-push-url="true">{content}</a> """);

    private static Html Row(string pipeline, ReviewFilter filter, ReviewRow row, ValueShow show)
    {
        Html status = Html.Of($"""<span class="status"><span class="key c-{FacetWords.Colour(row.Status, row.Changes.Count > 0)}"></span>{row.Status}{(row.IsDecided ? ", decided" : "")}</span>""");
        if (row.Reject is { } reject)
        {
            return Html.Of($"""<li><div class="head">{status}<span class="what">{row.SourceFile} line {Numbers.Count(row.SourceLine ?? 0)}</span></div><p class="note">{reject.Message}</p><p class="raw">{ValueView.Of(show.Of(reject.Raw, reject.Raw.Length))}</p></li>""");
        }

        string address = RecordsAddress.OfRecord(pipeline, row.LegacyId!, filter);
        return Html.Of($"""
            <li><div class="head"><a data-item href="{address}"><bdi>{row.LegacyId}</bdi></a>{status}<span class="named">{Named(row, show)}</span></div>{Told(row, show)}</li>
            """);
    }

    // Its ids are told elsewhere.
    private static Html Named(ReviewRow row, ValueShow show)
    {
        string[] values = [.. row.Columns.Where(column => column.Value is { Length: > 0 } && !column.Key.EndsWith("_id", StringComparison.Ordinal)).Select(column => column.Value!).Distinct(StringComparer.Ordinal).Take(Names)];
        return Html.Join(values.Select((value, index) => Html.Of($"""{(index == 0 ? "" : " · ")}{ValueView.Of(show.Of(value, value.Length))}""")));
    }

    private static Html Told(ReviewRow row, ValueShow show)
    {
        if (row.Changes.Count == 0)
        {
            return row.Notes is { Length: > 0 } notes ? Html.Of($"""<p class="what"><bdi>{Cut(notes)}</bdi></p>""") : Html.None;
        }

        int others = row.Changes.Count - Changes;
        return Html.Of($"""
            <ul class="changing">{row.Changes.Take(Changes).Select(change => Html.Of($"""<li><span class="what">{change.Property}</span> {ValueView.Change(show.Of(change.Old), show.Of(change.New))}</li>"""))}{(others > 0 ? Html.Of($"""<li class="what">{Numbers.Count(others, "more change")}</li>""") : Html.None)}</ul>
            """);
    }

    private static Html Pages(string pipeline, ReviewFilter filter, string? after, string? next) => after is null && next is null ? Html.None : Html.Of($"""
        <nav class="pages" aria-label="Pages of the list">{(after is null ? Html.None : Html.Of($"""<a href="{RecordsAddress.OfList(pipeline, filter)}" data-key="ArrowLeft">First page</a>"""))}{(next is null ? Html.None : Html.Of($"""<a href="{RecordsAddress.OfList(pipeline, filter, next)}" data-key="ArrowRight">Next page</a>"""))}</nav>
        """);

    private static string Cut(string text) => text.Length <= 200 ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..199]}…");
}
