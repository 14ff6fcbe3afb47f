using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>Associations read back: of one record, or of a batch of them.</summary>
internal static class AssociationRead
{
    private const int Most = 1_000;

    public static ApiAnswer Answer(SandboxPortal portal, ObjectStore from, ObjectStore to, ApiRequest request)
    {
        if (request.Route.Name is { } id)
        {
            return from.Find(id) is { IsThere: true }
                ? new ApiAnswer(200, Json.Of(json => WriteList(json, "results", portal, from, id, to)))
                : throw new ApiException(ApiFault.NoSuchObject());
        }

        string[] ids = [.. BodyReader.Inputs(request.Body, Most).Select(input => BodyReader.Text(input, "id")).Distinct(StringComparer.Ordinal)];
        string[] without = [.. ids.Where(each => portal.Links.Of(from.Type, each, to.Type).Count == 0)];
        ItemError[] errors = without.Length == 0
            ? []
            : [new ItemError(new ApiFault(404, "OBJECT_NOT_FOUND", $"No {to.Type} are associated with some {from.Type}."), without, [])];
        return BatchJson.Answer(
            request.Route.IsDated, portal.Now, [.. ids.Except(without).Select(each => (Action<Utf8JsonWriter>)(json => WriteOne(json, portal, from, each, to)))], errors);
    }

    private static void WriteOne(Utf8JsonWriter json, SandboxPortal portal, ObjectStore from, string id, ObjectStore to)
    {
        json.WriteStartObject();
        json.WriteStartObject("from");
        json.WriteString("id", id);
        json.WriteEndObject();
        WriteList(json, "to", portal, from, id, to);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, SandboxPortal portal, ObjectStore from, string id, ObjectStore to)
    {
        json.WriteStartArray(name);
        foreach (string other in portal.Links.Of(from.Type, id, to.Type))
        {
            json.WriteStartObject();
            // A number in HubSpot, whose ids are numbers.
            json.WritePropertyName("toObjectId");
            if (long.TryParse(other, out long number))
            {
                json.WriteNumberValue(number);
            }
            else
            {
                json.WriteStringValue(other);
            }

            json.WriteStartArray("associationTypes");
            json.WriteStartObject();
            json.WriteString("category", "HUBSPOT_DEFINED");
            json.WriteNumber("typeId", AssociationTypes.Of(from.Type, to.Type));
            json.WriteNull("label");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
