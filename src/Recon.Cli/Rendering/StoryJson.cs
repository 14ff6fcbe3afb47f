using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Values;
using Recon.Postgres.Runs;
using Recon.Push.Outcomes;

namespace Recon.Cli.Rendering;

/// <summary>The document of <c>recon explain --json</c>.</summary>
/// <param name="Plans">What plans wanted of the record and what became of it; the latest first.</param>
internal sealed record ExplainDocument(
    string Pipeline, string LegacyId, IReadOnlyList<StoryDocument> Records, IReadOnlyList<string> Warnings, IReadOnlyList<PushStoryDocument> Plans)
{
    public static string Write(RecordExplanation explanation, IReadOnlyList<RecordChange> plans) => JsonText.Of(
        new ExplainDocument(
            explanation.Pipeline, explanation.LegacyId, [.. explanation.Records.Select(StoryDocument.Of)], explanation.Warnings, [.. plans.Select(PushStoryDocument.Of)]),
        StoryJson.Default.ExplainDocument);
}

internal sealed record StoryDocument(
    string LegacyId,
    string Outcome,
    string? Reason,
    string? Message,
    string File,
    long Line,
    long ByteOffset,
    long? HubspotId,
    string? MatchRule,
    double MatchConfidence,
    string? Notes,
    int Rows,
    IReadOnlyList<CellDocument> Cells,
    IReadOnlyList<LookupDocument> Lookups,
    IReadOnlyList<PropertyDocument> Properties,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<HubspotDocument>? Candidates)
{
    public static StoryDocument Of(RecordStory story) => new(
        story.LegacyId,
        story.Outcome,
        story.Reason,
        story.Message,
        story.File,
        story.Line,
        story.ByteOffset,
        story.HubspotId,
        story.Rule,
        story.Confidence,
        story.Notes,
        story.Rows,
        CellDocument.Of(story.Cells),
        [
            .. story.Lookups.Select(lookup => new LookupDocument(
                lookup.Name,
                lookup.Role,
                lookup.Table,
                CellDocument.Of(lookup.Keys),
                lookup.NotAsked,
                lookup.Candidates,
                lookup.Decided,
                lookup.Where,
                lookup.InheritsWhere)),
        ],
        [
            .. story.Properties.Select(property => new PropertyDocument(
                property.Property,
                property.Source,
                property.Raw,
                property.Steps,
                property.Converted,
                property.Hubspot,
                StoryText.InStory(story, property)[0],
                StoryText.InStory(story, property)[1],
                property.CutAt?.Length)),
        ],
        story.Candidates.Count == 0 ? null : [.. story.Candidates.Select(candidate => new HubspotDocument(
            candidate.HubspotId, JsonText.Object(candidate.Values)))]);
}

/// <param name="Values">Of the properties in which the candidates differ.</param>
internal sealed record HubspotDocument(long HubspotId, IReadOnlyDictionary<string, string?> Values);

internal sealed record CellDocument(string Column, string Value)
{
    public static IReadOnlyList<CellDocument> Of(IReadOnlyList<StoryCell> cells)
        => [.. cells.Select(cell => new CellDocument(cell.Name, cell.Value))];
}

internal sealed record LookupDocument(
    string Rule,
    string Role,
    string Table,
    IReadOnlyList<CellDocument> Keys,
    string? NotAsked,
    IReadOnlyList<long> Candidates,
    bool Decided,
    IReadOnlyList<string> Where,
    bool InheritsWhere);

internal sealed record PropertyDocument(
    string Property,
    string Source,
    string? Raw,
    IReadOnlyList<ConversionStep> Conversions,
    string? Converted,
    string? Hubspot,
    string Verdict,
    string Rule,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CutAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ExplainDocument))]
internal sealed partial class StoryJson : JsonSerializerContext;
