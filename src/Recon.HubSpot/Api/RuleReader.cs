using System.Text.Json;
using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Api;

/// <summary>Reads what values of an object type must keep.</summary>
internal static class RuleReader
{
    /// <param name="validations">The rules of properties.</param>
    /// <param name="schema">The object type itself, which says what is required.</param>
    public static PortalRules Read(JsonElement validations, JsonElement schema) => new()
    {
        Required = [.. schema.Get("requiredProperties").Texts().Order(StringComparer.Ordinal)],
        Values = [.. from item in validations.Get("results").Items()
                     let property = item.Text("propertyName")
                     where property is not null
                     from rule in item.Get("propertyValidationRules").Items()
                     let kind = rule.Text("ruleType")
                     where kind is not null
                     orderby property, kind
                     select new ValueRule(property, kind, rule.Get("ruleArguments").Texts())],
    };
}
