using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>The validation rules of a type's properties, or of one of them.</summary>
internal static class RuleList
{
    public static ApiAnswer Answer(ObjectStore store, ApiRequest request)
    {
        if (request.Route.Name is { } name)
        {
            SandboxProperty property = store.Property(name) ?? throw new ApiException(ApiFault.NoSuchObject());
            return new ApiAnswer(200, Json.Of(json => WriteRules(json, "results", property)));
        }

        return new ApiAnswer(200, Json.Of(json =>
        {
            json.WriteStartArray("results");
            foreach (SandboxProperty property in store.Properties.Where(property => property.Rules.Count > 0))
            {
                json.WriteStartObject();
                json.WriteString("propertyName", property.Name);
                WriteRules(json, "propertyValidationRules", property);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
    }

    private static void WriteRules(Utf8JsonWriter json, string name, SandboxProperty property)
    {
        json.WriteStartArray(name);
        foreach (PropertyRule rule in property.Rules)
        {
            json.WriteStartObject();
            json.WriteString("ruleType", rule.Type);
            json.WriteStrings("ruleArguments", rule.Arguments);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
