using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Postgres.Catalog;
using Recon.Postgres.Decisions;
using Recon.Postgres.Queries.Review;
using Recon.Postgres.Staging;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Sections;
using Recon.Review.Web;

namespace Recon.Review.Records;

/// <summary>One record on both sides: what the file says, what HubSpot holds, what would be there, and why.</summary>
internal static class RecordPanel
{
    // The values of the file, which are shown together.
    private const string AllOfFile = "(file)";

    private const string What = "what";

    public static async Task<PageAnswer> ShowAsync(PageRequest request)
    {
        if (request.Pipeline(request.Query(RecordsAddress.Pipeline)) is not { } pipeline || request.Query(RecordsAddress.Id) is not { } id)
        {
            return PageAnswer.Refused(StatusCodes.Status404NotFound, "There is no such record on this page.");
        }

        var filter = ReviewFilter.Parse(request.QueryText);
        if (await request.Settings.ReaderOf(pipeline).RecordAsync(id, request.Stop) is not { } record)
        {
            return PageAnswer.Refused(StatusCodes.Status404NotFound, $"No record of {pipeline.Name} is staged under this id. A later run may have taken it away.");
        }

        IReadOnlyList<DecisionEvent> history = await HistoryAsync(request, pipeline, id);
        return request.Page($"{pipeline.Name} {id}", Of(request.Settings, pipeline, record, history, filter));
    }

    /// <summary>Shows a value that is hidden, and logs who has asked for it.</summary>
    public static async Task<PageAnswer> RevealAsync(PageRequest request)
    {
        IFormCollection form = await request.FormAsync();
        if (request.Pipeline(form[RecordsAddress.Pipeline]) is not { } pipeline || form[RecordsAddress.Id] is not [{ } id] || form[What] is not [{ } what]
            || await request.Settings.ReaderOf(pipeline).RecordAsync(id, request.Stop) is not { } record)
        {
            return PageAnswer.Refused(StatusCodes.Status404NotFound, "There is no such record on this page.");
        }

        ReviewedProperty? property = record.Properties.FirstOrDefault(each => each.Property == what);
        if (property is null && what != AllOfFile)
        {
            return PageAnswer.Refused(StatusCodes.Status404NotFound, "There is no such property on this page.");
        }

        request.Settings.Logger.Revealed(request.Settings.Reviewer, what, pipeline.Name, record.Row.SourceFile ?? pipeline.Csv.ShownPath, record.Row.SourceLine ?? 0);
        return PageAnswer.Fragment(
            property is null ? File(record, hidden: null)
            : record.Row.HubspotId is null ? FileProperty(property, hidden: null)
            : Property(pipeline, property, hidden: null));
    }

    // Where nothing was ever decided, there may be no table yet.
    private static async Task<IReadOnlyList<DecisionEvent>> HistoryAsync(PageRequest request, ValidPipeline pipeline, string id)
    {
        var tables = new StagingTables(request.Settings.Definition.Staging.Schema);
        await using NpgsqlConnection connection = await request.Settings.Database.OpenConnectionAsync(request.Stop);
        return await MirrorCatalog.ExistsAsync(connection, tables.DecisionHistory, request.Stop)
            ? await new DecisionStore(tables).HistoryAsync(connection, pipeline.Name, id, request.Stop)
            : [];
    }

    private static Html Of(ReviewSettings settings, ValidPipeline pipeline, ReviewedRecord record, IReadOnlyList<DecisionEvent> history, ReviewFilter filter)
    {
        ReviewRow row = record.Row;
        Hidden? hidden = settings.IsMasked ? new Hidden(pipeline.Name, row.LegacyId!) : null;
        return Html.Of($"""
            <nav class="pages" aria-label="The list"><a href="{RecordsAddress.OfList(pipeline.Name, filter)}" data-key="Escape">Back to the list</a><a href="{RecordsAddress.OfRecord(pipeline.Name, row.LegacyId!, filter, RecordsAddress.NextRecord)}" data-key="ArrowRight">Next record</a>{Judging(pipeline, row)}</nav>
            <article class="record"><header><h1><span class="what">{pipeline.Name}</span> <bdi>{row.LegacyId}</bdi></h1><p class="lead">{Sentence(settings, pipeline, record)}</p></header>
            {Notes(row)}{(record.MirrorMissing ? Html.Of($"""<p class="alert">The HubSpot record is not in the mirror any more: it was deleted or merged since the run.</p>""") : Html.None)}
            <h2 class="unseen">Properties</h2>{(row.HubspotId is null ? FileTable(record, hidden) : Sides(pipeline, record, hidden))}
            {Parents(settings, pipeline, record)}{History(settings, pipeline, history)}{Fold.Of("The row of the file", $"{row.SourceFile ?? pipeline.Csv.ShownPath}, line {Numbers.Count(row.SourceLine ?? 0)}", File(record, hidden), isOpen: row.HubspotId is not null)}
            <p class="note">Staged by run <span class="id">{record.RunId?.ToString()}</span>. 'recon explain {pipeline.Name} {row.LegacyId}' tells every step, from the file.</p></article>
            """);
    }

