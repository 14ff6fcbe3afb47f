namespace Recon.HubSpot.Api;

/// <summary>Where each call goes, by version of the API.</summary>
/// <param name="Objects">Before the object type: batches and search.</param>
/// <param name="Properties">Before the object type: properties.</param>
/// <param name="Validations">Before the object type: rules about values.</param>
/// <param name="Schemas">Before the object type: what it requires.</param>
/// <param name="Associations">Before the two object types.</param>
internal sealed record ApiPaths(string Objects, string Properties, string Validations, string Schemas, string Associations)
{
    /// <summary>The account of the token.</summary>
    public const string Account = "/account-info/v3/details";

    /// <summary>What the token may do.</summary>
    public const string Token = "/oauth/v2/private-apps/get/access-token-info";

    private static readonly Dictionary<string, ApiPaths> s_byVersion = new(StringComparer.Ordinal)
    {
        ["2026-09"] = new(
            "/crm/objects/2026-09",
            "/crm/properties/2026-09",
            "/crm/property-validations/2026-09",
            "/crm-object-schemas/2026-09/schemas",
            "/crm/associations/2026-09"),
        ["v3"] = new(
            "/crm/v3/objects",
            "/crm/v3/properties",
            "/crm/v3/property-validations",
            "/crm-object-schemas/v3/schemas",
            "/crm/v4/associations"),
    };

    /// <param name="version">A version that the rules of definitions know.</param>
    public static ApiPaths Of(string version) => s_byVersion[version];

    public string Update(string type) => $"{Objects}/{Escape(type)}/batch/update";

    public string Read(string type) => $"{Objects}/{Escape(type)}/batch/read";

    public string Search(string type) => $"{Objects}/{Escape(type)}/search";

    public string Associate(string from, string to) => $"{Associations}/{Escape(from)}/{Escape(to)}/batch/associate/default";

    public string PropertiesOf(string type, bool archived) => $"{Properties}/{Escape(type)}?archived={(archived ? "true" : "false")}";

    public string ValidationsOf(string type) => $"{Validations}/{Escape(type)}";

    public string SchemaOf(string type) => $"{Schemas}/{Escape(type)}";

    private static string Escape(string type) => Uri.EscapeDataString(type);
}
