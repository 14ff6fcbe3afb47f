using System.Text.Json;

namespace Recon.Sandbox.Api;

/// <summary>One input of a batch update.</summary>
internal sealed record UpdateInput(string Id, string? TraceId, KeyValuePair<string, string>[] Values)
{
    /// <exception cref="ApiException">It is none, or two are of the same record.</exception>
    public static UpdateInput[] Of(JsonElement? body, int most)
    {
        UpdateInput[] inputs = [.. BodyReader.Inputs(body, most).Select(input => Of(input))];
        string[] twice = [.. inputs.GroupBy(input => input.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)];
        return twice.Length == 0 ? inputs : throw new ApiException(ApiFault.Invalid($"Duplicate IDs found in batch input: [{string.Join(", ", twice)}]. IDs must be unique"));
    }

    public bool Sets(string property) => Values.Any(value => value.Key == property);

    private static UpdateInput Of(JsonElement input)
        => BodyReader.TextOrNone(input, "idProperty") is { } idProperty
            ? throw new ApiException(ApiFault.Invalid($"{idProperty} cannot be used as idProperty: records are found by their ids here.", "INVALID_ID_PROPERTY", idProperty))
            : new UpdateInput(BodyReader.Text(input, "id"), BodyReader.TextOrNone(input, "objectWriteTraceId"), BodyReader.Values(input, "properties"));
}