    private static Html Judging(ValidPipeline pipeline, ReviewRow row) => row.Status is "ambiguous" or "conflict" or "unmatched"
        ? Html.Of($"""<a href="{RecordsAddress.OfJudging(pipeline.Name, row.Status, row.LegacyId!)}" data-key="d">{(row.Status == "unmatched" ? "Decide" : "Compare and decide")}</a>""")
        : Html.None;

    private static Html Sentence(ReviewSettings settings, ValidPipeline pipeline, ReviewedRecord record)
    {
        ReviewRow row = record.Row;
        Html status = Html.Of($"""<span class="status"><span class="key c-{FacetWords.Colour(row.Status, row.Changes.Count > 0)}"></span><b>{row.Status}</b></span>""");
        if (row.HubspotId is not { } id)
        {
            return Html.Of($"""{status}: {Sentences.Meaning(row.Status)}.""");
        }

        string sure = row.Confidence is { } confidence ? string.Create(CultureInfo.InvariantCulture, $", {confidence:0.##} % sure") : "";
        return Html.Of($"""
            {status}: HubSpot {HubspotLink.Of(settings.Definition.Hubspot, TypeOf(pipeline), id)}{(row.Rule is { } rule ? Html.Of($""", found by {ValueView.Code(rule)}{sure}""") : Html.None)}. {(row.Changes.Count == 0 ? "Nothing would change." : row.Changes.Count == 1 ? "One property would change." : $"{Numbers.Count(row.Changes.Count)} properties would change.")}
            """);
    }

    private static Html Notes(ReviewRow row) => row.Notes is not { Length: > 0 } notes ? Html.None
        : Html.Of($"""<ul class="warnings">{notes.Split("; ").Select(note => Html.Of($"<li><bdi>{note}</bdi></li>"))}</ul>""");

    private static Html Sides(ValidPipeline pipeline, ReviewedRecord record, Hidden? hidden)
    {
        ReviewedProperty[] told = [.. record.Properties.Where(property => !PropertyWords.IsQuiet(property)).OrderBy(PropertyWords.Rank)];
        ReviewedProperty[] quiet = [.. record.Properties.Where(PropertyWords.IsQuiet)];
        return Html.Of($"""
            {(told.Length == 0 ? Html.None : Table(pipeline, told, hidden))}
            {(quiet.Length == 0 ? Html.None : Fold.Of(told.Length == 0 ? "Properties" : "Other properties", string.Join(", ", quiet.Select(property => property.Property)), Table(pipeline, quiet, hidden), isOpen: told.Length == 0))}
            """);
    }

    private static Html Table(ValidPipeline pipeline, IEnumerable<ReviewedProperty> properties, Hidden? hidden) => Html.Of($"""
        <table class="sides"><thead><tr><th scope="col">property</th><th scope="col">legacy</th><th scope="col">HubSpot</th><th scope="col">result</th><th scope="col">why</th></tr></thead>
        <tbody>{properties.Select(property => Property(pipeline, property, hidden))}</tbody></table>
        """);

    // Without a HubSpot record there is one side only.
    private static Html FileTable(ReviewedRecord record, Hidden? hidden) => Html.Of($"""
        <table class="sides one"><thead><tr><th scope="col">property</th><th scope="col">legacy</th><th scope="col">read as</th></tr></thead>
        <tbody>{record.Properties.Where(property => property.Legacy is not null).Select(property => FileProperty(property, hidden))}</tbody></table>
        """);

    private static Html FileProperty(ReviewedProperty property, Hidden? hidden) => Html.Of($"""
        <tr><th scope="row">{property.Property}<span class="what">{property.Source}</span></th><td data-label="legacy">{Shown(property.Legacy, hidden)}</td><td data-label="read as">{(property.Verdict == VerdictKind.ValueRejected ? Html.Of($"{PropertyWords.Why(property, "")}") : property.Converted == property.Legacy ? Html.None : Shown(property.Converted, hidden))}{hidden?.Button(property.Property, "closest tr") ?? Html.None}</td></tr>
        """);

    private static Html Shown(string? value, Hidden? hidden)
        => hidden is null ? LongValue.Of(value) : ValueView.Of(new ValueShow(Masked: true, int.MaxValue).Of(value));

