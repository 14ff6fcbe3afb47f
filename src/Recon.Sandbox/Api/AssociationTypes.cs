namespace Recon.Sandbox.Api;

/// <summary>The numbers of HubSpot's own default associations.</summary>
internal static class AssociationTypes
{
    /// <returns>HubSpot's number; 1 where nobody has written it down here.</returns>
    public static int Of(string from, string to) => (from, to) switch
    {
        ("contacts", "companies") => 279,
        ("companies", "contacts") => 280,
        ("deals", "contacts") => 3,
        ("contacts", "deals") => 4,
        ("deals", "companies") => 341,
        ("companies", "deals") => 342,
        ("calls", "contacts") => 194,
        ("contacts", "calls") => 193,
        ("calls", "companies") => 182,
        ("companies", "calls") => 181,
        ("calls", "deals") => 206,
        ("deals", "calls") => 205,
        ("emails", "contacts") => 198,
        ("contacts", "emails") => 197,
        ("emails", "companies") => 186,
        ("companies", "emails") => 185,
        ("emails", "deals") => 210,
        ("deals", "emails") => 209,
        ("meetings", "contacts") => 200,
        ("contacts", "meetings") => 199,
        ("meetings", "companies") => 188,
        ("companies", "meetings") => 187,
        ("meetings", "deals") => 212,
        ("deals", "meetings") => 211,
        ("notes", "contacts") => 202,
        ("contacts", "notes") => 201,
        ("notes", "companies") => 190,
        ("companies", "notes") => 189,
        ("notes", "deals") => 214,
        ("deals", "notes") => 213,
        ("tasks", "contacts") => 204,
        ("contacts", "tasks") => 203,
        ("tasks", "companies") => 192,
        ("companies", "tasks") => 191,
        ("tasks", "deals") => 216,
        ("deals", "tasks") => 215,
        _ => 1,
    };
}
