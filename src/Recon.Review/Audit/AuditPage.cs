using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Lookups;
using Recon.Postgres.Queries.Review;
using Recon.Postgres.Staging;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Records;
using Recon.Review.Sections;
using Recon.Review.Web;

namespace Recon.Review.Audit;

/// <summary>A random sample of each kind of result, judged right or wrong, and what that says of all records of the kind.</summary>
internal static class AuditPage
{
    private const string Path = "/audit";
    private const string Sample = "/audit/sample";
    private const string Say = "/audit/say";
    private const string Undo = "/audit/undo";
    private const string PipelineKey = "pipeline";
    private const string SeedKey = "seed";
    private const string State = "state";
    private const string Id = "id";
    private const string Verdict = "verdict";

    /// <summary>Records that are drawn; who judges more has seen enough.</summary>
    private const int MostDrawn = 1000;

    public static Web.ReviewPage Page { get; } = new("Sample audit", Path, Map);

    private static void Map(ReviewRoutes routes)
    {
        routes.Get(Path, StrataAsync);
        routes.Get(Sample, request => SampleAsync(request, Place.Of(request, request.QueryText, request.Query), null));
        routes.Post(Say, SayAsync);
        routes.Post(Undo, UndoAsync);
    }

    private static async Task<PageAnswer> StrataAsync(PageRequest request)
    {
        if ((request.Query(PipelineKey) is { } name ? request.Pipeline(name) : request.Settings.Pipelines[0]) is not { } pipeline)
        {
            return PageAnswer.Refused(StatusCodes.Status404NotFound, "There is no such pipeline on this page.");
        }

        Html body;
        try
        {
            ReviewReader reader = request.Settings.ReaderOf(pipeline);
            IReadOnlyList<(ReviewFilter Stratum, long Records)> strata = await reader.StrataAsync(request.Stop);
            Dictionary<string, AuditTally> tallies = await reader.PublishedAsync(request.Stop) is { } run ? await TalliesAsync(request, pipeline, Guid.Parse(run.RunId)) : [];
            body = strata.Count == 0 ? Html.Of($"""<p class="calm">Nothing is staged.</p>""") : Html.Of($"""
                <p class="lead">Records that are found in the same way and come to the same status are wrong for the same reasons. Judge some of each kind, drawn at random: the page says how many of all can be wrong at most.</p>
                <table class="audit"><thead><tr><th scope="col">status</th><th scope="col">found by</th><th scope="col">confidence</th><th scope="col">records</th><th scope="col">judged</th><th scope="col">wrong</th><th scope="col">what that says</th><th scope="col"><span class="unseen">sample</span></th></tr></thead>
                <tbody>{strata.Select((each, index) => Row(pipeline, each.Stratum, each.Records, tallies.GetValueOrDefault(each.Stratum.ToQuery()), index))}</tbody></table>
                """);
        }
        catch (StagingException exception)
        {
            body = Html.Of($"""<p class="calm">{exception.Message}</p>""");
        }

        return request.Page("Sample audit", Html.Of($"""<section id="audit"><h1>Sample audit of {pipeline.Name}</h1>{PipelineTabs.Of(request.Settings.Pipelines, pipeline, Home)}{body}</section>"""));
    }

    private static Html Row(ValidPipeline pipeline, ReviewFilter stratum, long records, AuditTally? tally, int index)
    {
        string key = index < 9 ? (index + 1).ToString(CultureInfo.InvariantCulture) : "";
        Html shown = key.Length == 0 ? Html.None : Html.Of($""" data-key="{key}" """);
        return Html.Of($"""
            <tr><th scope="row">{stratum.Status}</th><td data-label="found by">{FacetWords.Of(ReviewFacet.Rule, stratum.Rule!)}</td><td data-label="confidence">{FacetWords.Of(ReviewFacet.Confidence, stratum.Confidence!)}</td><td data-label="records">{Numbers.Count(records)}</td>
            <td data-label="judged">{Numbers.Count(tally?.All ?? 0)}</td><td data-label="wrong">{Numbers.Count(tally?.Wrong ?? 0)}</td><td data-label="says">{(tally is null ? "" : Says(tally, records))}</td><td><a href="{new Place(pipeline, stratum, 1).Address}"{shown} data-item>judge{(key.Length == 0 ? Html.None : Html.Of($" <kbd>{key}</kbd>"))}<span class="unseen"> {stratum.Status} {stratum.Rule} {stratum.Confidence}</span></a></td></tr>
            """);
    }

