using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Text;

namespace Recon.HubSpot.Portal;

/// <summary>Tells what an account would refuse of what a pipeline makes, by the definition alone.</summary>
internal static class DefinitionPortalCheck
{
    /// <exception cref="ConversionSetupException">A map file cannot be read.</exception>
    public static IEnumerable<DefinitionViolation> Of(ValidPipeline pipeline, PortalCheck portal, ConversionContext context)
        => pipeline.ObjectTypes.SelectMany(type => portal.OfType(type) is { } unknown
            ? [new DefinitionViolation(unknown, pipeline.Source, nameof(PipelineDefinition.Object))]
            : OfType([.. PortalTarget.Of(pipeline, type)], type, portal, context));

    private static IEnumerable<DefinitionViolation> OfType(PortalTarget[] targets, string type, PortalCheck portal, ConversionContext context)
        => targets.SelectMany(target => OfTarget(target, portal, context)).Concat(RequirementCheck.Of(targets, portal.RulesOf(type), context));

    private static List<DefinitionViolation> OfTarget(PortalTarget target, PortalCheck portal, ConversionContext context)
    {
        (object node, string? member) = target.Place;
        if (portal.Find(target.Type, target.Name) is not { } property)
        {
            return [new DefinitionViolation(portal.OfProperty(target.Type, target.Name)!, node, member)];
        }

        List<DefinitionViolation> found = [];
        if (KindCheck.Of(target, property) is { } kind)
        {
            found.Add(new DefinitionViolation(kind, target.Property, nameof(target.Property.Convert)));
        }

        foreach ((string value, object at, string of) in target.Named(context))
        {
            if (portal.Of(target.Type, target.Name, value) is { } wrong)
            {
                string shown = value.Length > 60 ? $"{value[..60]}…" : value;
                found.Add(new DefinitionViolation(wrong with { Message = $"'{shown}': {wrong.Message}" }, at, of));
            }
        }

        if (property.Unique && (target.Property.Constant ?? target.Property.Default) is not null)
        {
            found.Add(new DefinitionViolation(
                new PortalViolation(
                    ViolationKind.Unique,
                    target.Type,
                    target.Name,
                    "No two records may have the same value, and the definition gives one value to many.",
                    "Take the value from a column of the file, without a default."),
                target.Property,
                target.Property.Constant is null ? nameof(target.Property.Default) : nameof(target.Property.Constant)));
        }

        if (target.Property.Convert.OfType<TruncateDefinition>().LastOrDefault() is { } cut && portal.LongestOf(target.Type, target.Name) < cut.Length)
        {
            found.Add(new DefinitionViolation(
                new PortalViolation(
                    ViolationKind.Length,
                    target.Type,
                    target.Name,
                    $"Texts are cut at {cut.Length} characters, and the account takes {portal.LongestOf(target.Type, target.Name)} (MAX_LENGTH).",
                    "Cut them at that length, or change the rule in HubSpot."),
                cut,
                nameof(cut.Length)));
        }

        return found;
    }
}
