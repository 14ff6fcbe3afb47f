using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Api;

/// <summary>Account, token, scopes and headers.</summary>
public sealed class AccountTests
{
    [Theory]
    [InlineData("v3")]
    [InlineData("2026-09")]
    public async Task Account_OfTheToken_TellsPortalAndTimeZone(string version)
    {
        await using var world = await SandboxWorld.StartAsync(options => options with { TimeZone = "Europe/Paris" });

        (_, JsonNode body) = await world.GetAsync($"/account-info/{version}/details");

        Assert.Equal(48_000_001, (long?)body["portalId"]);
        Assert.Equal("Europe/Paris", (string?)body["timeZone"]);
        Assert.Equal("+01:00", (string?)body["utcOffset"]);
        Assert.Equal(3_600_000, (long?)body["utcOffsetMilliseconds"]);
    }

    [Fact]
    public async Task Token_OfTheSandbox_TellsItsScopes()
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode body) = await world.PostAsync("/oauth/v2/private-apps/get/access-token-info", $$"""{"tokenKey":"{{SandboxWorld.Token}}"}""");
        (HttpStatusCode other, _) = await world.PostAsync("/oauth/v2/private-apps/get/access-token-info", """{"tokenKey":"another"}""");

        Assert.Equal(48_000_001, (long?)body["hubId"]);
        Assert.Contains("crm.objects.companies.write", body["scopes"]!.AsArray().Select(scope => (string?)scope));
        Assert.Equal(HttpStatusCode.Unauthorized, other);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another")]
    public async Task Call_WithoutTheToken_Is401(string? token)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpResponseMessage answer, JsonNode? body) = await world.SendAsync(HttpMethod.Get, "/account-info/v3/details", null, token);
        (HttpResponseMessage control, _) = await world.SendAsync(HttpMethod.Get, "/sandbox/records", null, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("INVALID_AUTHENTICATION", (string?)body!["category"]);
        Assert.Equal(HttpStatusCode.Unauthorized, control.StatusCode);
    }

    [Fact]
    public async Task Call_BeyondItsScopes_Is403AndNamesTheScope()
    {
        await using var world = await SandboxWorld.StartAsync(options => options with { Scopes = ["crm.objects.companies.read"] });

        (HttpStatusCode read, _) = await world.GetAsync("/crm/v3/objects/companies/1");
        (HttpStatusCode written, JsonNode body) = await world.UpdateAsync("v3", ("1", "name", "x"));
        (HttpStatusCode described, _) = await world.GetAsync("/crm/v3/properties/companies");

        Assert.Equal(HttpStatusCode.OK, read);
        Assert.Equal(HttpStatusCode.Forbidden, written);
        Assert.Equal("MISSING_SCOPES", (string?)body["category"]);
        Assert.Equal("crm.objects.companies.write", (string?)body["errors"]![0]!["context"]!["requiredGranularScopes"]![0]);
        Assert.Equal(HttpStatusCode.Forbidden, described);
    }

    [Fact]
    public async Task Answers_ButThoseOfSearches_TellTheLimits()
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpResponseMessage first, _) = await world.SendAsync(HttpMethod.Get, "/crm/v3/objects/companies/1", null);
        (HttpResponseMessage second, _) = await world.SendAsync(HttpMethod.Get, "/crm/v3/objects/companies/1", null);
        (HttpResponseMessage search, _) = await world.SendAsync(HttpMethod.Post, "/crm/v3/objects/companies/search", "{}");

        Assert.Equal("190 189 10000 625000 624999", Limits(first));
        Assert.Equal("190 188 10000 625000 624998", Limits(second));
        Assert.False(search.Headers.Contains("X-HubSpot-RateLimit-Max"));
        Assert.True(search.Headers.Contains("X-HubSpot-Correlation-Id"));
    }

    private static string Limits(HttpResponseMessage answer)
        => string.Join(' ', "Max Remaining Interval-Milliseconds Daily Daily-Remaining".Split(' ').Select(name => answer.Headers.GetValues($"X-HubSpot-RateLimit-{name}").Single()));
}
