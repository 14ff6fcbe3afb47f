using System.Globalization;
using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>Which account a token belongs to, and what it may do.</summary>
internal static class AccountJson
{
    private const long User = 7_000_000;

    public static ApiAnswer Details(SandboxPortal portal, SandboxOptions options)
    {
        TimeSpan offset = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone).GetUtcOffset(portal.Now);
        return new ApiAnswer(200, Json.Of(json =>
        {
            json.WriteNumber("portalId", portal.Id);
            json.WriteString("accountType", "DEVELOPER_TEST");
            json.WriteString("timeZone", options.TimeZone);
            json.WriteString("companyCurrency", "EUR");
            json.WriteStrings("additionalCurrencies", []);
            json.WriteString("utcOffset", string.Create(CultureInfo.InvariantCulture, $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}"));
            json.WriteNumber("utcOffsetMilliseconds", (long)offset.TotalMilliseconds);
            json.WriteString("uiDomain", "app.hubspot.com");
            json.WriteString("dataHostingLocation", "sandbox");
        }));
    }

    /// <exception cref="ApiException">The body names another token than that of the sandbox.</exception>
    public static ApiAnswer Token(SandboxPortal portal, SandboxOptions options, ApiRequest request)
    {
        string key = request.Body is { ValueKind: JsonValueKind.Object } body ? BodyReader.Text(body, "tokenKey") : throw new ApiException(ApiFault.BadJson("a JSON object is expected."));
        return key != options.Token
            ? throw new ApiException(ApiFault.BadToken())
            : new ApiAnswer(200, Json.Of(json =>
            {
                json.WriteNumber("userId", User);
                json.WriteNumber("hubId", portal.Id);
                json.WriteNumber("appId", SandboxPortal.AppId);
                json.WriteStrings("scopes", options.Scopes);
            }));
    }
}
