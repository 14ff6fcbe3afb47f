using Recon.Dataflow.Definition;
using Recon.Postgres.Faults;
using Recon.Postgres.Queries.Review;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Web;

namespace Recon.Review.Records;

/// <summary>The records of a pipeline in pages, narrowed by facets and a text.</summary>
internal static class RecordsPage
{
    private const int PageSize = 25;
    private const int Characters = 80;

    // What takes longer is fetched after the list is shown.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    public static Web.ReviewPage Page { get; } = new("Records", RecordsAddress.List, Map);

    private static void Map(ReviewRoutes routes)
    {
        routes.Get(RecordsAddress.List, ListAsync);
        routes.Get(RecordsAddress.Facets, FacetsAsync);
        routes.Get(RecordsAddress.Record, RecordPanel.ShowAsync);
        routes.Get(RecordsAddress.NextRecord, NextAsync);
        routes.PostReading(RecordsAddress.Reveal, RecordPanel.RevealAsync);
    }

    private static async Task<PageAnswer> ListAsync(PageRequest request)
    {
        if (PipelineOf(request) is not { } pipeline)
        {
            return PageAnswer.Refused(404, "There is no such pipeline on this page.");
        }

        ReviewReader reader = request.Settings.ReaderOf(pipeline);
        var filter = ReviewFilter.Parse(request.QueryText);
        string? after = request.Query(RecordsAddress.After);
        Html body;
        try
        {
            // Counts of a filter are kept; those of a text are not, and are asked for once, by who still waits for them.
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(request.Stop);
            Task<FacetCounts>? counting = filter.Text is null ? reader.FacetsAsync(filter, leaving.Token) : null;
            Postgres.Queries.Review.ReviewPage page = await reader.PageAsync(filter, after, PageSize, request.Stop);
            bool isCounted = counting is not null && counting == await Task.WhenAny(counting, Task.Delay(s_patience, request.Settings.Clock, request.Stop));
            if (!isCounted)
            {
                // The part that takes its place asks again, before counting ends for want of somebody who waits.
                await leaving.CancelAsync();
            }

            Html facets = isCounted ? FacetList.Of(pipeline.Name, filter, await counting!) : FacetList.Later(pipeline.Name, filter);
            Html records = RecordList.Of(pipeline.Name, filter, after, page, new ValueShow(request.Settings.IsMasked, Characters));
            body = Html.Of($"""
                <div id="browse">{Search(pipeline.Name, filter)}<div class="browse"><details class="facets"><summary>Filters</summary>{facets}</details>{records}</div></div>
                """);
        }
        catch (Postgres.Staging.StagingException exception)
        {
            body = Html.Of($"""<div id="browse"><p class="calm">{exception.Message}</p></div>""");
        }
        catch (Npgsql.NpgsqlException exception) when (PostgresFaults.IsEnded(exception))
        {
            body = Html.Of($"""
                <div id="browse">{Search(pipeline.Name, filter)}<p class="alert">{request.Settings.GivenUp} An id is found at once; a text is looked for in every record, and in fewer with a filter.</p></div>
                """);
        }

        return request.IsFragment ? PageAnswer.Fragment(body)
            : request.Page($"Records of {pipeline.Name}", Html.Of($"""
                <h1 class="unseen">Records of {pipeline.Name}</h1>{PipelineTabs.Of(request.Settings.Pipelines, pipeline, each => RecordsAddress.OfList(each.Name, ReviewFilter.All))}{body}
                """));
    }

    private static async Task<PageAnswer> FacetsAsync(PageRequest request)
    {
        if (PipelineOf(request) is not { } pipeline)
        {
            return PageAnswer.Refused(404, "There is no such pipeline on this page.");
        }

        var filter = ReviewFilter.Parse(request.QueryText);
        try
        {
            return PageAnswer.Fragment(FacetList.Of(pipeline.Name, filter, await request.Settings.ReaderOf(pipeline).FacetsAsync(filter, request.Stop)));
        }
        catch (Npgsql.NpgsqlException exception) when (PostgresFaults.IsEnded(exception))
        {
            return PageAnswer.Fragment(Html.Of($"""<div id="facets"><p class="note">Not counted. {request.Settings.GivenUp} The list is whole without it.</p></div>"""));
        }
    }

    // The one after a record in its list, so that a list can be gone through.
    private static async Task<PageAnswer> NextAsync(PageRequest request)
    {
        if (PipelineOf(request) is not { } pipeline || request.Query(RecordsAddress.Id) is not { } id)
        {
            return PageAnswer.Refused(404, "There is no such record on this page.");
        }

        var filter = ReviewFilter.Parse(request.QueryText);
        Postgres.Queries.Review.ReviewPage page = await request.Settings.ReaderOf(pipeline).PageAsync(filter, id, 1, request.Stop);
        return PageAnswer.SeeOther(page.Rows is [{ LegacyId: { } next }] ? RecordsAddress.OfRecord(pipeline.Name, next, filter) : RecordsAddress.OfList(pipeline.Name, filter, id));
    }

    private static ValidPipeline? PipelineOf(PageRequest request)
        => request.Query(RecordsAddress.Pipeline) is { } name ? request.Pipeline(name) : request.Settings.Pipelines[0];

    private static Html Search(string pipeline, ReviewFilter filter) => Html.Of($"""
        <form class="search" role="search" action="{RecordsAddress.List}" method="get"><input type="hidden" name="{RecordsAddress.Pipeline}" value="{pipeline}">{Enum.GetValues<ReviewFacet>().Where(facet => filter[facet] is not null).Select(facet => Html.Of($"""<input type="hidden" name="{ReviewFilter.KeyOf(facet)}" value="{filter[facet]}">"""))}
        <label for="q">Find an id or a text</label><input id="q" name="q" type="search" value="{filter.Text}" data-key="/" autocomplete="off" dir="auto"> <button>Find</button> <span class="what keys">keys: / to find, ↑ ↓ to move, → next page</span></form>
        """);
}
