using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Api;

/// <summary>Search by filters.</summary>
public sealed class SearchTests
{
    [Theory]
    [InlineData("""{"propertyName":"name","operator":"EQ","value":"company 7"}""", "7")]
    [InlineData("""{"propertyName":"code","operator":"IN","values":["c7","c9"]}""", "7 9")]
    [InlineData("""{"propertyName":"country","operator":"NOT_HAS_PROPERTY"}""", "2")]
    [InlineData("""{"propertyName":"name","operator":"CONTAINS_TOKEN","value":"11"}""", "11")]
    public async Task Search_ByOneFilter_FindsThoseForWhichItHolds(string filter, string expected)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.PostAsync(
            "/crm/objects/2026-09/companies/search", $$"""{"filterGroups":[{"filters":[{{filter}}]}]}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(expected.Split(' '), body["results"]!.AsArray().Select(result => (string?)result!["id"]));
    }

    [Fact]
    public async Task Search_WithMoreThanItsLimit_IsPaged()
    {
        await using var world = await SandboxWorld.StartAsync();
        const string Filter = """{"propertyName":"type","operator":"EQ","value":"CUSTOMER"}""";

        (_, JsonNode first) = await world.PostAsync("/crm/v3/objects/companies/search", $$"""{"filterGroups":[{"filters":[{{Filter}}]}],"limit":100}""");
        (_, JsonNode second) = await world.PostAsync("/crm/v3/objects/companies/search", $$"""{"filterGroups":[{"filters":[{{Filter}}]}],"limit":100,"after":"{{first["paging"]!["next"]!["after"]}}"}""");

        Assert.Equal(120, (int?)first["total"]);
        Assert.Equal(20, second["results"]!.AsArray().Count);
        Assert.Null(second["paging"]);
    }

    [Theory]
    [InlineData("""{"propertyName":"nope","operator":"EQ","value":"x"}""", "nope")]
    [InlineData("""{"propertyName":"name","operator":"LIKE","value":"x"}""", "LIKE")]
    [InlineData("""{"propertyName":"name","operator":"IN"}""", "values")]
    public async Task Search_ByABadFilter_IsRefused(string filter, string reason)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.PostAsync("/crm/v3/objects/companies/search", $$"""{"filterGroups":[{"filters":[{{filter}}]}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(reason, (string?)body["message"], StringComparison.Ordinal);
    }
}
