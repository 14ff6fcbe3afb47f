using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Plan;

/// <summary>How one HubSpot property is made from the legacy record, for people and scripts.</summary>
/// <param name="Legacy">The columns of the file; <c>constant</c> or <c>parent NAME</c> where it is not made from one.</param>
/// <param name="Conversions">Of the file's values.</param>
/// <param name="Required">Whether a record without a value is reported.</param>
/// <param name="MirrorConversions">Of the mirror's values.</param>
internal sealed record PropertyMapping(
    string Legacy,
    string Property,
    string MirrorColumn,
    IReadOnlyList<string> Conversions,
    string Comparison,
    string Policy,
    string OnNull,
    bool Required,
    bool Optional,
    IReadOnlyList<string> MirrorConversions)
{
    /// <summary>The mapping of a pipeline, in the order of the definition.</summary>
    public static IReadOnlyList<PropertyMapping> Of(ValidPipeline pipeline) =>
    [
        .. pipeline.Diff.Properties.Select(property => new PropertyMapping(
            PipelineColumns.SourcesOf(property) is { Count: > 0 } columns
                ? string.Join(" + ", columns)
                : property.Parent is { } parent ? $"parent {parent}" : "constant",
            property.Property,
            property.Mirror,
            [.. property.Convert.Select(step => step.Label)],
            property.Comparison.Kind,
            DefinitionShape.Kebab(property.Policy.ToString()),
            DefinitionShape.Kebab(property.OnNull.ToString()),
            property.Required,
            property.Optional,
            [.. property.MirrorValues?.Convert.Select(step => step.Label) ?? []])),
    ];
}