    /// <summary>What the judgements say of all records of the kind. Of a record that nobody can tell, it is supposed that it is wrong.</summary>
    internal static string Says(AuditTally tally, long records)
    {
        if (tally.All == 0)
        {
            return "";
        }

        long hits = tally.Wrong + tally.Unknown;
        string unknown = tally.Unknown == 0 ? "" : $" ({Numbers.Count(tally.Unknown)} that cannot be told count as wrong)";
        return tally.All >= records
            ? $"all are judged: {Numbers.Share(hits, records)} wrong{unknown}"
            : string.Create(CultureInfo.InvariantCulture, $"at most {Math.Ceiling(Wilson.Upper(hits, tally.All) * 1000) / 10:0.0} % wrong with 95 % confidence{unknown}");
    }

    private static async Task<PageAnswer> SampleAsync(PageRequest request, Place? place, string? told)
    {
        if (place is null)
        {
            return PageAnswer.Refused(StatusCodes.Status404NotFound, "There is no such sample on this page.");
        }

        Html body;
        try
        {
            body = await BodyAsync(request, place, told);
        }
        catch (Exception exception) when (exception is StagingException or MirrorException)
        {
            body = Html.Of($"""<section id="audit"><p class="calm">{exception.Message}</p></section>""");
        }

        return request.IsFragment ? PageAnswer.Fragment(body) : request.Page("Sample audit", Html.Of($"""<h1 class="unseen">Sample audit of {place.Pipeline.Name}</h1>{body}"""));
    }

    private static async Task<Html> BodyAsync(PageRequest request, Place place, string? told)
    {
        ReviewReader reader = request.Settings.ReaderOf(place.Pipeline);
        if (await reader.PublishedAsync(request.Stop) is not { } run)
        {
            return Html.Of($"""<section id="audit"><p class="calm">No whole run was published, so there is nothing to draw from.</p></section>""");
        }

        IReadOnlyList<string> drawn = await reader.DrawAsync(place.Stratum, place.Seed, MostDrawn, request.Stop);
        var runId = Guid.Parse(run.RunId);
        HashSet<string> judged;
        AuditTally tally;
        await using (NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop))
        {
            var store = new AuditStore(Tables(request), place.Pipeline.Name, runId);
            judged = await store.JudgedAsync(connection, drawn, request.Stop);
            tally = (await store.CountAsync(connection, request.Stop)).GetValueOrDefault(place.Stratum.ToQuery()) ?? new AuditTally(0, 0, 0);
        }

