using System.Net;
using System.Text.Json.Nodes;

namespace Recon.Sandbox.Tests.Traps;

/// <summary>Shapes of answers to a batch update, in both versions: which inputs it names, and what was written.</summary>
public sealed class AnswerTrapTests
{
    /// <param name="written">The ids that hold the new value afterwards.</param>
    [Theory]
    [InlineData("errors-in-200", 200, "2 3", "1", "2 3")]
    [InlineData("errors-in-200=2", 200, "3", "1 2", "3")]
    [InlineData("errors-in-207", 207, "2 3", "1", "2 3")]
    [InlineData("errors-in-207,ids=2+3", 207, "1", "2 3", "1")]
    [InlineData("errors-in-207=3", 207, "", "1 2 3", "")]
    [InlineData("left-out", 200, "2 3", "", "2 3")]
    [InlineData("left-out,ids=2", 200, "1 3", "", "1 3")]
    [InlineData("empty-results", 200, "", "", "")]
    [InlineData("not-complete", 200, "", "", "")]
    [InlineData("late-commit", 200, "", "", "1 2 3")]
    [InlineData("merge=9,ids=2", 200, "1 3", "", "1 3")]
    public async Task Update_UnderATrap_NamesAndWrites(string trap, int status, string results, string errors, string written)
    {
        await CheckAsync("2026-09", trap, status, results, errors, written);
        await CheckAsync("v3", trap, status, results, errors, written);
    }

    [Theory]
    [InlineData("2026-09", 200)]
    [InlineData("v3", 207)]
    public async Task Archive_OfARecordOnTheWay_IsNotFound(string version, int status)
    {
        await using var world = await SandboxWorld.StartAsync("archive,ids=2");

        (HttpStatusCode answered, JsonNode body) = await world.UpdateAsync(version, ("1", "name", "x"), ("2", "name", "x"));

        Assert.Equal(status, (int)answered);
        Assert.Equal("2", (string?)body["errors"]![0]!["context"]!["ids"]![0]);
        Assert.Equal("x", world.Value("companies", "1", "name"));
    }

    [Fact]
    public async Task Merge_OnTheWay_IsNamedByTheSurvivor()
    {
        await using var world = await SandboxWorld.StartAsync("merge=9,ids=2");

        await world.UpdateAsync("2026-09", ("2", "name", "x"));

        Assert.Equal("2", world.Value("companies", "9", "hs_merged_object_ids"));
        Assert.Equal("Company 9", world.Value("companies", "9", "name"));
    }

    [Theory]
    [InlineData("whole-batch", "INVALID_OPTION", "type")]
    [InlineData("refuse-batch=name,ids=2", "INVALID_VALUE", "name")]
    public async Task Batch_RefusedWhole_NamesThePropertyAndWritesNothing(string trap, string code, string property)
    {
        await using var world = await SandboxWorld.StartAsync(trap);

        (HttpStatusCode status, JsonNode body) = await world.UpdateAsync("2026-09", ("1", "type", "NOPE"), ("2", "name", "x"), ("3", "name", "x"));
        (HttpStatusCode without, _) = await world.UpdateAsync("2026-09", ("3", "name", "y"));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(code, (string?)body["errors"]![0]!["code"]);
        Assert.Equal(property, (string?)body["errors"]![0]!["context"]!["propertyName"]![0]);
        Assert.Equal("Company 2", world.Value("companies", "2", "name"));
        Assert.Equal((HttpStatusCode.OK, "y"), (without, world.Value("companies", "3", "name")));
    }

    [Theory]
    [InlineData("unique-taken=code", "CONFLICTING_UNIQUE_VALUE", "code", "x9")]
    [InlineData("unknown-option=type", "INVALID_OPTION", "type", "PROSPECT")]
    [InlineData("read-only=name", "READ_ONLY_VALUE", "name", "x")]
    [InlineData("too-long=name", "INVALID_LENGTH", "name", "x")]
    [InlineData("required-if=type:CUSTOMER:country", "MISSING_REQUIRED_PROPERTY", "phone", "0")]
    public async Task Input_RefusedByATrap_IsToldByItsCode(string trap, string code, string property, string value)
    {
        await using var world = await SandboxWorld.StartAsync(trap);

        (_, JsonNode body) = await world.UpdateAsync("2026-09", ("2", property, value), ("3", "employees", "5"));

        Assert.Equal(["3"], body["results"]!.AsArray().Select(result => (string?)result!["id"]));
        Assert.Equal(code, (string?)body["errors"]![0]!["errors"]![0]!["code"]);
    }

    [Fact]
    public async Task LeftOut_OfARead_IsNotMentioned()
    {
        await using var world = await SandboxWorld.StartAsync("left-out=2,on=read");

        (HttpStatusCode status, JsonNode body) = await world.PostAsync("/crm/v3/objects/companies/batch/read", """{"inputs":[{"id":"1"},{"id":"2"},{"id":"3"}],"properties":["name"]}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["3"], body["results"]!.AsArray().Select(result => (string?)result!["id"]));
        Assert.Null(body["errors"]);
    }

    [Theory]
    [InlineData("errors-in-200,on=associate", 200, 1)]
    [InlineData("errors-in-207,on=associate", 207, 1)]
    [InlineData("left-out,on=associate", 200, 0)]
    [InlineData("merge=202,ids=201", 207, 1)]
    public async Task Associate_UnderATrap_LinksOnlyTheOther(string trap, int status, int errors)
    {
        await using var world = await SandboxWorld.StartAsync(trap);

        (HttpStatusCode answered, JsonNode body) = await world.PostAsync(
            "/crm/v4/associations/contacts/companies/batch/associate/default", """{"inputs":[{"from":{"id":"201"},"to":{"id":"1"}},{"from":{"id":"202"},"to":{"id":"2"}}]}""");

        Assert.Equal(status, (int)answered);
        Assert.Equal(errors, body["errors"]?.AsArray().Count ?? 0);
        Assert.Contains("contacts/202/companies/2", world.Server.Portal.Snapshot().Keys);
        Assert.DoesNotContain("contacts/201/companies/1", world.Server.Portal.Snapshot().Keys);
    }

    private static async Task CheckAsync(string version, string trap, int status, string results, string errors, string written)
    {
        await using var world = await SandboxWorld.StartAsync(trap);

        (HttpStatusCode answered, JsonNode body) = await world.UpdateAsync(version, ("1", "name", "x"), ("2", "name", "x"), ("3", "name", "x"));

        Assert.Equal(status, (int)answered);
        Assert.Equal(results, string.Join(' ', body["results"]!.AsArray().Select(result => (string?)result!["id"])));
        Assert.Equal(errors, string.Join(' ', (body["errors"]?.AsArray() ?? []).Select(error => ((string?)error!["context"]!["objectWriteTraceId"]![0])![1..])));
        Assert.Equal(written, string.Join(' ', ((string[])["1", "2", "3"]).Where(id => world.Value("companies", id, "name") == "x")));
        Assert.Equal(trap is "not-complete" or "late-commit" ? "PENDING" : "COMPLETE", (string?)body["status"]);
    }
}
