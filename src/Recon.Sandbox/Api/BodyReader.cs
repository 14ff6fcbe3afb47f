using System.Text.Json;

namespace Recon.Sandbox.Api;

/// <summary>Reads what a body must hold; what it does not is a fault.</summary>
internal static class BodyReader
{
    /// <exception cref="ApiException">It is no list of objects, or holds more or fewer than HubSpot takes.</exception>
    public static JsonElement[] Inputs(JsonElement? body, int most)
    {
        if (body is not { ValueKind: JsonValueKind.Object } json)
        {
            throw new ApiException(ApiFault.BadJson("a JSON object is expected."));
        }

        if (!json.TryGetProperty("inputs", out JsonElement inputs) || inputs.ValueKind != JsonValueKind.Array)
        {
            throw new ApiException(ApiFault.Invalid("Some required fields were not set: [inputs]"));
        }

        JsonElement[] all = [.. inputs.EnumerateArray()];
        return all.Length > most ? throw new ApiException(ApiFault.Invalid($"The maximum number of inputs supported in a batch request is {most}, but {all.Length} were given."))
            : all.Any(input => input.ValueKind != JsonValueKind.Object) ? throw new ApiException(ApiFault.BadJson("each of inputs is an object."))
            : all;
    }

    /// <exception cref="ApiException">It is missing, or no text.</exception>
    public static string Text(JsonElement input, string name)
        => !input.TryGetProperty(name, out JsonElement value) ? throw new ApiException(ApiFault.Invalid($"Some required fields were not set: [{name}]"))
            : value.ValueKind == JsonValueKind.String ? value.GetString()!
            : throw new ApiException(ApiFault.BadJson($"{name} is a string, not {value.ValueKind}."));

    /// <exception cref="ApiException">It is no text.</exception>
    public static string? TextOrNone(JsonElement input, string name)
        => input.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? Text(input, name) : null;

    /// <exception cref="ApiException">It is no list of texts.</exception>
    public static string[] Texts(JsonElement input, string name)
        => !input.TryGetProperty(name, out JsonElement list) || list.ValueKind == JsonValueKind.Null ? []
            : list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(each => each.ValueKind == JsonValueKind.String)
                ? [.. list.EnumerateArray().Select(each => each.GetString()!)]
                : throw new ApiException(ApiFault.BadJson($"{name} is a list of strings."));

    /// <exception cref="ApiException">It is no object of texts.</exception>
    public static KeyValuePair<string, string>[] Values(JsonElement input, string name)
        => input.TryGetProperty(name, out JsonElement values) && values.ValueKind == JsonValueKind.Object
            ? [.. values.EnumerateObject().Select(each => KeyValuePair.Create(each.Name, Text(values, each.Name)))]
            : throw new ApiException(ApiFault.Invalid($"Some required fields were not set: [{name}]"));
}

/// <summary>A call is refused as a whole.</summary>
internal sealed class ApiException(ApiFault fault) : Exception(fault.Message)
{
    public ApiFault Fault { get; } = fault;
}