        string? id = drawn.FirstOrDefault(each => !judged.Contains(each));
        ReviewedRecord? record = id is null ? null : await reader.RecordAsync(id, request.Stop);
        long records = drawn.Count < MostDrawn ? drawn.Count : (await reader.StrataAsync(request.Stop)).FirstOrDefault(each => each.Stratum == place.Stratum).Records;
        Html work = record is null
            ? Html.Of($"""<p class="calm">{(drawn.Count == 0 ? "No record is of this kind." : $"All {Numbers.Count(drawn.Count, "record")} of the sample are judged.")}</p>""")
            : Record(request.Settings, place, record);
        string says = Says(tally, records);
        return Html.Of($"""
            <section id="audit" data-say="{told ?? ""}{(record is null ? " Nothing is left." : $" {place.Pipeline.Name} {id}")}">
            <nav class="pages" aria-label="Back"><a href="{Home(place.Pipeline)}" data-key="Escape">All kinds <kbd>Esc</kbd></a></nav>
            <p class="lead">{place.Stratum.Status}, found by {FacetWords.Of(ReviewFacet.Rule, place.Stratum.Rule!)}, confidence {FacetWords.Of(ReviewFacet.Confidence, place.Stratum.Confidence!)}: {Numbers.Count(tally.All)} judged of {Numbers.Count(records)}{(says.Length == 0 ? "" : $"; {says}")}.</p>
            {(told is null ? Html.None : Html.Of($"""<p class="told">{told}</p>"""))}{work}
            {(tally.All == 0 || request.Settings.IsReadOnly ? Html.None : Html.Of($"""<form class="undo" method="post" action="{Undo}" hx-post="{Undo}" hx-target="#audit" hx-swap="outerHTML settle:0s">{StateField(place)}<p><button data-key="u"><kbd>u</kbd> undo</button> <span class="what">what {request.Settings.Reviewer} said last</span></p></form>"""))}</section>
            """);
    }

    private static Html Record(ReviewSettings settings, Place place, ReviewedRecord record)
    {
        var values = new ValueShow(settings.IsMasked, 160);
        ReviewedProperty[] told = [.. record.Properties.Where(property => property.Legacy is not null || property.Hubspot is not null).OrderBy(PropertyWords.Rank)];
        string? type = place.Pipeline.ObjectTypes is [var only] ? only : null;
        Html says = settings.IsReadOnly ? Html.Of($"""<p class="what">Nothing can be judged here: this page is read only.</p>""") : Html.Of($"""
            <p class="verbs"><button name="{Verdict}" value="{AuditStore.Right}" data-key="r" data-item><kbd>r</kbd> right</button><button name="{Verdict}" value="{AuditStore.Wrong}" data-key="w" data-item><kbd>w</kbd> wrong</button><button name="{Verdict}" value="{AuditStore.Unknown}" data-key="k" data-item><kbd>k</kbd> cannot tell</button>
            <span class="what keys">keys: r right, w wrong, k cannot tell, u undo, o all of it</span></p>
            """);
        return Html.Of($"""
            <article class="judged"><header><h2><span class="what">{place.Pipeline.Name}</span> <bdi>{record.Row.LegacyId}</bdi></h2>
            <p class="what">{(record.Row.HubspotId is { } id ? Html.Of($"""is it HubSpot {HubspotLink.Of(settings.Definition.Hubspot, type, id)}, and are these updates right?""") : Html.Of($"""is it right that it is {record.Row.Status}?"""))} · <a href="{RecordsAddress.OfRecord(place.Pipeline.Name, record.Row.LegacyId!, place.Stratum)}" data-key="o">all of it <kbd>o</kbd></a></p>{(record.Row.Notes is { } notes ? Html.Of($"""<p class="note"><bdi>{notes}</bdi></p>""") : Html.None)}</header>
            <form method="post" action="{Say}" hx-post="{Say}" hx-target="#audit" hx-swap="outerHTML settle:0s">{StateField(place)}<input type="hidden" name="{Id}" value="{record.Row.LegacyId}">
            <div class="across" tabindex="0" role="region" aria-label="The record"><table class="judge"><thead><tr><th scope="col">property</th><th scope="col">the file says</th><th scope="col">HubSpot</th><th scope="col">would be</th><th scope="col">why</th></tr></thead>
            <tbody>{told.Select(property => Html.Of($"""<tr><th scope="row">{property.Property}</th><td>{ValueView.Of(values.Of(property.Legacy))}</td><td>{ValueView.Of(values.Of(property.Hubspot))}</td><td class="{(property.IsChange ? "differs" : "one")}">{(property.IsChange ? ValueView.Of(values.Of(property.Result)) : Html.Of($"""<span class="nil">as it is</span>"""))}</td><td>{PropertyWords.Why(property, Comparison(place.Pipeline, property.Property))}</td></tr>"""))}</tbody></table></div>{says}</form></article>
            """);
    }

    private static string Comparison(ValidPipeline pipeline, string property)
        => pipeline.Diff.Properties.First(each => each.Property == property).Comparison.Kind;

    private static async Task<PageAnswer> SayAsync(PageRequest request)
    {
        IFormCollection form = await request.FormAsync();
        if (StateOf(request, form) is not { } place || form[Id] is not [{ Length: > 0 } id] || form[Verdict] is not [AuditStore.Right or AuditStore.Wrong or AuditStore.Unknown]
            || await request.Settings.ReaderOf(place.Pipeline).PublishedAsync(request.Stop) is not { } run)
        {
            return PageAnswer.Refused(StatusCodes.Status400BadRequest, "This form says too little. Load the page again. Nothing was kept.");
        }

        string verdict = form[Verdict].ToString();
        await using (NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop))
        {
            await new AuditStore(Tables(request), place.Pipeline.Name, Guid.Parse(run.RunId))
                .WriteAsync(connection, id, place.Stratum.ToQuery(), verdict, request.Settings.Reviewer, request.Stop);
        }

        return await SampleAsync(request, place, $"{id}: {(verdict == AuditStore.Unknown ? "cannot be told" : verdict)}.");
    }

    private static async Task<PageAnswer> UndoAsync(PageRequest request)
    {
        IFormCollection form = await request.FormAsync();
        if (StateOf(request, form) is not { } place || await request.Settings.ReaderOf(place.Pipeline).PublishedAsync(request.Stop) is not { } run)
        {
            return PageAnswer.Refused(StatusCodes.Status400BadRequest, "This form says too little. Load the page again. Nothing was undone.");
        }

        string? id;
        await using (NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop))
        {
            id = await new AuditStore(Tables(request), place.Pipeline.Name, Guid.Parse(run.RunId)).UndoAsync(connection, place.Stratum.ToQuery(), request.Settings.Reviewer, request.Stop);
        }

        return await SampleAsync(request, place, id is null ? "There is nothing of yours to undo here." : $"What was said of {id} is undone.");
    }

    private static async Task<Dictionary<string, AuditTally>> TalliesAsync(PageRequest request, ValidPipeline pipeline, Guid run)
    {
        await using NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop);
        return await new AuditStore(Tables(request), pipeline.Name, run).CountAsync(connection, request.Stop);
    }

    private static string Home(ValidPipeline pipeline) => $"{Path}?{PipelineKey}={Uri.EscapeDataString(pipeline.Name)}";

    private static StagingTables Tables(PageRequest request) => new(request.Settings.Definition.Staging.Schema);

    private static Html StateField(Place place) => Html.Of($"""<input type="hidden" name="{State}" value="{place.ToQuery()}">""");

    private static Place? StateOf(PageRequest request, IFormCollection form)
    {
        string query = form[State].ToString();
        Dictionary<string, Microsoft.Extensions.Primitives.StringValues> values = QueryHelpers.ParseQuery(query);
        return Place.Of(request, query, key => values.TryGetValue(key, out Microsoft.Extensions.Primitives.StringValues value) && value is [{ Length: > 0 } first, ..] ? first : null);
    }

    /// <summary>A sample: all of it is in the address.</summary>
    private sealed record Place(ValidPipeline Pipeline, ReviewFilter Stratum, long Seed)
    {
        public string Address => $"{Sample}?{ToQuery()}";

        public string ToQuery() => string.Create(CultureInfo.InvariantCulture, $"{PipelineKey}={Uri.EscapeDataString(Pipeline.Name)}&{Stratum.ToQuery()}&{SeedKey}={Seed}");

        public static Place? Of(PageRequest request, string query, Func<string, string?> values)
        {
            var filter = ReviewFilter.Parse(query);
            return request.Pipeline(values(PipelineKey)) is { } pipeline && filter is { Status: not null, Rule: not null, Confidence: not null }
                ? new Place(
                    pipeline,
                    new ReviewFilter { Status = filter.Status, Rule = filter.Rule, Confidence = filter.Confidence },
                    long.TryParse(values(SeedKey), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seed) ? seed : 1)
                : null;
        }
    }
}
