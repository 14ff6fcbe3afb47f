using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Traps;

/// <summary>Traps that change values beside the one who writes.</summary>
public sealed class ValueTrapTests
{
    [Theory]
    [InlineData("rewrite", "phone", " +33 1 42 ", "+33142")]
    [InlineData("rewrite=trim", "phone", " +33 1 42 ", "+33 1 42")]
    [InlineData("rewrite=phone", "phone", "+33 1 42", "+33142")]
    [InlineData("rewrite=phone", "name", "A B", "A B")]
    [InlineData("rewrite", "name", " A B ", "A B")]
    public async Task Rewrite_OfAValue_IsStoredAndAnsweredSo(string trap, string property, string sent, string stored)
    {
        await using var world = await SandboxWorld.StartAsync(trap);

        (_, JsonNode body) = await world.UpdateAsync("2026-09", ("1", property, sent));

        Assert.Equal(stored, world.Value("companies", "1", property));
        Assert.Equal(stored, (string?)body["results"]![0]!["properties"]![property]);
    }

    [Fact]
    public async Task Rewrite_OfAnAddress_TakesItsCapitals()
    {
        await using var world = await SandboxWorld.StartAsync("rewrite=email");

        await world.PostAsync("/crm/v3/objects/contacts/batch/update", """{"inputs":[{"id":"201","properties":{"email":"Anne.Roux@Example.com","firstname":"ANNE"}}]}""");

        Assert.Equal("anne.roux@example.com", world.Value("contacts", "201", "email"));
        Assert.Equal("ANNE", world.Value("contacts", "201", "firstname"));
    }

    [Theory]
    [InlineData("workflow=name", "Company 1")]
    [InlineData("workflow=name:Robot", "Robot")]
    public async Task Workflow_AfterAnUpdate_ChangesWhatWasWritten(string trap, string left)
    {
        await using var world = await SandboxWorld.StartAsync(trap);

        (_, JsonNode body) = await world.UpdateAsync("2026-09", ("1", "name", "x"), ("2", "phone", "1"));
        (_, JsonNode read) = await world.PostAsync("/crm/objects/2026-09/companies/batch/read", """{"inputs":[{"id":"1"}],"propertiesWithHistory":["name"]}""");

        Assert.Equal("x", (string?)body["results"]![0]!["properties"]!["name"]);
        Assert.Equal(left, world.Value("companies", "1", "name"));
        Assert.Equal("WORKFLOWS", (string?)read["results"]![0]!["propertiesWithHistory"]!["name"]![0]!["sourceType"]);
        Assert.Equal("1", world.Value("companies", "2", "phone"));
    }

    [Fact]
    public async Task EditAfterRead_OfOneRecord_IsSeenByTheNextReadOnly()
    {
        await using var world = await SandboxWorld.StartAsync("edit-after-read=name:Mine,ids=2");

        (_, JsonNode first) = await ReadAsync(world);
        (_, JsonNode second) = await ReadAsync(world);

        Assert.Equal(["Company 1", "Company 2"], Names(first));
        Assert.Equal(["Company 1", "Mine"], Names(second));
        Assert.Equal("CRM_UI", (string?)second["results"]![1]!["propertiesWithHistory"]!["name"]![0]!["sourceType"]);
    }

    [Fact]
    public async Task EditBeforeUpdate_OfARecord_IsOverwrittenAndStaysInItsHistory()
    {
        await using var world = await SandboxWorld.StartAsync("edit-before-update=name:Mine");

        await world.UpdateAsync("2026-09", ("1", "name", "x"));
        (_, JsonNode read) = await ReadAsync(world);

        Assert.Equal(["x", "Mine", "Company 1"], read["results"]![0]!["propertiesWithHistory"]!["name"]!.AsArray().Select(item => (string?)item!["value"]));
    }

    private static Task<(HttpStatusCode Status, JsonNode Body)> ReadAsync(SandboxWorld world) => world.PostAsync(
        "/crm/objects/2026-09/companies/batch/read", """{"inputs":[{"id":"1"},{"id":"2"}],"properties":["name"],"propertiesWithHistory":["name"]}""");

    private static IEnumerable<string?> Names(JsonNode body) => body["results"]!.AsArray().Select(result => (string?)result!["properties"]!["name"]);
}
