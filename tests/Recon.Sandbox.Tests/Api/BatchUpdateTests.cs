using System.Net;
using System.Text.Json.Nodes;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Tests.Api;

/// <summary><c>batch/update</c>, as HubSpot documents it.</summary>
public sealed class BatchUpdateTests
{
    [Theory]
    [InlineData("2026-09")]
    [InlineData("v3")]
    public async Task Update_OfTwoRecords_IsWrittenAndEchoesTraceIds(string version)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.UpdateAsync(version, ("1", "name", "One"), ("2", "employees", "17"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("COMPLETE", (string?)body["status"]);
        Assert.Equal(["t1", "t2"], body["results"]!.AsArray().Select(result => (string?)result!["objectWriteTraceId"]));
        Assert.Equal("One", (string?)body["results"]![0]!["properties"]!["name"]);
        Assert.Null(body["errors"]);
        Assert.Equal("One", world.Value("companies", "1", "name"));
        Assert.Equal("17", world.Value("companies", "2", "employees"));
    }

    [Fact]
    public async Task Update_WithAnEmptyText_ClearsAndKeepsTheHistory()
    {
        await using var world = await SandboxWorld.StartAsync();
        await world.UpdateAsync("2026-09", ("1", "name", ""));

        (_, JsonNode body) = await world.PostAsync("/crm/objects/2026-09/companies/batch/read", """{"inputs":[{"id":"1"}],"properties":["name"],"propertiesWithHistory":["name"]}""");

        Assert.Null(world.Value("companies", "1", "name"));
        Assert.Null((string?)body["results"]![0]!["properties"]!["name"]);
        Assert.Equal(["", "Company 1"], body["results"]![0]!["propertiesWithHistory"]!["name"]!.AsArray().Select(item => (string?)item!["value"]));
    }

    [Theory]
    [InlineData("v3", HttpStatusCode.MultiStatus)]
    [InlineData("2026-09", HttpStatusCode.OK)]
    public async Task Update_OfWhichOneFails_WritesTheOthersAndNamesItByTraceId(string version, HttpStatusCode expected)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.UpdateAsync(version, ("1", "type", "NOPE"), ("2", "type", "PROSPECT"), ("999", "type", "PROSPECT"));

        Assert.Equal(expected, status);
        Assert.Equal(2, (int?)body["numErrors"]);
        Assert.Equal(["2"], body["results"]!.AsArray().Select(result => (string?)result!["id"]));
        JsonNode refused = body["errors"]![0]!;
        Assert.Equal("t1", (string?)refused["context"]!["objectWriteTraceId"]![0]);
        Assert.Equal("INVALID_OPTION", (string?)refused["errors"]![0]!["code"]);
        Assert.Equal("999", (string?)body["errors"]![1]!["context"]!["ids"]![0]);
        Assert.Equal("PROSPECT", world.Value("companies", "2", "type"));
        Assert.Equal("CUSTOMER", world.Value("companies", "1", "type"));
    }

