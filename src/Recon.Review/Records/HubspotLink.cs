using System.Globalization;
using Recon.Dataflow.Definition;
using Recon.Review.Markup;

namespace Recon.Review.Records;

/// <summary>The way to a record in HubSpot, where the definition says which account that is.</summary>
internal static class HubspotLink
{
    // HubSpot's numbers of its own objects, 2026-11. What is a part of a timeline has no page of its own.
    private static readonly Dictionary<string, string> s_numbers = new(StringComparer.Ordinal)
    {
        ["contacts"] = "0-1",
        ["companies"] = "0-2",
        ["deals"] = "0-3",
        ["tickets"] = "0-5",
        ["products"] = "0-7",
        ["leads"] = "0-136",
    };

    /// <param name="type">The type of the record; <see langword="null"/> where nothing tells it.</param>
    public static Html Of(HubspotDefinition? hubspot, string? type, long id)
    {
        string shown = id.ToString(CultureInfo.InvariantCulture);
        string? number = type is null ? null : s_numbers.GetValueOrDefault(type) ?? (type.StartsWith("2-", StringComparison.Ordinal) ? type : null);
        if (hubspot is not { Portal: { } portal, Base: HubspotDefinition.PublicBase } || number is null)
        {
            return Html.Of($"""<span class="id">{shown}</span>""");
        }

        string address = string.Create(CultureInfo.InvariantCulture, $"https://app.hubspot.com/contacts/{portal}/record/{Uri.EscapeDataString(number)}/{id}");
        return Html.Of($"""<a class="id" href="{address}" target="_blank" rel="noopener noreferrer">{shown}<span class="unseen"> in HubSpot, in a new window</span></a>""");
    }
}
