namespace Recon.Sandbox.Portal;

/// <summary>What HubSpot calls an object type: paths take its name, in the singular, too, or its number.</summary>
internal static class ObjectTypes
{
    /// <summary>The name that the others stand for; a custom object's own.</summary>
    public static string NameOf(string written) => written switch
    {
        "contact" or "0-1" => "contacts",
        "company" or "0-2" => "companies",
        "deal" or "0-3" => "deals",
        "call" or "0-48" => "calls",
        "email" or "0-49" => "emails",
        "meeting" or "0-47" => "meetings",
        "note" or "0-46" => "notes",
        "task" or "0-27" => "tasks",
        _ => written,
    };

    /// <summary>The scope that writing an object of the type needs: engagements belong to contacts.</summary>
    public static string ScopeOf(string type, string action)
        => $"crm.objects.{(IsEngagement(type) ? "contacts" : type.Contains('-', StringComparison.Ordinal) ? "custom" : type)}.{action}";

    /// <summary>The scope that reading the properties of a type needs.</summary>
    public static string SchemaScopeOf(string type)
        => $"crm.schemas.{(IsEngagement(type) ? "contacts" : type.Contains('-', StringComparison.Ordinal) ? "custom" : type)}.read";

    private static bool IsEngagement(string type) => type is "calls" or "emails" or "meetings" or "notes" or "tasks" or "communications";
}
