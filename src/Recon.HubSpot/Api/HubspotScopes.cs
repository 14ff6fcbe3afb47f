namespace Recon.HubSpot.Api;

/// <summary>The scopes that a token needs, by object type.</summary>
internal static class HubspotScopes
{
    /// <summary>To read and write records of a type, and to read its properties.</summary>
    public static IReadOnlyList<string> Of(string type)
    {
        string family = FamilyOf(type);
        return [$"crm.objects.{family}.read", $"crm.objects.{family}.write", $"crm.schemas.{family}.read"];
    }

    // Engagements belong to contacts, and all objects of an account's own share their scopes.
    private static string FamilyOf(string type) => type switch
    {
        "contact" or "0-1" or "calls" or "emails" or "meetings" or "notes" or "tasks" or "communications"
            or "0-18" or "0-27" or "0-46" or "0-47" or "0-48" or "0-49" => "contacts",
        "company" or "0-2" => "companies",
        "deal" or "0-3" => "deals",
        _ when type.StartsWith("2-", StringComparison.Ordinal) || type.StartsWith("p_", StringComparison.Ordinal) => "custom",
        _ => type,
    };
}
