using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>Explains 401 and 403.</summary>
internal static class Denials
{
    public static DeniedException Explain(HubspotSettings settings, ApiCall call, int status, JsonElement body)
    {
        string[] scopes = [.. ErrorReader.Context(body, "requiredGranularScopes", "requiredScopes", "missingScopes").Distinct(StringComparer.Ordinal)];
        string where = $"{settings.Base.Authority} answered {status} to {call.Name}";
        string advice = scopes.Length > 0
                ? $"the token in {settings.TokenVariable} lacks {(scopes.Length == 1 ? "the scope" : "one of the scopes")} {string.Join(", ", scopes)}. Add it to the service key or private app, and run again."
            : status == 401
                ? $"the token in {settings.TokenVariable} is not accepted: it is wrong, expired or revoked. Set {settings.TokenVariable} to a valid one, and run again."
                : $"the token in {settings.TokenVariable} may not do this. Give its service key or private app the scopes that docs/operations.md lists, and run again.";
        return new DeniedException(status, $"{where}: {advice}");
    }
}
