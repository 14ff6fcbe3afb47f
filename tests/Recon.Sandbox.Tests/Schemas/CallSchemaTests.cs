using System.Text.Json.Nodes;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Tests.Schemas;

/// <summary>What the sandbox answers is right by schemas of our own, whatever goes wrong; and wrong requests are found.</summary>
public sealed class CallSchemaTests
{
    [Fact]
    public async Task Calls_OfEveryKindInBothVersions_AreRight()
    {
        await using var world = await SandboxWorld.StartAsync();
        await CallAllAsync(world);

        Assert.Empty(world.Server.Log.Calls.SelectMany(CallSchemas.ProblemsOf));
        Assert.Equal(Enum.GetValues<CallKind>().Except([CallKind.Unknown]), world.Server.Log.Calls.Select(call => call.Kind).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Answers_UnderATrap_AreRight(string trap)
    {
        await using var world = await SandboxWorld.StartAsync(trap);
        await CallAllAsync(world);

        Assert.Empty(world.Server.Log.Calls.SelectMany(CallSchemas.ProblemsOf));
        Assert.Contains(world.Server.Log.Calls, call => call.Traps.Count > 0);
    }

    [Theory]
    [InlineData("updateRequest", """{"inputs":[{"id":"1","objectWriteTraceId":"a","properties":{"name":"x"}}]}""", true)]
    [InlineData("updateRequest", """{"inputs":[{"id":"1","objectWriteTraceId":"a","properties":{"name":1}}]}""", false)]
    [InlineData("updateRequest", """{"inputs":[{"id":"1","objectWriteTraceId":"a","properties":{"name":null}}]}""", false)]
    [InlineData("updateRequest", """{"inputs":[{"id":"1","objectWriteTraceId":"a","idProperty":"hs_object_id","properties":{"name":"x"}}]}""", false)]
    [InlineData("updateRequest", """{"inputs":[{"id":"1","properties":{"name":"x"}}]}""", false)]
    [InlineData("updateRequest", """{"inputs":[]}""", false)]
    [InlineData("readRequest", """{"inputs":[{"id":"1"},{"id":"1"}],"properties":[]}""", false)]
    [InlineData("updateAnswer", """{"status":"COMPLETE","results":[],"startedAt":"2026-11-20T09:00:00.000Z","completedAt":"2026-11-20T09:00:00.000Z","errors":[{"status":"error"}],"numErrors":1}""", false)]
    [InlineData("error", """{"status":"error","message":"x","category":"VALIDATION_ERROR"}""", false)]
    public void Text_ByADefinition_IsRightOrNot(string definition, string json, bool isValid)
        => Assert.Equal(isValid, CallSchemas.IsValid(definition, json));

    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void ReadRequest_WithHistory_TakesFifty(int inputs, bool isValid)
        => Assert.Equal(isValid, CallSchemas.IsValid("readRequest", new JsonObject
        {
            ["inputs"] = new JsonArray([.. Enumerable.Range(1, inputs).Select(id => new JsonObject { ["id"] = $"{id}" })]),
            ["properties"] = new JsonArray(),
            ["propertiesWithHistory"] = new JsonArray("name"),
        }.ToJsonString()));

    /// <summary>All traps that answer at all.</summary>
    public static TheoryData<string> Refusals()
        => [.. TrapInfo.All.Where(info => info.Kind is not (TrapKind.CutBefore or TrapKind.CutAfter or TrapKind.CutWithin or TrapKind.Slow)).Select(info => info.Kind switch
        {
            TrapKind.RequiredIf => "required-if=type:CUSTOMER:country",
            TrapKind.UnknownOption => "unknown-option=type",
            TrapKind.UniqueTaken => "unique-taken=code",
            TrapKind.Merge => "merge=9,ids=1",
            TrapKind.EditAfterRead or TrapKind.EditBeforeUpdate or TrapKind.Workflow => $"{info.Name}=name:Mine",
            TrapKind.RefuseBatch or TrapKind.ReadOnly or TrapKind.TooLong => $"{info.Name}=name",
            TrapKind.Limit or TrapKind.Quota => $"{info.Name}=3",
            _ => info.Name,
        })];

    private static async Task CallAllAsync(SandboxWorld world)
    {
        foreach (string version in (string[])["2026-09", "v3"])
        {
            string objects = SandboxWorld.Objects(version);
            string dated = version == "v3" ? "" : $"/{version}";
            string older = version == "v3" ? "/v3" : "";
            string associations = version == "v3" ? "/crm/v4/associations" : $"/crm/associations{dated}";
            await world.GetAsync($"/account-info/{version}/details");
            await world.PostAsync("/oauth/v2/private-apps/get/access-token-info", $$"""{"tokenKey":"{{SandboxWorld.Token}}"}""");
            await world.GetAsync($"/crm{older}/properties{dated}/companies");
            await world.GetAsync($"/crm{older}/property-validations{dated}/companies");
            await world.PostAsync($"{objects}/companies/batch/read", """{"inputs":[{"id":"1"},{"id":"2"},{"id":"999"}],"properties":["name"],"propertiesWithHistory":["name"]}""");
            await world.UpdateAsync(version, ("1", "name", "x"), ("2", "type", "PROSPECT"), ("3", "employees", "many"), ("999", "name", "x"), ("4", "code", "z"), ("5", "type", "NOPE"));
            await world.PostAsync(
                $"{objects}/companies/search",
                """{"filterGroups":[{"filters":[{"propertyName":"hs_merged_object_ids","operator":"IN","values":["1"]}]}],"properties":["name"],"limit":10}""");
            await world.GetAsync($"{objects}/companies/2?properties=name");
            await world.PostAsync($"{associations}/contacts/companies/batch/associate/default", """{"inputs":[{"from":{"id":"201"},"to":{"id":"2"}},{"from":{"id":"202"},"to":{"id":"999"}}]}""");
            await world.GetAsync($"{objects}/contacts/201/associations/companies");
        }
    }
}
