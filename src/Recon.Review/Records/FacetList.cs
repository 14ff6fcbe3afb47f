using Recon.Postgres.Queries.Review;
using Recon.Review.Markup;

namespace Recon.Review.Records;

/// <summary>The facets of a list: each value is a link that adds it to the address, or takes it away.</summary>
internal static class FacetList
{
    private const int Shown = 8;

    /// <summary>The place of the facets, which fetches them.</summary>
    public static Html Later(string pipeline, ReviewFilter filter)
    {
        string address = RecordsAddress.OfList(pipeline, filter, path: RecordsAddress.Facets);
        return Html.Of($"""<div id="facets" hx-get="{address}" hx-trigger="load" hx-swap="outerHTML"><p class="calm">Counting …</p></div>""");
    }

    public static Html Of(string pipeline, ReviewFilter filter, FacetCounts counts) => Html.Of($"""
        <div id="facets"><p class="count" data-say="{Count(counts)}"><b>{Count(counts)}</b></p>{counts.Facets.Select(facet => Facet(pipeline, filter, facet))}{Withheld(counts)}
        <p class="what">Counted {counts.CountedAt.UtcDateTime.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC.</p></div>
        """);

    private static string Count(FacetCounts counts) => counts.IsCapped ? $"More than {Numbers.Count(ReviewReader.MostFound)} records found"
        : counts.Records == counts.All ? Numbers.Count(counts.All, "record")
        : $"{Numbers.Count(counts.Records)} of {Numbers.Count(counts.All, "record")}";

    private static Html Facet(string pipeline, ReviewFilter filter, FacetValues facet)
    {
        FacetValue[] first = [.. facet.Values.Where((value, index) => index < Shown || value.IsChosen)];
        FacetValue[] more = [.. facet.Values.Except(first)];
        return Html.Of($"""
            <section class="facet"><h2>{FacetWords.Of(facet.Facet)}</h2><ul>{first.Select(value => Value(pipeline, filter, facet.Facet, value))}</ul>{(more.Length == 0 ? Html.None : Html.Of($"""<details><summary>{Numbers.Count(more.Length)} more</summary><ul>{more.Select(value => Value(pipeline, filter, facet.Facet, value))}</ul></details>"""))}</section>
            """);
    }

    private static Html Value(string pipeline, ReviewFilter filter, ReviewFacet facet, FacetValue value)
    {
        string address = RecordsAddress.OfList(pipeline, filter.With(facet, value.IsChosen ? null : value.Value));
        string name = $"facet-{Digest.Of($"{facet} {value.Value}")}";
        return Html.Of($"""
            <li><a id="{name}" href="{address}" hx-get="{address}" hx-target="#browse" hx-swap="outerHTML" hx-push-url="true"{(value.IsChosen ? Html.Of($""" aria-current="true" """) : Html.None)}>{Key(facet, value.Value)}<span>{FacetWords.Of(facet, value.Value)}{Meaning(facet, value.Value)}</span> <span class="n">{Numbers.Count(value.Records)}</span></a></li>
            """);
    }

    private static Html Key(ReviewFacet facet, string value) => facet == ReviewFacet.Status
        ? Html.Of($"""<span class="key c-{FacetWords.Colour(value, hasChanges: true)}"></span>""") : Html.None;

    private static Html Meaning(ReviewFacet facet, string value) => FacetWords.Meaning(facet, value) is { } meaning
        ? Html.Of($""" <span class="what">{meaning}</span>""") : Html.None;

    private static Html Withheld(FacetCounts counts) => counts.Withheld.Count == 0 ? Html.None : Html.Of($"""
        <section class="facet"><h2>Withheld by a rule</h2><p class="what">As the run counted them; records do not say so.</p><ul class="plain">{counts.Withheld.Select(each => Html.Of($"""<li><span>{each.Key}</span> <span class="n">{Numbers.Count(each.Value)}</span></li>"""))}</ul></section>
        """);
}
