using System.Globalization;
using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>Reads the records of an answer to a batch read.</summary>
internal static class ReadJudge
{
    // The categories of a record that is not there.
    private static readonly string[] s_notThere = ["OBJECT_NOT_FOUND", "NOT_FOUND"];

    /// <summary>Adds what the answer holds; ids that nobody asked for are left out.</summary>
    public static void Add(
        JsonElement body, int status, HashSet<string> asked, Dictionary<string, LiveRecord> found, Dictionary<string, ApiError> failed)
    {
        foreach (JsonElement result in body.Get("results").Items())
        {
            if (result.Text("id") is { } id && asked.Contains(id))
            {
                found[id] = new LiveRecord(id, result.Get("properties").Values(), History(result.Get("propertiesWithHistory")));
            }
        }

        foreach (JsonElement item in body.Get("errors").Items())
        {
            ApiError error = ErrorReader.Read(item, status);
            if (!s_notThere.Contains(error.Category, StringComparer.Ordinal))
            {
                foreach (string id in ErrorReader.Context(item, "ids", "id").Where(id => asked.Contains(id) && !found.ContainsKey(id)))
                {
                    failed[id] = error;
                }
            }
        }
    }

    private static Dictionary<string, IReadOnlyList<HistoryItem>> History(JsonElement histories)
    {
        Dictionary<string, IReadOnlyList<HistoryItem>> read = new(StringComparer.Ordinal);
        foreach (JsonProperty property in histories.Members())
        {
            read[property.Name] = [.. property.Value.Items().Select(Item).OrderByDescending(item => item.Timestamp)];
        }

        return read;
    }

    private static HistoryItem Item(JsonElement item) => new(
        item.Text("value"),
        Time(item.Text("timestamp")),
        item.Text("sourceType"),
        item.Text("sourceId"),
        item.Text("sourceLabel"),
        item.Text("updatedByUserId"));

    private static DateTimeOffset Time(string? text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : DateTimeOffset.MinValue;
}
