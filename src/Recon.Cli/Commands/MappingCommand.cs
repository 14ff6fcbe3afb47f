using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;

namespace Recon.Cli.Commands;

/// <summary><c>recon mapping</c>: which HubSpot property is made from what, and how.</summary>
internal static class MappingCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon mapping companies", "Which column each property comes from."),
        new("recon mapping --json", "For a script."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines();
        var command = new Command("mapping", "Show which legacy column each HubSpot property comes from, and how it is converted.") { names };
        return binder.Bind(command, s_examples, (parse, invocation) =>
        {
            DefinitionReading reading = invocation.ReadDefinition();
            IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, parse.GetValue(names) ?? []);
            invocation.Text(invocation.Json ? Json(pipelines) : string.Join('\n', pipelines.Select(each => Draw(each, invocation.Context.OutputWidth))));
            return Task.FromResult(ExitCodes.Done);
        });
    }

    /// <param name="width">Columns of the terminal; <see langword="null"/> for the whole table.</param>
    internal static string Draw(ValidPipeline pipeline, int? width)
    {
        string head = $"{pipeline.Name}: {pipeline.Csv.Id} ({DefinitionIdType(pipeline.Csv)}) in {pipeline.Csv.ShownPath} = "
            + $"{pipeline.Match.Key} in {pipeline.Match.Table}, whose id is {pipeline.Match.Id}\n"
            + string.Concat(FallbackMapping.Of(pipeline).Select(Draw));
        return TextWrap.ToTerminal(head, width) + TextTable.Draw(
            width,
            ["legacy column", "property", "/conversions", "/comparison", "/policy", "?required"],
            [
                .. PropertyMapping.Of(pipeline).Select(mapping => (string[])
                [
                    mapping.Legacy,
                    $"{mapping.Property}{Mirror(mapping)}",
                    string.Join(", ", mapping.Conversions),
                    mapping.Comparison,
                    mapping.OnNull == "clear" ? $"{mapping.Policy}, clears" : mapping.Policy,
                    mapping.Required ? "required" : mapping.Optional ? "optional" : "",
                ]),
            ]);
    }

    private static string Mirror(PropertyMapping mapping)
    {
        string[] said =
        [
            .. mapping.MirrorColumn == mapping.Property ? [] : (string[])[$"column {mapping.MirrorColumn}"],
            .. mapping.MirrorConversions.Count == 0 ? [] : (string[])[$"read by {string.Join(", ", mapping.MirrorConversions)}"],
        ];
        return said.Length == 0 ? "" : $" ({string.Join("; ", said)})";
    }

    private static string Draw(FallbackMapping fallback)
        => $"else {fallback.Name}: "
            + string.Join(" and ", fallback.Keys.Select(key => (key.Legacy == key.MirrorColumn ? key.Legacy : $"{key.Legacy} = {key.MirrorColumn}")
                + (key.Conversions.Count == 0 ? "" : $" ({string.Join(", ", key.Conversions)}{(key.ConvertMirror ? "" : " in the file only")})")))
            + $" in {fallback.Table}{(fallback.Where.Count == 0 ? "" : $", where {string.Join(" and ", fallback.Where)}{(fallback.InheritsWhere ? " (of the match lookup)" : "")}")}\n";

    private static string DefinitionIdType(CsvBlockDefinition csv) => csv.IdType == IdType.Number ? "number" : "text";

    private static string Json(IReadOnlyList<ValidPipeline> pipelines)
        => JsonText.Of(new MappingDocument([.. pipelines.Select(PipelineMapping.Of)]), MappingJson.Default.MappingDocument);
}

internal sealed record MappingDocument(IReadOnlyList<PipelineMapping> Pipelines);

internal sealed record PipelineMapping(
    string Pipeline,
    string? Object,
    string LegacyFile,
    string LegacyIdField,
    string MirrorTable,
    string MirrorLegacyIdField,
    string HubspotIdField,
    IReadOnlyList<PropertyMapping> Properties,
    IReadOnlyList<FallbackMapping> Fallbacks)
{
    public static PipelineMapping Of(ValidPipeline pipeline) => new(
        pipeline.Name,
        pipeline.ObjectTypes.Count == 0 ? null : string.Join(", ", pipeline.ObjectTypes),
        pipeline.Csv.ShownPath,
        pipeline.Csv.Id,
        pipeline.Match.Table,
        pipeline.Match.Key,
        pipeline.Match.Id,
        PropertyMapping.Of(pipeline),
        FallbackMapping.Of(pipeline));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MappingDocument))]
internal sealed partial class MappingJson : JsonSerializerContext;
