using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Api;

/// <summary>Linking records, and reading links back.</summary>
public sealed class AssociationTests
{
    [Theory]
    [InlineData("/crm/associations/2026-09", "/crm/objects/2026-09")]
    [InlineData("/crm/v4/associations", "/crm/v4/objects")]
    public async Task Associate_Twice_LinksOnce(string associations, string objects)
    {
        await using var world = await SandboxWorld.StartAsync();
        const string Pairs = """{"inputs":[{"from":{"id":"201"},"to":{"id":"1"}},{"from":{"id":"202"},"to":{"id":"1"}}]}""";

        (HttpStatusCode status, JsonNode body) = await world.PostAsync($"{associations}/contacts/companies/batch/associate/default", Pairs);
        var once = world.Server.Portal.Snapshot();
        (HttpStatusCode again, _) = await world.PostAsync($"{associations}/contacts/companies/batch/associate/default", Pairs);
        (_, JsonNode single) = await world.GetAsync($"{objects}/companies/1/associations/contacts");
        (_, JsonNode batch) = await world.PostAsync($"{associations}/contacts/companies/batch/read", """{"inputs":[{"id":"202"}]}""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (status, again));
        Assert.Equal("COMPLETE", (string?)body["status"]);
        Assert.Contains(body["results"]!.AsArray(), result => (string?)result!["from"]!["id"] == "201" && (int?)result["associationSpec"]!["associationTypeId"] == 279);
        Assert.Equal([201, 202], single["results"]!.AsArray().Select(link => (long?)link!["toObjectId"]));
        Assert.Equal(1, (long?)batch["results"]![0]!["to"]![0]!["toObjectId"]);
        Assert.Equal(once.Keys, world.Server.Portal.Snapshot().Keys);
    }

    [Theory]
    [InlineData("/crm/associations/2026-09", HttpStatusCode.OK)]
    [InlineData("/crm/v4/associations", HttpStatusCode.MultiStatus)]
    public async Task Associate_WithARecordThatIsNotThere_NamesThePair(string associations, HttpStatusCode expected)
    {
        await using var world = await SandboxWorld.StartAsync();

        (HttpStatusCode status, JsonNode body) = await world.PostAsync(
            $"{associations}/contacts/companies/batch/associate/default", """{"inputs":[{"from":{"id":"201"},"to":{"id":"999"}},{"from":{"id":"202"},"to":{"id":"1"}}]}""");

        Assert.Equal(expected, status);
        Assert.Equal(1, (int?)body["numErrors"]);
        Assert.Equal(["201", "999"], body["errors"]![0]!["context"]!["ids"]!.AsArray().Select(id => (string?)id));
        Assert.Contains("contacts/202/companies/1", world.Server.Portal.Snapshot().Keys);
        Assert.DoesNotContain("contacts/201/companies/999", world.Server.Portal.Snapshot().Keys);
    }
}
