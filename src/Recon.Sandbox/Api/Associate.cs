using System.Text.Json;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary><c>batch/associate/default</c>: links records; linking again changes nothing.</summary>
internal static class Associate
{
    private const int Most = 100;

    public static ApiAnswer Answer(SandboxPortal portal, ObjectStore from, ObjectStore to, ApiRequest request)
    {
        (string From, string To)[] pairs = [.. BodyReader.Inputs(request.Body, Most).Select(input => (IdOf(input, "from"), IdOf(input, "to")))];
        string[] ids = [.. pairs.Select(pair => pair.From).Distinct(StringComparer.Ordinal)];
        Edits.Remove(portal, from, request.Traps, ids);
        SandboxTrap? failing = request.Traps.Find(TrapKind.ErrorsIn200) ?? request.Traps.Find(TrapKind.ErrorsIn207);
        IReadOnlySet<string> failed = failing?.Chosen(ids, failing.Number(1)) ?? new HashSet<string>();
        IReadOnlySet<string> leftOut = request.Traps.Find(TrapKind.LeftOut) is { } trap ? trap.Chosen(ids, trap.Number(1)) : new HashSet<string>();
        List<Action<Utf8JsonWriter>> results = [];
        List<ItemError> errors = [];
        bool isEmpty = request.Traps.Has(TrapKind.EmptyResults);
        foreach ((string left, string right) in pairs.Where(pair => !isEmpty && !leftOut.Contains(pair.From)))
        {
            if (failed.Contains(left))
            {
                errors.Add(new ItemError(ApiFault.Invalid("The sandbox was told to refuse this input.", "INVALID_OBJECT_ID"), [left, right], []));
            }
            else if (from.Find(left) is { IsThere: true } && to.Find(right) is { IsThere: true })
            {
                portal.Links.Add(from.Type, left, to.Type, right);
                results.Add(json => WriteBoth(json, (from.Type, left), (to.Type, right)));
            }
            else
            {
                string missing = from.Find(left) is { IsThere: true } ? right : left;
                errors.Add(new ItemError(new ApiFault(404, "OBJECT_NOT_FOUND", $"{missing} does not exist, so that nothing can be linked with it."), [left, right], []));
            }
        }

        int? status = request.Traps.Has(TrapKind.ErrorsIn200) ? 200 : request.Traps.Has(TrapKind.ErrorsIn207) ? 207 : null;
        return BatchJson.Answer(request.Route.IsDated, portal.Now, results, errors, status);
    }

    private static void WriteBoth(Utf8JsonWriter json, (string Type, string Id) from, (string Type, string Id) to)
    {
        WriteOne(json, from, to);
        WriteOne(json, to, from);
    }

    private static void WriteOne(Utf8JsonWriter json, (string Type, string Id) from, (string Type, string Id) to)
    {
        json.WriteStartObject();
        WriteId(json, "from", from.Id);
        WriteId(json, "to", to.Id);
        json.WriteStartObject("associationSpec");
        json.WriteString("associationCategory", "HUBSPOT_DEFINED");
        json.WriteNumber("associationTypeId", AssociationTypes.Of(from.Type, to.Type));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, string name, string id)
    {
        json.WriteStartObject(name);
        json.WriteString("id", id);
        json.WriteEndObject();
    }

    private static string IdOf(JsonElement input, string side)
        => input.TryGetProperty(side, out JsonElement holder) && holder.ValueKind == JsonValueKind.Object
            ? BodyReader.Text(holder, "id")
            : throw new ApiException(ApiFault.Invalid($"Some required fields were not set: [{side}]"));
}
