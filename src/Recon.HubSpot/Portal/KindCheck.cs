using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Custom;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Time;

namespace Recon.HubSpot.Portal;

/// <summary>Whether what conversions make goes with a property's type. What only records can tell is left to them.</summary>
internal static class KindCheck
{
    public static PortalViolation? Of(PortalTarget target, PortalProperty property)
    {
        ComparisonDefinition made = target.Property.Comparison;
        // Values that the definition names are looked at one by one; that there can be several at once, they do not show.
        bool isNamed = target.IsClosed && made is not MultiSelectComparisonDefinition;
        if (isNamed || target.Property.Parent is not null || target.Property.Convert is [.., CustomDefinition] || Takes(property, made))
        {
            return null;
        }

        string wanted = property.Type switch
        {
            "number" => "\"number\"",
            "bool" => "\"boolean\"",
            "date" => "\"date\"",
            "datetime" => "\"datetime\"",
            _ => property.IsList ? "\"multi-select\" or \"map\"" : "\"map\"",
        };
        return new PortalViolation(
            ViolationKind.Kind,
            target.Type,
            target.Name,
            $"The property is of the type {property.Type}{(property.Type == "enumeration" ? $" ({property.FieldType})" : "")}, and its values are made and compared as \"{made.Kind}\".",
            $"Convert them with {wanted}, or name another property.");
    }

    private static bool Takes(PortalProperty property, ComparisonDefinition made) => property.Type switch
    {
        "number" => made is NumberComparisonDefinition,
        "bool" => made is BooleanComparisonDefinition or EnumerationComparisonDefinition,
        "date" => made is DateComparisonDefinition,
        "datetime" => made is TimeComparisonDefinition,
        "enumeration" when property.IsList => made is not (TimeComparisonDefinition or BooleanComparisonDefinition),
        "enumeration" => made is not (TimeComparisonDefinition or MultiSelectComparisonDefinition)
            && (made is not NumberComparisonDefinition || property.Options.Count == 0 || property.Options.All(option => option.Value.All(char.IsAsciiDigit))),
        _ => true,
    };
}
