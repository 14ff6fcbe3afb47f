using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>What a path asks for.</summary>
/// <param name="IsDated">Whether it is of the dated version, 2026-09, rather than of v3 or v4.</param>
/// <param name="Type">The object type, as written.</param>
/// <param name="To">The other object type of an association.</param>
/// <param name="Name">A record's id or a property's name.</param>
internal sealed record ApiRoute(CallKind Kind, bool IsDated, string? Type = null, string? To = null, string? Name = null)
{
    public const string Dated = "2026-09";

    public static ApiRoute Of(string method, string path)
    {
        string[] parts = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        return parts switch
        {
            ["crm", "objects", Dated, .. string[] rest] => OfObject(method, true, rest),
            ["crm", "v3" or "v4", "objects", .. string[] rest] => OfObject(method, false, rest),
            ["crm", "properties", Dated, .. string[] rest] => OfProperty(method, true, rest),
            ["crm", "v3", "properties", .. string[] rest] => OfProperty(method, false, rest),
            ["crm", "property-validations", Dated, .. string[] rest] => OfRule(method, true, rest),
            ["crm", "v3", "property-validations", .. string[] rest] => OfRule(method, false, rest),
            ["crm", "associations", Dated, .. string[] rest] => OfAssociation(method, true, rest),
            ["crm", "v4", "associations", .. string[] rest] => OfAssociation(method, false, rest),
            ["account-info", "v3" or Dated, "details"] when method == "GET" => new(CallKind.Account, parts[1] == Dated),
            ["oauth", "v2" or Dated, "private-apps", "get", "access-token-info"] when method == "POST" => new(CallKind.Token, parts[1] == Dated),
            _ => new(CallKind.Unknown, false),
        };
    }

    private static ApiRoute OfObject(string method, bool isDated, string[] rest) => (method, rest) switch
    {
        ("POST", [var type, "batch", "read"]) => new(CallKind.Read, isDated, type),
        ("POST", [var type, "batch", "update"]) => new(CallKind.Update, isDated, type),
        ("POST", [var type, "search"]) => new(CallKind.Search, isDated, type),
        ("GET", [var type, var id]) => new(CallKind.Get, isDated, type, Name: id),
        ("GET", [var type, var id, "associations", var to]) => new(CallKind.Associations, isDated, type, to, id),
        _ => new(CallKind.Unknown, isDated),
    };

    private static ApiRoute OfProperty(string method, bool isDated, string[] rest) => (method, rest) switch
    {
        ("GET", [var type]) => new(CallKind.Properties, isDated, type),
        ("GET", [var type, var name]) => new(CallKind.Properties, isDated, type, Name: name),
        _ => new(CallKind.Unknown, isDated),
    };

    private static ApiRoute OfRule(string method, bool isDated, string[] rest) => (method, rest) switch
    {
        ("GET", [var type]) => new(CallKind.Rules, isDated, type),
        ("GET", [var type, var name]) => new(CallKind.Rules, isDated, type, Name: name),
        _ => new(CallKind.Unknown, isDated),
    };

    private static ApiRoute OfAssociation(string method, bool isDated, string[] rest) => (method, rest) switch
    {
        ("POST", [var from, var to, "batch", "associate", "default"]) => new(CallKind.Associate, isDated, from, to),
        ("POST", [var from, var to, "batch", "read"]) => new(CallKind.Associations, isDated, from, to),
        _ => new(CallKind.Unknown, isDated),
    };
}
