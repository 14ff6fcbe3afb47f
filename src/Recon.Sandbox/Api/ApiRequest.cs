using System.Text.Json;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>A request, its body parsed.</summary>
/// <param name="Query">The parameters of the address; lists are joined by commas.</param>
/// <param name="Body">The JSON object of the body; <see langword="null"/> without one.</param>
internal sealed record ApiRequest(
    ApiRoute Route, IReadOnlyDictionary<string, string> Query, string? Token, JsonElement? Body, ActiveTraps Traps, string CorrelationId)
{
    /// <summary>The ids of a body's inputs, as far as they can be read.</summary>
    public static IReadOnlyList<string> IdsOf(ApiRoute route, JsonElement? body)
        => route.Name is { } name && route.Kind is CallKind.Get or CallKind.Associations ? [name!]
            : body is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("inputs", out JsonElement inputs) && inputs.ValueKind == JsonValueKind.Array
                ? [.. inputs.EnumerateArray().Select(IdOf).OfType<string>()]
                : [];

    private static string? IdOf(JsonElement input)
    {
        JsonElement holder = input.ValueKind == JsonValueKind.Object && input.TryGetProperty("from", out JsonElement from) ? from : input;
        return holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
    }
}