    [Theory]
    [InlineData("v3")]
    [InlineData("2026-09")]
    public async Task Update_WithoutTraceIds_OfWhichOneFails_IsRefusedWhole(string version)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.PostAsync(
            $"{SandboxWorld.Objects(version)}/companies/batch/update", """{"inputs":[{"id":"1","properties":{"nope":"x"}},{"id":"2","properties":{"name":"x"}}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("VALIDATION_ERROR", (string?)body["category"]);
        Assert.Equal("nope", (string?)body["errors"]![0]!["context"]!["propertyName"]![0]);
        Assert.NotNull((string?)body["correlationId"]);
        Assert.Equal("Company 2", world.Value("companies", "2", "name"));
    }

    [Theory]
    [InlineData("nope", "x", "PROPERTY_DOESNT_EXIST")]
    [InlineData("hs_object_id", "5", "READ_ONLY_VALUE")]
    [InlineData("score", "5", "READ_ONLY_VALUE")]
    [InlineData("employees", "1,5", "INVALID_NUMBER")]
    [InlineData("employees", "many", "INVALID_NUMBER")]
    [InlineData("founded", "31/12/2024", "INVALID_DATE")]
    [InlineData("founded", "2024-12-31T10:00:00Z", "INVALID_DATE")]
    [InlineData("seen_at", "yesterday", "INVALID_DATE")]
    [InlineData("is_public", "yes", "INVALID_OPTION")]
    [InlineData("type", "customer", "INVALID_OPTION")]
    [InlineData("tags", "a;x", "INVALID_OPTION")]
    [InlineData("code", "c2", "CONFLICTING_UNIQUE_VALUE")]
    [InlineData("code", "longer", "INVALID_VALUE")]
    public async Task Update_WithABadValue_IsRefusedByItsCode(string property, string value, string code)
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode body) = await world.UpdateAsync("2026-09", ("1", property, value));

        Assert.Empty(body["results"]!.AsArray());
        Assert.Equal(code, (string?)body["errors"]![0]!["errors"]![0]!["code"]);
        Assert.Equal(property, (string?)body["errors"]![0]!["errors"]![0]!["context"]!["propertyName"]![0]);
    }

    [Fact]
    public async Task Update_WithATooLongText_IsRefused()
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode body) = await world.UpdateAsync("2026-09", ("1", "name", new string('x', 65_537)), ("2", "name", new string('x', 65_536)));

        Assert.Equal("INVALID_LENGTH", (string?)body["errors"]![0]!["errors"]![0]!["code"]);
        Assert.Single(body["results"]!.AsArray());
    }

    [Theory]
    [InlineData("employees", "17.5", "17.5")]
    [InlineData("founded", "2024-12-31", "2024-12-31")]
    [InlineData("founded", "1735603200000", "2024-12-31")]
    [InlineData("seen_at", "2024-12-31T10:00:00+01:00", "2024-12-31T09:00:00.000Z")]
    [InlineData("is_public", "TRUE", "true")]
    [InlineData("tags", "b;a", "b;a")]
    [InlineData("code", "C1", "C1")]
    public async Task Update_WithAGoodValue_IsStoredInHubspotsForm(string property, string value, string stored)
    {
        await using var world = await SandboxWorld.StartAsync();

        await world.UpdateAsync("2026-09", ("1", property, value));

        Assert.Equal(stored, world.Value("companies", "1", property));
    }

    [Theory]
    [InlineData("""{"inputs":[{"id":"1","properties":{"name":"x"}},{"id":"1","properties":{"phone":"x"}}]}""", "Duplicate IDs")]
    [InlineData("""{"inputs":[{"id":"1","properties":{"employees":17}}]}""", "string")]
    [InlineData("""{"inputs":[{"id":"1","properties":{"name":null}}]}""", "string")]
    [InlineData("""{"inputs":[{"id":1,"properties":{"name":"x"}}]}""", "string")]
    [InlineData("""{"inputs":[{"properties":{"name":"x"}}]}""", "[id]")]
    [InlineData("""{"inputs":[{"id":"1"}]}""", "[properties]")]
    [InlineData("""{"inputs":[{"id":"1","idProperty":"hs_object_id","properties":{"name":"x"}}]}""", "idProperty")]
    [InlineData("""{"properties":{}}""", "[inputs]")]
    [InlineData("""[]""", "object")]
    [InlineData("""{"inputs":""", "JSON")]
    public async Task Update_ThatIsNone_IsRefusedWithItsReason(string body, string reason)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode answer) = await world.PostAsync("/crm/objects/2026-09/companies/batch/update", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(reason, (string?)answer["message"], StringComparison.Ordinal);
        Assert.Equal("Company 1", world.Value("companies", "1", "name"));
    }

    [Theory]
    [InlineData(100, HttpStatusCode.OK)]
    [InlineData(101, HttpStatusCode.BadRequest)]
    public async Task Update_OfMoreThanAHundred_IsRefused(int inputs, HttpStatusCode expected)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, _) = await world.UpdateAsync("v3", [.. Enumerable.Range(1, inputs).Select(id => ($"{id}", "name", "x"))]);

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Update_OfAMergedRecord_VanishesFromTheAnswer()
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Server.Portal.Merge("companies", "1", "2");

        (HttpStatusCode status, JsonNode body) = await world.UpdateAsync("v3", ("1", "name", "x"), ("3", "name", "y"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["3"], body["results"]!.AsArray().Select(result => (string?)result!["id"]));
        Assert.Null(body["errors"]);
    }

    [Fact]
    public async Task Update_BreakingAConditionalRule_IsRefusedForAPropertyThatItDoesNotTouch()
    {
        await using var world = await SandboxWorld.StartAsync();
        world.Server.Portal.Store("companies").ConditionalRules.Add(new ConditionalRule("type", "CUSTOMER", "country"));

        (_, JsonNode body) = await world.UpdateAsync("2026-09", ("1", "name", "x"), ("2", "name", "x"));

        Assert.Equal(["1"], body["results"]!.AsArray().Select(result => (string?)result!["id"]));
        Assert.Equal("country", (string?)body["errors"]![0]!["context"]!["propertyName"]![0]);
    }
}
