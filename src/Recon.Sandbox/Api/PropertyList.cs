using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>The properties of a type with all that HubSpot tells of them, or one of them.</summary>
internal static class PropertyList
{
    public static ApiAnswer Answer(ObjectStore store, ApiRequest request)
    {
        if (request.Route.Name is not { } name)
        {
            return new ApiAnswer(200, Json.Of(json =>
            {
                json.WriteStartArray("results");
                // No property of the sandbox was ever archived.
                foreach (SandboxProperty property in request.Query.GetValueOrDefault("archived") == "true" ? [] : store.Properties)
                {
                    Write(json, store, property, request);
                }

                json.WriteEndArray();
            }));
        }

        return store.Property(name) is { } one
            ? new ApiAnswer(200, Json.OfValue(json => Write(json, store, one, request)))
            : throw new ApiException(new ApiFault(404, "OBJECT_NOT_FOUND", $"Property {name} of {store.Type} does not exist."));
    }

    private static void Write(Utf8JsonWriter json, ObjectStore store, SandboxProperty property, ApiRequest request)
    {
        json.WriteStartObject();
        json.WriteString("name", property.Name);
        json.WriteString("label", property.Name);
        json.WriteString("type", property.Type);
        json.WriteString("fieldType", property.FieldType);
        json.WriteString("description", "");
        json.WriteString("groupName", $"{store.Type}_information");
        WriteOptions(json, property);
        json.WriteNumber("displayOrder", -1);
        json.WriteBoolean("calculated", property.IsCalculated);
        json.WriteBoolean("externalOptions", false);
        json.WriteBoolean("hasUniqueValue", property.IsUnique);
        json.WriteBoolean("hidden", false);
        json.WriteBoolean("hubspotDefined", property.IsOfHubspot);
        json.WriteBoolean("formField", false);
        if (!request.Route.IsDated)
        {
            json.WriteBoolean("archived", false);
        }

        json.WriteStartObject("modificationMetadata");
        json.WriteBoolean("archivable", !property.IsOfHubspot);
        json.WriteBoolean("readOnlyDefinition", property.IsOfHubspot);
        json.WriteBoolean("readOnlyOptions", property.IsOfHubspot);
        json.WriteBoolean("readOnlyValue", property.IsReadOnly || property.IsCalculated);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, SandboxProperty property)
    {
        json.WriteStartArray("options");
        string[] options = property.Type == "bool" ? ["true", "false"] : [.. property.Options];
        for (int place = 0; place < options.Length; place++)
        {
            json.WriteStartObject();
            json.WriteString("label", options[place]);
            json.WriteString("value", options[place]);
            json.WriteNumber("displayOrder", place);
            json.WriteBoolean("hidden", false);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
