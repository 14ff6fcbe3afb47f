using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recon.Dataflow.Batches;

namespace Recon.Samples;

/// <summary>
/// What a run over a sample must find, counted by the generator while it made the records. The counts hold for the
/// property lists of the shipped definition with policy <c>overwrite</c>, numeric ids, the filter on <c>*_Deleted</c>,
/// and a mirror filter on <c>archived</c>.
/// </summary>
internal sealed record SampleFacts
{
    /// <summary>The pipelines, in the order companies, contacts, deals, communications.</summary>
    public required IReadOnlyList<PipelineFacts> Pipelines { get; init; }

    /// <exception cref="KeyNotFoundException">There is no such pipeline.</exception>
    public PipelineFacts this[string pipeline] => Pipelines.FirstOrDefault(facts => facts.Pipeline == pipeline)
        ?? throw new KeyNotFoundException($"The sample has no pipeline '{pipeline}'.");

    public string ToJson() => JsonSerializer.Serialize(this, SampleFactsJson.Default.SampleFacts) + "\n";

    /// <summary>The counts as a Markdown table, one row per pipeline.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.Append("| pipeline | read | matched | unmatched | ambiguous | conflict | folded | filtered | rejected | with changes |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (PipelineFacts p in Pipelines)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {p.Pipeline} | {p.Read} | {p.Matched} | {p.Unmatched} | {p.Ambiguous} | {p.Conflict} | {p.Folded} | {p.Filtered} | {p.Rejected} | {p.WithChanges} |\n");
        }

        return text.ToString();
    }
}

/// <summary>What a run of one pipeline over a sample must find.</summary>
internal sealed record PipelineFacts
{
    public required string Pipeline { get; init; }

    /// <summary>Records of the file; the header is none.</summary>
    public required long Read { get; init; }

    /// <summary>Rows with exactly one live HubSpot record.</summary>
    public required long Matched { get; init; }

    /// <summary>Rows without a HubSpot record.</summary>
    public required long Unmatched { get; init; }

    /// <summary>Rows with two live HubSpot records.</summary>
    public required long Ambiguous { get; init; }

    /// <summary>Rows whose id the file repeats with other content.</summary>
    public required long Conflict { get; init; }

    /// <summary>Rows that repeat another one; of a conflict, all rows but one.</summary>
    public required long Folded { get; init; }

    /// <summary>Rows that were deleted in the legacy system.</summary>
    public required long Filtered { get; init; }

    /// <summary>Malformed records, and records without a usable id.</summary>
    public required long Rejected { get; init; }

    /// <summary>Matched rows with at least one property that differs.</summary>
    public required long WithChanges { get; init; }

    /// <summary>Rows of the mirror table.</summary>
    public required long MirrorRows { get; init; }

    /// <summary>Rejected records by reason (see <see cref="RejectReasons"/>).</summary>
    public required IReadOnlyDictionary<string, long> RejectedByReason { get; init; }

    /// <summary>Matched rows on which a property differs, by property.</summary>
    public required IReadOnlyDictionary<string, long> PropertyChanges { get; init; }

    /// <summary>Records that hold a kind of dirt.</summary>
    public required IReadOnlyDictionary<DefectKind, long> Dirt { get; init; }

    public long Staged => Matched + Unmatched + Ambiguous + Conflict;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n",
    Converters = [typeof(DefectKindConverter)])]
[JsonSerializable(typeof(SampleFacts))]
internal sealed partial class SampleFactsJson : JsonSerializerContext;

internal sealed class DefectKindConverter() : JsonStringEnumConverter<DefectKind>(JsonNamingPolicy.KebabCaseLower);
