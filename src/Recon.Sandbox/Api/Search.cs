using System.Globalization;
using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>Search by filters: groups of which one must hold, of filters that must all hold.</summary>
internal static class Search
{
    private const int MostGroups = 5;
    private const int MostFilters = 6;
    private const int MostResults = 200;

    public static ApiAnswer Answer(ObjectStore store, ApiRequest request)
    {
        JsonElement body = request.Body is { ValueKind: JsonValueKind.Object } json ? json : throw new ApiException(ApiFault.BadJson("a JSON object is expected."));
        SearchFilter[][] groups = [.. ListOf(body, "filterGroups").Select(group => (SearchFilter[])[.. ListOf(group, "filters").Select(filter => SearchFilter.Of(store, filter))])];
        if (groups.Length > MostGroups || groups.Any(group => group.Length > MostFilters))
        {
            throw new ApiException(ApiFault.Invalid($"A search takes at most {MostGroups} groups of at most {MostFilters} filters."));
        }

        string[] properties = BodyReader.Texts(body, "properties");
        int limit = Number(body, "limit", 10);
        int after = Number(body, "after", 0);
        if (limit is < 1 or > MostResults)
        {
            throw new ApiException(ApiFault.Invalid($"limit is from 1 to {MostResults}."));
        }

        SandboxRecord[] found = [.. store.Records.Where(record => record.IsThere && (groups.Length == 0 || groups.Any(group => group.All(filter => filter.Holds(store, record)))))];
        return new ApiAnswer(200, Json.Of(writer =>
        {
            writer.WriteNumber("total", found.Length);
            writer.WriteStartArray("results");
            foreach (SandboxRecord record in found.Skip(after).Take(limit))
            {
                RecordJson.Write(writer, store, record, properties, []);
            }

            writer.WriteEndArray();
            if (found.Length > after + limit)
            {
                writer.WriteStartObject("paging");
                writer.WriteStartObject("next");
                writer.WriteString("after", (after + limit).ToString(CultureInfo.InvariantCulture));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        }));
    }

    private static JsonElement[] ListOf(JsonElement holder, string name)
        => holder.ValueKind != JsonValueKind.Object ? throw new ApiException(ApiFault.BadJson("an object is expected."))
            : !holder.TryGetProperty(name, out JsonElement list) ? []
            : list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()]
            : throw new ApiException(ApiFault.BadJson($"{name} is a list."));

    // HubSpot takes "after" as a text or a number.
    private static int Number(JsonElement body, string name, int otherwise)
        => !body.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? otherwise
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
            : value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out int read) ? read
            : throw new ApiException(ApiFault.BadJson($"{name} is a number."));
}
