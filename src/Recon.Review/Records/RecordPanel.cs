using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries.Review;
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

        return request.Page($"{pipeline.Name} {id}", Of(request.Settings, pipeline, record, filter));
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

        request.Settings.Logger.Revealed(request.Settings.Reviewer, what, pipeline.Name, record.Row.SourceFile ?? pipeline.Csv.Path, record.Row.SourceLine ?? 0);
        return PageAnswer.Fragment(property is null ? File(record, hidden: null) : Property(property, hidden: null));
    }

    private static Html Of(ReviewSettings settings, ValidPipeline pipeline, ReviewedRecord record, ReviewFilter filter)
    {
        ReviewRow row = record.Row;
        Hidden? hidden = settings.IsMasked ? new Hidden(pipeline.Name, row.LegacyId!) : null;
        ReviewedProperty[] told = [.. record.Properties.Where(property => !PropertyWords.IsQuiet(property)).OrderBy(PropertyWords.Rank)];
        ReviewedProperty[] quiet = [.. record.Properties.Where(PropertyWords.IsQuiet)];
        return Html.Of($"""
            <nav class="pages" aria-label="The list"><a href="{RecordsAddress.OfList(pipeline.Name, filter)}" data-key="Escape">Back to the list</a><a href="{RecordsAddress.OfRecord(pipeline.Name, row.LegacyId!, filter, RecordsAddress.NextRecord)}" data-key="ArrowRight">Next record</a></nav>
            <article class="record"><header><h1><span class="what">{pipeline.Name}</span> <bdi>{row.LegacyId}</bdi></h1><p class="lead">{Sentence(settings, pipeline, record)}</p></header>
            {Notes(row)}{(record.MirrorMissing ? Html.Of($"""<p class="alert">The HubSpot record is not in the mirror any more: it was deleted or merged since the run.</p>""") : Html.None)}
            {(told.Length == 0 ? Html.Of($"""<p class="calm">{(row.HubspotId is null ? "There is no HubSpot record to compare with." : "Nothing would change.")}</p>""") : Table(told, hidden))}
            {(quiet.Length == 0 ? Html.None : Fold.Of(told.Length == 0 ? "Properties" : "Other properties", string.Join(", ", quiet.Select(property => property.Property)), Table(quiet, hidden), isOpen: told.Length == 0))}
            {Parents(settings, pipeline, record)}{Fold.Of("The row of the file", $"{row.SourceFile ?? pipeline.Csv.Path}, line {Numbers.Count(row.SourceLine ?? 0)}", File(record, hidden), isOpen: true)}
            <p class="note">Staged by run <span class="id">{record.RunId?.ToString()}</span>. 'recon explain {pipeline.Name} {row.LegacyId}' tells every step, from the file.</p></article>
            """);
    }

    private static Html Sentence(ReviewSettings settings, ValidPipeline pipeline, ReviewedRecord record)
    {
        ReviewRow row = record.Row;
        Html status = Html.Of($"""<span class="status"><span class="key c-{FacetWords.Colour(row.Status, row.Changes.Count > 0)}"></span><b>{row.Status}</b></span>""");
        if (row.HubspotId is not { } id)
        {
            return Html.Of($"""{status}: {Sentences.Meaning(row.Status)}.""");
        }

        string? type = pipeline.ObjectTypes is [var only] ? only : null;
        string sure = row.Confidence is { } confidence ? string.Create(CultureInfo.InvariantCulture, $", {confidence:0.##} % sure") : "";
        return Html.Of($"""
            {status}: HubSpot {HubspotLink.Of(settings.Definition.Hubspot, type, id)}{(row.Rule is { } rule ? Html.Of($""", found by {ValueView.Code(rule)}{sure}""") : Html.None)}. {(row.Changes.Count == 0 ? "Nothing would change." : $"{Numbers.Count(row.Changes.Count, "property")} would change.".Replace("propertys", "properties", StringComparison.Ordinal))}
            """);
    }

    private static Html Notes(ReviewRow row) => row.Notes is not { Length: > 0 } notes ? Html.None
        : Html.Of($"""<ul class="warnings">{notes.Split("; ").Select(note => Html.Of($"<li><bdi>{note}</bdi></li>"))}</ul>""");

    private static Html Table(IEnumerable<ReviewedProperty> properties, Hidden? hidden) => Html.Of($"""
        <table class="sides"><thead><tr><th scope="col">property</th><th scope="col">legacy</th><th scope="col">HubSpot</th><th scope="col">result</th><th scope="col">why</th></tr></thead>
        <tbody>{properties.Select(property => Property(property, hidden))}</tbody></table>
        """);

    private static Html Property(ReviewedProperty property, Hidden? hidden)
    {
        bool isConverted = property.Converted is not null && property.Converted != property.Legacy;
        Html Show(string? value) => hidden is null ? LongValue.Of(value) : ValueView.Of(new ValueShow(Masked: true, int.MaxValue).Of(value));
        Html Differing(string? value, string? other) => hidden is null && property.IsChange ? LongValue.Differing(value, other) : Show(value);
        return Html.Of($"""
            <tr class="{(property.IsChange ? "changes" : "")}"><th scope="row"><span class="key c-{PropertyWords.Colour(property)}"></span>{property.Property}<span class="what">{property.Source}</span></th>
            <td data-label="legacy">{Show(property.Legacy)}{(isConverted ? Html.Of($"""<p class="read"><span class="what">read as</span> {Show(property.Converted)}</p>""") : Html.None)}</td><td class="old" data-label="HubSpot">{Differing(property.Hubspot, property.Result)}</td><td class="new" data-label="result">{(property.IsChange ? Differing(property.Result, property.Hubspot) : Html.Of($"""<span class="nil">as it is</span>"""))}</td>
            <td data-label="why">{PropertyWords.Why(property)}{(property.HasMoved ? Html.Of($""" <span class="badge">not as it was when the run looked</span>""") : Html.None)}{(hidden is null || (property.Legacy is null && property.Hubspot is null) ? Html.None : hidden.Button(property.Property, "closest tr"))}</td></tr>
            """);
    }

    private static Html Parents(ReviewSettings settings, ValidPipeline pipeline, ReviewedRecord record) => record.Parents.Count == 0 ? Html.None
        : Fold.Of("Parents", "", Html.Of($"""
            <table class="slim"><thead><tr><th scope="col">parent</th><th scope="col">legacy id</th><th scope="col">HubSpot</th></tr></thead>
            <tbody>{record.Parents.Select(parent => Html.Of($"""<tr><th scope="row">{parent.Lookup}</th><td data-label="legacy id"><bdi>{parent.LegacyId}</bdi></td><td data-label="HubSpot">{(parent.HubspotId is { } id ? HubspotLink.Of(settings.Definition.Hubspot, ParentType(pipeline, parent.Lookup), id) : Html.Of($"""<span class="nil">no single record</span>"""))}</td></tr>"""))}</tbody></table>
            """), isOpen: true);

    private static string? ParentType(ValidPipeline pipeline, string lookup)
        => pipeline.Lookups.FirstOrDefault(each => each.Label == lookup) is { } found ? HubspotObjects.OfTable(found.Table) : null;

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
