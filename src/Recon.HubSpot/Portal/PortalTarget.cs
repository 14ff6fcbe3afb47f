using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;

namespace Recon.HubSpot.Portal;

/// <summary>Where one property of a pipeline goes in one object type.</summary>
/// <param name="Name">The property's name in HubSpot.</param>
/// <param name="Rule">What the definition says of it for the type; <see langword="null"/> when it says nothing.</param>
internal sealed record PortalTarget(string Type, PropertyDefinition Property, string Name, ObjectPropertyDefinition? Rule)
{
    /// <summary>The record of the definition that names the property in HubSpot, and its member.</summary>
    public (object Node, string? Member) Place => Rule is null ? (Property, nameof(Property.Property)) : (Rule, nameof(Rule.Name));

    /// <summary>All that a pipeline can write: properties that are only compared, or that the type does not have, are left out.</summary>
    public static IEnumerable<PortalTarget> Of(ValidPipeline pipeline, string type)
    {
        IReadOnlyDictionary<string, ObjectPropertyDefinition?>? named = pipeline.Source.Object?.Properties.GetValueOrDefault(type);
        foreach (PropertyDefinition property in pipeline.Diff.Properties.Where(property => property.Policy != UpdatePolicy.CompareOnly))
        {
            ObjectPropertyDefinition? rule = null;
            if (named is null || !named.TryGetValue(property.Property, out rule) || rule is not null)
            {
                yield return new PortalTarget(type, property, rule?.Name ?? property.Property, rule);
            }
        }
    }

    /// <summary>The value of the mirror as the type writes it; <see langword="null"/> when the definition does not tell.</summary>
    public string? Translate(string value) => Rule is null || Rule.Values.Count == 0 || value.Length == 0 ? value : Rule.Values.GetValueOrDefault(value);

    /// <summary>The values that the definition itself names, with the place of each. All there can be, where the set is closed.</summary>
    /// <exception cref="ConversionSetupException">A map file cannot be read.</exception>
    public IEnumerable<(string Value, object Node, string Member)> Named(ConversionContext context)
    {
        IEnumerable<(string Value, object Node, string Member)> own =
            (Property.Constant is { } constant ? [(constant, Property, nameof(Property.Constant))] : Mapped(context))
            .Concat(Property.Default is { } fallback ? [(fallback, Property, nameof(Property.Default))] : []);
        return Rule is { Values.Count: > 0 }
            ? Rule.Values.Values.Distinct(StringComparer.Ordinal).Select(value => (value, (object)Rule, nameof(Rule.Values)))
            : own.Where(each => each.Value.Length > 0).DistinctBy(each => each.Value);
    }

    /// <summary>Whether no other values can be made than those that the definition names.</summary>
    public bool IsClosed => Rule is { Values.Count: > 0 } || Property.Constant is not null || (Property.Convert is [.., var last] && last switch
    {
        MapDefinition map => map.OnUnmapped != UnmappedPolicy.Pass,
        MapFileDefinition file => file.OnUnmapped != UnmappedPolicy.Pass,
        MultiSelectDefinition list => list is { Values: not null, OnUnmapped: not UnmappedPolicy.Pass },
        BooleanDefinition => true,
        _ => false,
    });

    private IEnumerable<(string Value, object Node, string Member)> Mapped(ConversionContext context) => Property.Convert is not [.., var last] ? [] : last switch
    {
        MapDefinition map => map.Values.Values.Select(value => (value, (object)map, nameof(map.Values))),
        MapFileDefinition file => MapFile.Read(file, context).Values.Select(value => (value, (object)file, nameof(file.Path))),
        MultiSelectDefinition { Values: { } values } list => values.Values.Select(value => (value, (object)list, nameof(list.Values))),
        BooleanDefinition boolean => ((string[])["true", "false"]).Select(value => (value, (object)boolean, nameof(boolean.TrueTexts))),
        _ => [],
    };
}
