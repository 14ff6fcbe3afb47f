using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;

namespace Recon.HubSpot.Portal;

/// <summary>Whether updates can leave a property empty that an account requires, always or under a condition.</summary>
internal static class RequirementCheck
{
    public static IEnumerable<DefinitionViolation> Of(PortalTarget[] targets, PortalRules rules, ConversionContext context)
        => targets.Where(target => IsCleared(target) && rules.Required.Contains(target.Name, StringComparer.Ordinal))
            .Select(target => Cleared(target, ViolationKind.Required, "must have a value"))
            .Concat(rules.Conditional.SelectMany(rule => OfRule(targets, rule, context)));

    private static IEnumerable<DefinitionViolation> OfRule(PortalTarget[] targets, ConditionalRule rule, ConversionContext context)
    {
        PortalTarget? deciding = targets.FirstOrDefault(target => target.Name == rule.When);
        foreach (string name in rule.Require)
        {
            PortalTarget? required = targets.FirstOrDefault(target => target.Name == name);
            if (required is not null && IsCleared(required))
            {
                yield return Cleared(required, ViolationKind.Conditional, $"must have a value while '{rule.When}' {rule.Holds}");
            }
            else if (required is null && deciding is not null && CanHold(deciding, rule, context))
            {
                (object node, string? member) = deciding.Place;
                yield return new DefinitionViolation(
                    new PortalViolation(
                        ViolationKind.Conditional,
                        deciding.Type,
                        name,
                        $"It must have a value while '{rule.When}' {rule.Holds}, which updates can make it, and the definition sets none.",
                        $"Map a column to '{name}', or see to it in HubSpot first.")
                    {
                        IsPossible = true,
                    },
                    node,
                    member);
            }
        }
    }

    private static bool CanHold(PortalTarget target, ConditionalRule rule, ConversionContext context)
        => rule.In.Count == 0 || !target.IsClosed || target.Named(context).Any(named => rule.In.Contains(named.Value, StringComparer.Ordinal));

    private static bool IsCleared(PortalTarget target) => target.Property is { OnNull: NullPolicy.Clear, Default: null, Constant: null };

    private static DefinitionViolation Cleared(PortalTarget target, ViolationKind kind, string why) => new(
        new PortalViolation(kind, target.Type, target.Name, $"It {why}, and a record without one would clear it.", "Set \"onNull\" to \"ignore\"."),
        target.Property,
        nameof(target.Property.OnNull));
}
