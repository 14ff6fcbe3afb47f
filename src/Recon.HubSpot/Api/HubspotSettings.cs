using Recon.Dataflow.Definition;

namespace Recon.HubSpot.Api;

/// <summary>The account's API, with everything read from the environment. Its text holds no secret.</summary>
internal sealed class HubspotSettings
{
    private const string Prefix = "env:";

    private HubspotSettings(Uri @base, string version, string token, string tokenVariable, long? portal, TimeSpan timeout)
        => (Base, Version, Token, TokenVariable, Portal, Timeout) = (@base, version, token, tokenVariable, portal, timeout);

    /// <summary>The address of the API, without a slash at its end.</summary>
    public Uri Base { get; }

    /// <summary>2026-09, or v3 for the older addresses.</summary>
    public string Version { get; }

    /// <summary>The variable that the token came from.</summary>
    public string TokenVariable { get; }

    /// <summary>The account that the definition names.</summary>
    public long? Portal { get; }

    /// <summary>After which one call is given up.</summary>
    public TimeSpan Timeout { get; }

    internal string Token { get; }

    /// <exception cref="HubspotException">Something is missing or cannot be used; the message names key and variable, and shows no value.</exception>
    public static HubspotSettings Resolve(HubspotDefinition? definition, Func<string, string?> environment)
    {
        if (definition is null)
        {
            throw Refuse("The definition has no \"hubspot\". Add { \"portal\": 12345, \"token\": \"env:NAME\" }; see docs/pipeline.schema.json.");
        }

        if (definition.Token is not { } tokenKey)
        {
            throw Refuse("The definition's \"hubspot\" names no \"token\". Add \"token\": \"env:NAME\", and set that variable to the token of a service key or private app.");
        }

        List<string> missing = [];
        string address = Read(definition.Base, "base", environment, missing);
        string token = Read(tokenKey, "token", environment, missing);
        if (missing.Count > 0)
        {
            throw Refuse($"The definition's \"hubspot\" reads variables that are not set: {string.Join(", ", missing)}. Set them and run again.");
        }

        string variable = tokenKey[Prefix.Length..];
        return token.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? throw Refuse($"The token in {variable} (\"hubspot.token\") holds a line break, a space or another character that no token has. Copy it again, without what stands around it.")
            : new HubspotSettings(
                Address(address, definition.Base), definition.Version, token, variable, definition.Portal, TimeSpan.FromSeconds(definition.TimeoutSeconds));
    }

    public override string ToString() => $"{Base.AbsoluteUri.TrimEnd('/')} ({Version})";

    private static Uri Address(string text, string key)
    {
        string where = key.StartsWith(Prefix, StringComparison.Ordinal) ? $"The address in {key[Prefix.Length..]} (\"hubspot.base\")" : "The definition's \"hubspot.base\"";
        if (!Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http")
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw Refuse($"{where} is not a web address of the form https://host.");
        }

        return address.Scheme == "http" && !address.IsLoopback
            ? throw Refuse($"{where} must be https: records and the token would travel in the clear.")
            : address;
    }

    private static string Read(string value, string key, Func<string, string?> environment, List<string> missing)
    {
        if (!value.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return value;
        }

        string name = value[Prefix.Length..];
        if (environment(name)?.Trim() is { Length: > 0 } given)
        {
            return given;
        }

        missing.Add($"{name} (\"hubspot.{key}\")");
        return "";
    }

    private static HubspotException Refuse(string message) => new(HubspotFault.Settings, message);
}
