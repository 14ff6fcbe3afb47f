using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;

namespace Recon.Cli.Rendering;

/// <summary>What <c>recon init --json</c> prints: the proposal with its evidence, and what became of it.</summary>
/// <param name="Defaults">What conversions without zone and region take, and the null spellings of all files.</param>
/// <param name="Definition">The file that holds the pipeline now; null where nothing was written.</param>
/// <param name="Unmapped">Columns of the file that become nothing.</param>
/// <param name="LeftOut">The same, and those of the mirror, with the reasons.</param>
/// <param name="Tables">Those that were found, the likeliest first; empty where the user named one.</param>
/// <param name="Check">What <c>recon check</c> says of it; null where nothing was written.</param>
internal sealed record InitDocument(
    InitCsvDocument Csv,
    InitDefaultsDocument Defaults,
    string Table,
    InitIdDocument Id,
    IReadOnlyList<InitPropertyDocument> Properties,
    IReadOnlyList<InitParentDocument> Parents,
    IReadOnlyList<string> Unmapped,
    IReadOnlyList<InitLeftOutDocument> LeftOut,
    IReadOnlyList<InitQuestionDocument> Questions,
    IReadOnlyList<InitTableDocument> Tables,
    string Pipeline,
    string? Definition,
    CheckDocument? Check)
{
    public static string Write(InitResult result) => JsonText.Of(Of(result), InitJson.Default.InitDocument);

    private static InitDocument Of(InitResult result)
    {
        PipelineProposal proposal = result.Draft.Proposal;
        FileProfile file = proposal.File;
        return new InitDocument(
            new InitCsvDocument(
                result.Draft.Settings.Path, file.Encoding.Value, file.Delimiter.Value, file.Header.Value, file.Quote.Value, file.Nulls, file.Records, file.Malformed, file.IsSampled),
            new InitDefaultsDocument(result.Draft.Defaults.TimeZone, result.Draft.Defaults.PhoneRegion, result.Draft.Defaults.Nulls),
            proposal.Table,
            new InitIdDocument(
                proposal.Id.Column, proposal.Id.Key, proposal.Id.Shared, proposal.Id.Asked, proposal.Id.HubspotId, DefinitionShape.Kebab(proposal.Id.Type.ToString()), proposal.Id.IsCertain, proposal.Id.Evidence),
            [
                .. result.Draft.Active.Select(property => Of(property, isActive: true)),
                .. result.Draft.Doubtful.Select(doubtful => Of(doubtful.Property, isActive: false)),
            ],
            [
                .. proposal.Parents.Select(parent => new InitParentDocument(
                    parent.Column, parent.Table, parent.Key, parent.Name, parent.HubspotId, parent.Asked, parent.Shared, parent.IsCertain, parent.Evidence)),
            ],
            [.. proposal.Unmapped.Select(column => column.Column)],
            [
                .. proposal.Unmapped.Select(column => new InitLeftOutDocument("file", column.Column, column.Why)),
                .. proposal.MirrorUnmapped.Select(column => new InitLeftOutDocument("mirror", column.Column, column.Why)),
            ],
            [
                .. proposal.Questions.Select(question => new InitQuestionDocument(
                    question.Subject, question.Text, [.. question.Options.Select(option => new InitOptionDocument(option.Label, option.Evidence))])),
            ],
            [.. proposal.Tables.Select(table => new InitTableDocument(table.Table, table.Column, table.Key, table.Asked, table.Shared, table.Evidence))],
            result.Draft.Settings.Name,
            result.File,
            result.Check is { } check ? CheckDocument.Of(check) : null);
    }

    private static InitPropertyDocument Of(PropertyProposal proposed, bool isActive)
    {
        PropertyDefinition definition = proposed.Definition;
        return new InitPropertyDocument(
            definition.Property,
            definition.Column,
            [.. definition.Convert.Select(step => new RawJson(RecordJson.Of(step)))],
            new RawJson(RecordJson.Of(definition.Compare ?? ConversionChain.ProducedBy(definition.Convert))),
            proposed.Pairs,
            proposed.Agree,
            proposed.IsCertain && isActive,
            isActive,
            definition.Mirror,
            proposed.Evidence,
            proposed.Map.Count == 0 ? null : JsonText.Object(proposed.Map.Select(value => KeyValuePair.Create(value.Legacy, new InitMapDocument(value.Hubspot, value.Agree, value.Pairs)))));
    }
}

internal sealed record InitCsvDocument(
    string Path, string Encoding, string Delimiter, bool Header, string Quote, IReadOnlyList<string> Nulls, long Records, long Malformed, bool Sampled);

/// <param name="TimeZone">IANA zone of times without offset.</param>
/// <param name="PhoneRegion">ISO 3166 region of numbers without country code.</param>
internal sealed record InitDefaultsDocument(string TimeZone, string PhoneRegion, IReadOnlyList<string> Nulls);

internal sealed record InitIdDocument(string Column, string Key, long Shared, long Asked, string HubspotId, string Type, bool Certain, string Evidence);

/// <param name="Active">Whether it is in the definition; as a comment otherwise.</param>
internal sealed record InitPropertyDocument(
    string Property,
    string? Column,
    IReadOnlyList<RawJson> Convert,
    RawJson Compare,
    long Pairs,
    long Agree,
    bool Certain,
    bool Active,
    string MirrorColumn,
    string Evidence,
    IReadOnlyDictionary<string, InitMapDocument>? Map);

internal sealed record InitMapDocument(string Hubspot, long Agree, long Pairs);

internal sealed record InitParentDocument(string Column, string Table, string Key, string Name, string HubspotId, long Asked, long Shared, bool Certain, string Evidence);

/// <summary>A table that could be meant; the one that was taken first.</summary>
internal sealed record InitTableDocument(string Table, string Column, string Key, long Asked, long Shared, string Evidence);

/// <param name="Side"><c>file</c> or <c>mirror</c>.</param>
internal sealed record InitLeftOutDocument(string Side, string Column, string Why);

internal sealed record InitQuestionDocument(string Subject, string Text, IReadOnlyList<InitOptionDocument> Options);

internal sealed record InitOptionDocument(string Label, string Evidence);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InitDocument))]
internal sealed partial class InitJson : JsonSerializerContext;
