using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Api;

/// <summary>Properties and their validation rules.</summary>
public sealed class PropertyListTests
{
    [Theory]
    [InlineData("/crm/properties/2026-09/companies")]
    [InlineData("/crm/v3/properties/companies")]
    [InlineData("/crm/v3/properties/company")]
    [InlineData("/crm/v3/properties/0-2")]
    public async Task Properties_OfAType_TellWhatMayBeWritten(string path)
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode body) = await world.GetAsync(path);

        var byName = body["results"]!.AsArray().ToDictionary(property => (string)property!["name"]!, property => property!);
        Assert.Equal(["CUSTOMER", "PROSPECT"], byName["type"]["options"]!.AsArray().Select(option => (string?)option!["value"]));
        Assert.Equal("enumeration select", $"{byName["type"]["type"]} {byName["type"]["fieldType"]}");
        Assert.True((bool?)byName["code"]["hasUniqueValue"]);
        Assert.True((bool?)byName["score"]["calculated"]);
        Assert.True((bool?)byName["hs_object_id"]["modificationMetadata"]!["readOnlyValue"]);
        Assert.True((bool?)byName["hs_lastmodifieddate"]["modificationMetadata"]!["readOnlyValue"]);
        Assert.False((bool?)byName["name"]["modificationMetadata"]!["readOnlyValue"]);
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public async Task Properties_ByWhetherTheyAreArchived_AreAllOrNone(string archived, bool areThere)
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode body) = await world.GetAsync($"/crm/v3/properties/companies?archived={archived}");

        Assert.Equal(areThere, body["results"]!.AsArray().Count > 0);
    }

    [Fact]
    public async Task Properties_OfTheDatedVersion_MayLackArchived()
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode dated) = await world.GetAsync("/crm/properties/2026-09/companies/name");
        (_, JsonNode older) = await world.GetAsync("/crm/v3/properties/companies/name");

        Assert.False(dated.AsObject().ContainsKey("archived"));
        Assert.False((bool?)older["archived"]);
    }

    [Theory]
    [InlineData("/crm/property-validations/2026-09/companies")]
    [InlineData("/crm/v3/property-validations/companies")]
    public async Task Rules_OfAType_AreThoseOfItsProperties(string path)
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode body) = await world.GetAsync(path);

        JsonNode only = Assert.Single(body["results"]!.AsArray())!;
        Assert.Equal("code", (string?)only["propertyName"]);
        Assert.Equal("MAX_LENGTH", (string?)only["propertyValidationRules"]![0]!["ruleType"]);
        Assert.Equal("5", (string?)only["propertyValidationRules"]![0]!["ruleArguments"]![0]);
    }

    [Theory]
    [InlineData("/crm/v3/properties/companies/nope", HttpStatusCode.NotFound)]
    [InlineData("/crm/v3/properties/unicorns", HttpStatusCode.BadRequest)]
    [InlineData("/crm/properties/2026-03/companies", HttpStatusCode.NotFound)]
    [InlineData("/crm/v3/nothing", HttpStatusCode.NotFound)]
    [InlineData("/", HttpStatusCode.NotFound)]
    public async Task Path_ThatIsUnknown_IsAnsweredAsHubspotDoes(string path, HttpStatusCode expected)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.GetAsync(path);

        Assert.Equal(expected, status);
        Assert.Equal("error", (string?)body["status"]);
        Assert.NotNull((string?)body["correlationId"]);
    }
}
