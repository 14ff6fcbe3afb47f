using System.Globalization;
using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>Reads the records of an answer to a batch read.</summary>
internal static class ReadJudge
{
    // The years 1 to 9999.
    private const long EarliestMilliseconds = -62_135_596_800_000;
    private const long LatestMilliseconds = 253_402_300_799_999;

    // The categories of a record that is not there.
    private static readonly string[] s_notThere = ["OBJECT_NOT_FOUND", "NOT_FOUND"];

    /// <summary>Adds what the answer holds; ids that nobody asked for are left out.</summary>
    public static void Add(
        JsonElement body, int status, HashSet<string> asked, Dictionary<string, LiveRecord> found, Dictionary<string, ApiError> failed, HashSet<string> notThere)
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
            bool isNotThere = s_notThere.Contains(error.Category, StringComparer.Ordinal);
            foreach (string id in ErrorReader.Context(item, "ids", "id").Where(id => asked.Contains(id) && !found.ContainsKey(id)))
            {
                if (isNotThere)
                {
                    notThere.Add(id);
                }
                else
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
            // Where a time cannot be read, HubSpot's own order counts, which is the newest first.
            HistoryItem[] items = [.. property.Value.Items().Select(Item)];
            read[property.Name] = items.All(item => item.Timestamp is not null) ? [.. items.OrderByDescending(item => item.Timestamp)] : items;
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

    // Written out, or as milliseconds since 1970.
    private static DateTimeOffset? Time(string? text)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds)
            ? milliseconds is >= EarliestMilliseconds and <= LatestMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
