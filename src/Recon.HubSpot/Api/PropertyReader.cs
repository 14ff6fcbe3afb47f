using System.Text.Json;
using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Api;

/// <summary>Reads the properties of an object type.</summary>
internal static class PropertyReader
{
    /// <param name="archived">The answer to the question for archived ones; what is in both is not archived.</param>
    public static IReadOnlyList<PortalProperty> Read(JsonElement live, JsonElement archived)
    {
        Dictionary<string, PortalProperty> read = new(StringComparer.Ordinal);
        Add(live, isArchived: false, read);
        Add(archived, isArchived: true, read);
        return [.. read.Values.OrderBy(property => property.Name, StringComparer.Ordinal)];
    }

    private static void Add(JsonElement body, bool isArchived, Dictionary<string, PortalProperty> read)
    {
        foreach (JsonElement item in body.Get("results").Items())
        {
            if (item.Text("name") is { } name)
            {
                read.TryAdd(name, new PortalProperty(name, item.Text("type") ?? "string", item.Text("fieldType") ?? "text")
                {
                    Options = Options(item.Get("options")),
                    Calculated = item.Is("calculated"),
                    ReadOnly = item.Get("modificationMetadata").Is("readOnlyValue"),
                    Unique = item.Is("hasUniqueValue"),
                    Archived = isArchived || item.Is("archived"),
                });
            }
        }
    }

    private static PortalOption[] Options(JsonElement options)
        => [.. from option in options.Items()
               let value = option.Text("value")
               where value is not null
               select new PortalOption(value, option.Text("label") ?? value, option.Is("hidden"))];
}