    private static Html Property(ValidPipeline pipeline, ReviewedProperty property, Hidden? hidden)
    {
        bool isConverted = property.Converted is not null && property.Converted != property.Legacy;
        string comparison = pipeline.Diff.Properties.First(each => each.Property == property.Property).Comparison.Kind;
        Html Differing(string? value, string? other) => hidden is null && property.IsChange ? LongValue.Differing(value, other) : Shown(value, hidden);
        return Html.Of($"""
            <tr class="{(property.IsChange ? "changes" : "")}"><th scope="row"><span class="key c-{PropertyWords.Colour(property)}"></span>{property.Property}<span class="what">{property.Source}</span></th>
            <td data-label="legacy">{Shown(property.Legacy, hidden)}{(isConverted ? Html.Of($"""<p class="read"><span class="what">read as</span> {Shown(property.Converted, hidden)}</p>""") : Html.None)}</td><td class="old" data-label="HubSpot">{Differing(property.Hubspot, property.Result)}</td><td class="new" data-label="result">{(property.IsChange ? Differing(property.Result, property.Hubspot) : Html.Of($"""<span class="nil">as it is</span>"""))}</td>
            <td data-label="why">{PropertyWords.Why(property, comparison)}{(property.HasMoved ? Html.Of($""" <span class="badge">not as it was when the run looked</span>""") : Html.None)}{(hidden is null || (property.Legacy is null && property.Hubspot is null) ? Html.None : hidden.Button(property.Property, "closest tr"))}</td></tr>
            """);
    }

    private static Html Parents(ReviewSettings settings, ValidPipeline pipeline, ReviewedRecord record) => record.Parents.Count == 0 ? Html.None
        : Fold.Of("Parents", "", Html.Of($"""
            <table class="slim"><thead><tr><th scope="col">parent</th><th scope="col">legacy id</th><th scope="col">HubSpot</th></tr></thead>
            <tbody>{record.Parents.Select(parent => Html.Of($"""<tr><th scope="row">{parent.Lookup}</th><td data-label="legacy id"><bdi>{parent.LegacyId}</bdi></td><td data-label="HubSpot">{(parent.HubspotId is { } id ? HubspotLink.Of(settings.Definition.Hubspot, ParentType(pipeline, parent.Lookup), id) : Html.Of($"""<span class="nil">no single record</span>"""))}</td></tr>"""))}</tbody></table>
            """), isOpen: true);

    private static string? ParentType(ValidPipeline pipeline, string lookup)
        => pipeline.Lookups.FirstOrDefault(each => each.Label == lookup) is { } found ? HubspotObjects.OfTable(found.Table) : null;

    private static Html History(ReviewSettings settings, ValidPipeline pipeline, IReadOnlyList<DecisionEvent> history) => history.Count == 0 ? Html.None
        : Fold.Of("Decisions", Numbers.Count(history.Count), Html.Of($"""
            <ol class="history">{history.Select(each => Html.Of($"""<li><time>{each.HappenedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</time> <bdi>{each.Decision.DecidedBy}</bdi> {each.Action}: {Decided(settings, pipeline, each.Decision)}{(each.Decision.Note is { } note ? Html.Of($"""<p class="note"><bdi>{note}</bdi></p>""") : Html.None)}</li>"""))}</ol>
            """), isOpen: true);

    private static Html Decided(ReviewSettings settings, ValidPipeline pipeline, Decision decision) => decision switch
    {
        { HubspotId: { } id } => Html.Of($"""it is HubSpot {HubspotLink.Of(settings.Definition.Hubspot, TypeOf(pipeline), id)}"""),
        { SourceLine: { } line } => Html.Of($"""the row in line {Numbers.Count(line)} counts"""),
        _ => Html.Of($"it has no HubSpot record"),
    };

    private static string? TypeOf(ValidPipeline pipeline) => pipeline.ObjectTypes is [var only] ? only : null;

    private static Html File(ReviewedRecord record, Hidden? hidden) => Html.Of($"""
        <div class="file"><dl>{record.Raw.Select(value => Html.Of($"""<dt>{value.Key}</dt><dd>{(hidden is null ? LongValue.Of(value.Value) : ValueView.Of(new ValueShow(Masked: true, int.MaxValue).Of(value.Value)))}</dd>"""))}</dl>{hidden?.Button(AllOfFile, "closest .file") ?? Html.None}</div>
        """);

    /// <summary>Values that are hidden until somebody asks for them.</summary>
    private sealed record Hidden(string Pipeline, string LegacyId)
    {
        /// <param name="what">A property, or the values of the file.</param>
        /// <param name="place">What is shown anew.</param>
        public Html Button(string what, string place)
        {
            string values = $"{{\"{RecordsAddress.Pipeline}\":{Json(Pipeline)},\"{RecordsAddress.Id}\":{Json(LegacyId)},\"{What}\":{Json(what)}}}";
            return Html.Of($"""
                <p><button class="small" hx-post="{RecordsAddress.Reveal}" hx-vals="{values}" hx-target="{place}" hx-swap="outerHTML">Show<span class="unseen"> {what}; this is logged</span></button></p>
                """);
        }

        private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
    }
}
