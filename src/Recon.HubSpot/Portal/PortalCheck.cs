using Recon.Dataflow.Text;

namespace Recon.HubSpot.Portal;

/// <summary>Tells what an account would refuse: properties, values, and records that would lack one. Pure, and thread-safe.</summary>
internal sealed class PortalCheck
{
    private readonly Dictionary<string, CheckedType> _types;

    public PortalCheck(PortalFile portal)
        => _types = portal.Objects.ToDictionary(pair => pair.Key, pair => new CheckedType(pair.Key, pair.Value), StringComparer.Ordinal);

    /// <summary>What speaks against writing to an object type at all.</summary>
    public PortalViolation? OfType(string type) => _types.ContainsKey(type)
        ? null
        : new PortalViolation(
            ViolationKind.Type,
            type,
            "",
            $"Nothing is known of an object type '{type}'{Suggestion.Hint(type, _types.Keys, always: false)}.",
            "Correct \"object\", or pull the portal file again: it holds the object types of the definition.");

    /// <summary>What speaks against writing to a property, whatever the value.</summary>
    public PortalViolation? OfProperty(string type, string property)
        => !_types.TryGetValue(type, out CheckedType? known) ? OfType(type) : WhyNotWritable(known, property);

    /// <summary>What speaks against a value; an empty text clears.</summary>
    public PortalViolation? Of(string type, string property, string value)
    {
        if (OfProperty(type, property) is { } violation)
        {
            return violation;
        }

        CheckedType known = _types[type];
        PortalProperty target = known.Properties[property];
        return value.Length > 0
            ? ValueCheck.Of(type, target, value) ?? known.RulesOf(property).Select(rule => RuleCheck.Of(type, rule, value)).FirstOrDefault(found => found is not null)
            : known.Rules.Required.Contains(property, StringComparer.Ordinal)
                ? new PortalViolation(
                    ViolationKind.Required, type, property, "It must have a value, and would be cleared.", "Set \"onNull\" to \"ignore\", or let the property be empty in HubSpot.")
                : null;
    }

    /// <summary>What a record would lack: properties that are required while another one has a certain value.</summary>
    /// <param name="values">The new values.</param>
    /// <param name="before">What is known of the record's other values.</param>
    public IEnumerable<PortalViolation> OfRecord(
        string type, IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, string?> before)
    {
        return from rule in RulesOf(type).Conditional
               where After(rule.When) is { Length: > 0 } value && (rule.In.Count == 0 || rule.In.Contains(value, StringComparer.Ordinal))
               from property in rule.Require
               where After(property) is { Length: 0 }
               select new PortalViolation(
                   ViolationKind.Conditional,
                   type,
                   property,
                   $"It must have a value while '{rule.When}' {rule.Holds}, and would have none.",
                   $"Set '{property}' in the same update, or leave '{rule.When}' alone.");

        // A property of which nothing is known has no value to judge by.
        string? After(string property) => values.TryGetValue(property, out string? value) ? value
            : before.TryGetValue(property, out string? held) ? held ?? "" : null;
    }

    /// <summary>A property that can be written; <see langword="null"/> for any other.</summary>
    public PortalProperty? Find(string type, string property)
        => OfProperty(type, property) is null ? _types[type].Properties[property] : null;

    /// <summary>The rules of an object type; none for one that is not known.</summary>
    public PortalRules RulesOf(string type) => _types.TryGetValue(type, out CheckedType? known) ? known.Rules : new PortalRules();

    /// <summary>The number of characters that a property takes; <see langword="null"/> when no rule says.</summary>
    public int? LongestOf(string type, string property)
        => _types.TryGetValue(type, out CheckedType? known) ? known.RulesOf(property).Select(RuleCheck.LongestOf).Min() : null;

    private static PortalViolation? WhyNotWritable(CheckedType type, string name)
    {
        if (!type.Properties.TryGetValue(name, out PortalProperty? property))
        {
            return new PortalViolation(
                ViolationKind.Property,
                type.Name,
                name,
                $"'{type.Name}' has no property '{name}'{Suggestion.Hint(name, type.Properties.Keys, always: false)}.",
                "Name HubSpot's property in \"object\".\"properties\", or create it in HubSpot and pull the portal file again.");
        }

        string? why = property switch
        {
            { Archived: true } => "is archived",
            { Calculated: true } => "is calculated by HubSpot",
            { ReadOnly: true } => "is read-only",
            _ => null,
        };
        return why is null ? null : new PortalViolation(
            ViolationKind.ReadOnly,
            type.Name,
            name,
            $"The property {why}, so nothing can be written to it.",
            property.Archived
                ? "Restore it in HubSpot, or let the definition write to another one."
                : "Let the definition write to another one, or set its policy to \"compare-only\".");
    }

    private sealed class CheckedType(string name, PortalObject source)
    {
        private readonly ILookup<string, ValueRule> _rules = source.Rules.Values.ToLookup(rule => rule.Property, StringComparer.Ordinal);

        public string Name => name;

        public Dictionary<string, PortalProperty> Properties { get; } = source.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);

        public PortalRules Rules => source.Rules;

        public IEnumerable<ValueRule> RulesOf(string property) => _rules[property];
    }
}
