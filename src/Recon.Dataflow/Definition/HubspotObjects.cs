using System.Text.RegularExpressions;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Definition;

/// <summary>The object types that HubSpot's endpoints know.</summary>
internal static partial class HubspotObjects
{
    // HubSpot's public documentation of its CRM objects, 2026-11.
    private static readonly string[] s_standard =
    [
        .. ("appointments calls carts commerce_payments communications companies contacts courses deals discounts emails "
            + "feedback_submissions fees goal_targets invoices leads line_items listings meetings notes orders postal_mail "
            + "products quotes services subscriptions tasks taxes tickets users").Split(' '),
    ];

    /// <summary>What is wrong with the name of an object type.</summary>
    /// <returns>The fault and what to write; <see langword="null"/> for a type that there is.</returns>
    public static string? FaultOf(string type)
        => IsKnown(type) ? null
            : type == "engagements"
                ? "'engagements' is not a HubSpot object; calls, emails, meetings, notes and tasks are. Let a column determine which: "
                    + "{ \"from\": \"Comm_Type\", \"map\": { \"Call\": \"calls\", … } }"
            : $"'{type}' is not a HubSpot object{Suggestion.Hint(type, s_standard, always: false)}; custom objects are written 2-123456 or p_name";

    /// <summary>The object type that a mirror table is named after, if it is one.</summary>
    /// <param name="table">The table, with or without its schema.</param>
    public static string? OfTable(string table)
    {
        string name = table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return IsKnown(name) ? name : null;
    }

    private static bool IsKnown(string type) => s_standard.Contains(type, StringComparer.Ordinal) || Numbered().IsMatch(type);

    [GeneratedRegex(@"\A(?:[02]-\d{1,15}|p\d*_[a-z0-9_]{1,100})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
