using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Api;

/// <summary>What is below <c>/sandbox</c> while it runs.</summary>
public sealed class ControlTests
{
    [Fact]
    public async Task Traps_SetWhileItRuns_ActAndCanBeTakenAway()
    {
        await using var world = await SandboxWorld.StartAsync();

        (_, JsonNode set) = await world.PostAsync("/sandbox/traps", """{"traps":["server-error,times=9","limit=5"]}""");
        (HttpStatusCode trapped, _) = await world.GetAsync("/crm/v3/objects/companies/1");
        (HttpResponseMessage gone, _) = await world.SendAsync(HttpMethod.Delete, "/sandbox/traps", null);
        (HttpStatusCode free, _) = await world.GetAsync("/crm/v3/objects/companies/1");
        (HttpStatusCode wrong, JsonNode why) = await world.PostAsync("/sandbox/traps", """{"trap":"earthquake"}""");

        Assert.Equal(["server-error,times=9", "limit=5"], set["traps"]!.AsArray().Select(trap => (string?)trap));
        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.NoContent, HttpStatusCode.OK), (trapped, gone.StatusCode, free));
        Assert.Equal(HttpStatusCode.BadRequest, wrong);
        Assert.Contains("earthquake", (string?)why["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_AsAPerson_IsInTheHistory()
    {
        await using var world = await SandboxWorld.StartAsync();

        await world.SendAsync(HttpMethod.Post, "/sandbox/edit", """{"type":"companies","id":"1","property":"name","value":"Mine","user":42}""");
        (_, JsonNode one) = await world.GetAsync("/crm/v3/objects/companies/1?propertiesWithHistory=name");
        (HttpStatusCode missing, _) = await world.PostAsync("/sandbox/edit", """{"type":"companies","id":"999","property":"name","value":"x"}""");
        (HttpStatusCode unknown, _) = await world.PostAsync("/sandbox/edit", """{"type":"companies","id":"1","property":"nope","value":"x"}""");

        Assert.Equal("CRM_UI 42 Mine", string.Join(' ', ((string[])["sourceType", "updatedByUserId", "value"]).Select(name => one["propertiesWithHistory"]!["name"]![0]![name])));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (missing, unknown));
    }

    [Fact]
    public async Task MergeAndArchive_WhileItRuns_TakeRecordsAway()
    {
        await using var world = await SandboxWorld.StartAsync();

        await world.SendAsync(HttpMethod.Post, "/sandbox/merge", """{"type":"companies","id":"1","into":"2"}""");
        await world.SendAsync(HttpMethod.Post, "/sandbox/archive", """{"type":"companies","id":"3"}""");
        (_, JsonNode records) = await world.GetAsync("/sandbox/records");

        Assert.False(records.AsObject().ContainsKey("companies/1"));
        Assert.False(records.AsObject().ContainsKey("companies/3"));
        Assert.Equal("1", (string?)records["companies/2"]!["hs_merged_object_ids"]);
    }

    [Fact]
    public async Task Property_ChangedByAnAdministrator_BindsFromThenOn()
    {
        await using var world = await SandboxWorld.StartAsync();

        await world.SendAsync(HttpMethod.Post, "/sandbox/property", """{"object":"companies","name":"phone","readOnly":true}""");
        await world.SendAsync(HttpMethod.Post, "/sandbox/property", """{"object":"companies","name":"name","unique":true,"rules":[{"ruleType":"MIN_LENGTH","ruleArguments":["3"]}]}""");
        await world.SendAsync(HttpMethod.Post, "/sandbox/property", """{"object":"companies","name":"new","type":"enumeration","fieldType":"select","options":["x"]}""");
        await world.SendAsync(HttpMethod.Post, "/sandbox/required", """{"object":"companies","when":"type","is":"PROSPECT","required":"country"}""");
        (_, JsonNode body) = await world.UpdateAsync(
            "v3", ("1", "phone", "1"), ("2", "type", "PROSPECT"), ("3", "name", "Company 4"), ("4", "name", "ab"), ("5", "new", "x"), ("6", "new", "y"));

        Assert.Equal(
            ["READ_ONLY_VALUE", "MISSING_REQUIRED_PROPERTY", "CONFLICTING_UNIQUE_VALUE", "INVALID_VALUE", "INVALID_OPTION"],
            body["errors"]!.AsArray().Select(error => (string?)error!["errors"]![0]!["code"]));
        Assert.Equal("5", (string?)Assert.Single(body["results"]!.AsArray())!["id"]);
    }

    [Fact]
    public async Task Calls_OfTheLog_KeepTheLastWithTheirBodies()
    {
        await using var world = await SandboxWorld.StartAsync(options => options with { KeptCalls = 2 }, "server-error,on=update");
        await world.GetAsync("/crm/v3/objects/companies/1");
        await world.GetAsync("/crm/v3/objects/companies/2?properties=name");
        await world.UpdateAsync("v3", ("1", "name", "x"));

        (_, JsonNode body) = await world.GetAsync("/sandbox/calls");

        JsonArray calls = body["calls"]!.AsArray();
        Assert.Equal(3, (int?)body["total"]);
        Assert.Equal(["/crm/v3/objects/companies/2?properties=name", "/crm/v3/objects/companies/batch/update"], calls.Select(call => (string?)call!["path"]));
        Assert.Equal("update 500 server-error,on=update", $"{calls[1]!["call"]} {calls[1]!["status"]} {calls[1]!["traps"]![0]}");
        Assert.Contains("\"t1\"", (string?)calls[1]!["request"], StringComparison.Ordinal);
    }
}
