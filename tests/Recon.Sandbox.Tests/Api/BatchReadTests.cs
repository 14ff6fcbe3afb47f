using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Api;

/// <summary><c>batch/read</c> and one record by its id.</summary>
public sealed class BatchReadTests
{
    [Theory]
    [InlineData("2026-09", HttpStatusCode.OK)]
    [InlineData("v3", HttpStatusCode.MultiStatus)]
    public async Task Read_OfRecords_TellsThePropertiesAskedForAndThoseThatAreNotThere(string version, HttpStatusCode expected)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.PostAsync(
            $"{SandboxWorld.Objects(version)}/companies/batch/read", """{"inputs":[{"id":"2"},{"id":"998"},{"id":"999"}],"properties":["name","country","nope"]}""");

        Assert.Equal(expected, status);
        JsonNode properties = body["results"]![0]!["properties"]!;
        Assert.Equal("Company 2", (string?)properties["name"]);
        Assert.True(properties.AsObject().ContainsKey("country"));
        Assert.Null(properties["country"]);
        Assert.False(properties.AsObject().ContainsKey("nope"));
        Assert.Equal("2", (string?)properties["hs_object_id"]);
        Assert.Equal("2026-10-21T09:00:00.000Z", (string?)properties["hs_lastmodifieddate"]);
        Assert.Equal(["998", "999"], body["errors"]![0]!["context"]!["ids"]!.AsArray().Select(id => (string?)id));
    }

    [Theory]
    [InlineData("2026-09")]
    [InlineData("v3")]
    public async Task Read_OfAMergedRecord_IsSilentAndItsSurvivorNamesIt(string version)
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Server.Portal.Merge("companies", "1", "2");

        (HttpStatusCode status, JsonNode body) = await world.PostAsync(
            $"{SandboxWorld.Objects(version)}/companies/batch/read", """{"inputs":[{"id":"1"},{"id":"2"}],"properties":["hs_merged_object_ids"]}""");
        (_, JsonNode found) = await world.PostAsync(
            $"{SandboxWorld.Objects(version)}/companies/search",
            """{"filterGroups":[{"filters":[{"propertyName":"hs_merged_object_ids","operator":"IN","values":["1","77"]}]}],"properties":["hs_merged_object_ids"],"limit":100}""");
        (_, JsonNode one) = await world.GetAsync($"{SandboxWorld.Objects(version)}/companies/1?properties=name");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["2"], body["results"]!.AsArray().Select(result => (string?)result!["id"]));
        Assert.Null(body["errors"]);
        Assert.Equal("1", (string?)body["results"]![0]!["properties"]!["hs_merged_object_ids"]);
        Assert.Equal(1, (int?)found["total"]);
        Assert.Equal("2", (string?)found["results"]![0]!["id"]);
        Assert.Equal("2", (string?)one["id"]);
    }

    [Fact]
    public async Task Read_OfARecordMergedTwice_IsNamedByTheLastSurvivor()
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Server.Portal.Merge("companies", "1", "2");
        world.Server.Portal.Merge("companies", "2", "3");

        Assert.Equal("2;1", world.Value("companies", "3", "hs_merged_object_ids"));
    }

    [Fact]
    public async Task Read_WithHistory_TellsWhoChangedWhatNewestFirst()
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.UpdateAsync("2026-09", ("1", "name", "One"));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Server.Portal.Edit("companies", "1", "name", "Mine", 55);

        (_, JsonNode body) = await world.PostAsync(
            "/crm/objects/2026-09/companies/batch/read", """{"inputs":[{"id":"1"}],"properties":[],"propertiesWithHistory":["name","phone"]}""");

        JsonArray history = body["results"]![0]!["propertiesWithHistory"]!["name"]!.AsArray();
        Assert.Equal(["Mine", "One", "Company 1"], history.Select(item => (string?)item!["value"]));
        Assert.Equal(["CRM_UI", "INTEGRATION", "IMPORT"], history.Select(item => (string?)item!["sourceType"]));
        Assert.Equal("2026-11-20T09:02:00.000Z", (string?)history[0]!["timestamp"]);
        Assert.Equal(55, (long?)history[0]!["updatedByUserId"]);
        Assert.Equal("userId:55", (string?)history[0]!["sourceId"]);
        Assert.Single(body["results"]![0]!["propertiesWithHistory"]!["phone"]!.AsArray());
    }

    [Theory]
    [InlineData(100, false, HttpStatusCode.OK)]
    [InlineData(101, false, HttpStatusCode.BadRequest)]
    [InlineData(50, true, HttpStatusCode.OK)]
    [InlineData(51, true, HttpStatusCode.BadRequest)]
    public async Task Read_OfMoreThanHubspotTakes_IsRefused(int inputs, bool history, HttpStatusCode expected)
    {
        await using var world = await SandboxWorld.StartAsync();
        string ids = string.Join(',', Enumerable.Range(1, inputs).Select(id => $$"""{"id":"{{id}}"}"""));

        (HttpStatusCode status, _) = await world.PostAsync(
            "/crm/v3/objects/companies/batch/read", $$"""{"inputs":[{{ids}}],"properties":["name"],"propertiesWithHistory":[{{(history ? "\"name\"" : "")}}]}""");

        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData("2026-09")]
    [InlineData("v3")]
    public async Task Get_OfOneRecord_TellsItOr404(string version)
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Server.Portal.Archive("companies", "3");

        (_, JsonNode one) = await world.GetAsync($"{SandboxWorld.Objects(version)}/companies/2?properties=name,phone&propertiesWithHistory=name");
        (HttpStatusCode archived, JsonNode error) = await world.GetAsync($"{SandboxWorld.Objects(version)}/companies/3");

        Assert.Equal("02", (string?)one["properties"]!["phone"]);
        Assert.Single(one["propertiesWithHistory"]!["name"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, archived);
        Assert.Equal("OBJECT_NOT_FOUND", (string?)error["category"]);
    }
}
