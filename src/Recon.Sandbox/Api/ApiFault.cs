namespace Recon.Sandbox.Api;

/// <summary>What HubSpot refuses, and in which words.</summary>
/// <param name="Code">The code of the single error inside, such as PROPERTY_DOESNT_EXIST.</param>
/// <param name="Property">The property that is at fault.</param>
internal sealed record ApiFault(int Status, string Category, string Message, string? Code = null, string? Property = null)
{
    /// <summary>More of HubSpot's words, such as <c>policyName</c>.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    public string? RetryAfter { get; init; }

    public static ApiFault Invalid(string message, string? code = null, string? property = null) => new(400, "VALIDATION_ERROR", message, code, property);

    public static ApiFault BadJson(string message) => Invalid($"Invalid input JSON: {message}");

    public static ApiFault NoSuchType(string type) => Invalid($"Unable to infer object type from: {type}");

    public static ApiFault NoSuchPath() => new(404, "OBJECT_NOT_FOUND", "The requested resource was not found.");

    public static ApiFault NoSuchObject() => new(404, "OBJECT_NOT_FOUND", "resource not found");

    public static ApiFault NoToken() => new(
        401, "INVALID_AUTHENTICATION", "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview");

    public static ApiFault BadToken() => new(401, "INVALID_AUTHENTICATION", "The token is invalid, has expired or was revoked.");

    public static ApiFault NoScope(string scope) => new(
        403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.")
    {
        More = new Dictionary<string, string> { ["requiredGranularScopes"] = scope },
    };

    public static ApiFault TooMany(string policy, string? retryAfter) => new(
        429, "RATE_LIMITS", policy == "DAILY" ? "You have reached your daily limit." : "You have reached your ten_secondly_rolling limit.")
    {
        RetryAfter = retryAfter,
        More = new Dictionary<string, string> { ["errorType"] = "RATE_LIMIT", ["policyName"] = policy, ["groupName"] = "publicapi:private-apps:application" },
    };
}
