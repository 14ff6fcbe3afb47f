using System.Text.Json;
using Recon.HubSpot.Api;

namespace Recon.HubSpot.Tests.Api;

/// <summary>What the client reads: records, histories, survivors of merges, associations.</summary>
public sealed class ReadTests
{
    [Theory]
    [InlineData(250, false, "100 100 50")]
    [InlineData(120, true, "50 50 20")]
    public async Task Read_ManyRecords_AsksInPartsThatHubspotAllows(int count, bool history, string expected)
    {
        await using var rig = new ClientRig("2026-09", [.. Enumerable.Repeat(TestService.Answer(200, """{"status":"COMPLETE","results":[]}"""), 3)]);

        await rig.Client.ReadAsync("deals", [.. Enumerable.Range(1, count).Select(id => $"{id}")], ["amount"], history ? ["amount"] : [], default);

        Assert.Equal(expected, string.Join(' ', rig.Service.Requests.Select(request => Body(request).GetProperty("inputs").GetArrayLength())));
        Assert.All(rig.Service.Requests, request => Assert.Equal(history, Body(request).TryGetProperty("propertiesWithHistory", out _)));
        Assert.All(rig.Service.Requests, request => Assert.StartsWith("POST /crm/objects/2026-09/deals/batch/read ", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_Answer_HasValuesHistoriesNewestFirstAndWhatFailed()
    {
        const string body = """
            {"status":"COMPLETE","results":[
              {"id":"1","properties":{"amount":"17","note":null},"propertiesWithHistory":{"amount":[
                {"value":"16","timestamp":"2026-01-01T00:00:00Z","sourceType":"API"},
                {"value":"17","timestamp":"2026-02-01T00:00:00Z","sourceType":"CRM_UI","sourceId":"userId:5","sourceLabel":"x","updatedByUserId":5}]}},
              {"id":"99","properties":{}}],
             "errors":[{"category":"OBJECT_NOT_FOUND","message":"m","context":{"ids":["2"]}},{"category":"INTERNAL","message":"m","context":{"ids":["3"]}}]}
            """;
        await using var rig = new ClientRig("v3", TestService.Answer(207, body));

        ReadAnswer answer = await rig.Client.ReadAsync("deals", ["1", "2", "3"], ["amount", "note"], ["amount"], default);

        LiveRecord record = Assert.Single(answer.Found).Value;
        Assert.Equal(("17", null), (record.Properties["amount"], record.Properties["note"]));
        Assert.Equal(["17", "16"], record.History["amount"].Select(item => item.Value));
        Assert.Equal(("CRM_UI", "userId:5", "5"), (record.History["amount"][0].SourceType, record.History["amount"][0].SourceId, record.History["amount"][0].UserId));
        Assert.Equal(("3", "INTERNAL"), (Assert.Single(answer.Failed).Key, answer.Failed["3"].Category));
    }

    [Fact]
    public async Task Read_CutBrokenAndOverloaded_IsRepeated()
    {
        await using var rig = new ClientRig(
            "2026-09",
            TestService.Drop(),
            TestService.BreakOff(),
            TestService.Answer(502, ""),
            TestService.Answer(200, "<html>"),
            TestService.Answer(429, """{"policyName":"TEN_SECONDLY_ROLLING"}"""),
            TestService.Answer(200, """{"status":"COMPLETE","results":[{"id":"1","properties":{}}]}"""));

        Assert.Single((await rig.Client.ReadAsync("deals", ["1"], [], [], default)).Found);
        Assert.Equal(6, rig.Service.Requests.Count);
    }

    [Fact]
    public async Task Read_NeverAnswered_EndsAndSaysWhatToDo()
    {
        await using var rig = new ClientRig("2026-09", [.. Enumerable.Repeat(TestService.Answer(500, ""), 6)]);

        HubspotException exception = await Assert.ThrowsAsync<HubspotException>(() => rig.Client.ReadAsync("deals", ["1"], [], [], default));

        Assert.Equal(HubspotFault.Unavailable, exception.Fault);
        Assert.Contains("was answered 500. Check address, network and proxy", exception.Message, StringComparison.Ordinal);
        Assert.Equal(6, rig.Service.Requests.Count);
    }

    [Fact]
    public async Task Read_NotComplete_IsNoAnswer()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(200, """{"status":"PENDING","results":[]}"""));

        Assert.Contains(
            "PENDING, not COMPLETE",
            (await Assert.ThrowsAsync<HubspotException>(() => rig.Client.ReadAsync("deals", ["1"], [], [], default))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Refused_NamesTheCategoryAndNoValue()
    {
        await using var rig = new ClientRig(
            "2026-09", TestService.Answer(400, """{"message":"Dupont is wrong","category":"VALIDATION_ERROR","correlationId":"c-4","context":{"propertyName":["amount"]}}"""));

        HubspotException exception = await Assert.ThrowsAsync<HubspotException>(() => rig.Client.ReadAsync("deals", ["1"], [], [], default));

        Assert.Equal(HubspotFault.Refused, exception.Fault);
        Assert.Contains("(VALIDATION_ERROR, amount)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("c-4", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Dupont", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Survivors_OfMerges_AreFoundByWhatTheyName()
    {
        await using var rig = new ClientRig(
            "2026-09", TestService.Answer(200, """{"total":1,"results":[{"id":"900","properties":{"hs_merged_object_ids":"1;2;77"}},{"id":"901","properties":{"hs_merged_object_ids":"5"}}]}"""));

        IReadOnlyDictionary<string, string>? survivors = await rig.Client.FindSurvivorsAsync("contacts", ["1", "2", "3"], default);

        Assert.Equal(new Dictionary<string, string> { ["1"] = "900", ["2"] = "900" }, survivors);
        Assert.EndsWith(
            """{"filterGroups":[{"filters":[{"propertyName":"hs_merged_object_ids","operator":"IN","values":["1","2","3"]}]}],"properties":["hs_merged_object_ids"],"limit":100}""",
            Assert.Single(rig.Service.Requests),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Survivors_ThatMayNotBeSearchedFor_AreNotKnown(int status)
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(status, """{"category":"VALIDATION_ERROR","message":"m","correlationId":"c-5"}"""));

        Assert.Null(await rig.Client.FindSurvivorsAsync("notes", ["1"], default));
        Assert.Contains("whether records that are not there were merged is not known", Assert.Single(rig.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Survivors_SearchedForWithATokenThatIsNotAccepted_StopsAll()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(401, "{}"));

        await Assert.ThrowsAsync<DeniedException>(() => rig.Client.FindSurvivorsAsync("notes", ["1"], default));
    }

    [Fact]
    public async Task Read_OfIdsThatAreNotThere_TellsThoseThatHubspotNames()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(
            207, """{"status":"COMPLETE","results":[],"errors":[{"category":"OBJECT_NOT_FOUND","message":"m","context":{"ids":["1","9"]}},{"category":"X","message":"m","context":{"ids":["2"]}}]}"""));

        ReadAnswer answer = await rig.Client.ReadAsync("deals", ["1", "2", "3"], [], [], default);

        Assert.Equal(["1"], answer.NotThere);
        Assert.Equal(["2"], answer.Failed.Keys);
    }

    [Theory]
    [InlineData("\"2026-03-01T10:00:00Z\"", "2026-03-01T10:00:00Z")]
    [InlineData("\"1772359200000\"", "2026-03-01T10:00:00Z")]
    [InlineData("1772359200000", "2026-03-01T10:00:00Z")]
    [InlineData("\"yesterday\"", null)]
    [InlineData("99999999999999999", null)]
    [InlineData("null", null)]
    public async Task History_TimeInAnyForm_IsReadOrUnknown(string timestamp, string? expected)
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(
            200,
            $$$"""{"status":"COMPLETE","results":[{"id":"1","properties":{},"propertiesWithHistory":{"name":[{"value":"a","timestamp":{{{timestamp}}}},{"value":"b","timestamp":"2020-01-01T00:00:00Z"}]}}]}"""));

        ReadAnswer answer = await rig.Client.ReadAsync("deals", ["1"], [], ["name"], default);

        HistoryItem newest = answer.Found["1"].History["name"][0];
        Assert.Equal(("a", expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture)), (newest.Value, newest.Timestamp));
    }

    [Fact]
    public async Task Associate_ErrorThatNamesOneEnd_RefusesNoInnocentPair()
    {
        const string body = """
            {"status":"COMPLETE","results":[],"errors":[
              {"category":"VALIDATION_ERROR","message":"limit","context":{"fromObjectId":["1"],"toObjectId":["10"]}},
              {"category":"VALIDATION_ERROR","message":"locked","context":{"ids":["20"]}},
              {"category":"OBJECT_NOT_FOUND","message":"gone","context":{"ids":["30"]}},
              {"category":"VALIDATION_ERROR","message":"both","context":{"ids":["4","40"]}}]}
            """;
        await using var rig = new ClientRig("2026-09", TestService.Answer(207, body));

        LinkAnswer answer = await rig.Client.AssociateAsync(
            "calls", "contacts", [("1", "10"), ("1", "11"), ("2", "10"), ("2", "20"), ("3", "30"), ("4", "40"), ("4", "41")], default);

        InputVerdict[] verdicts = [.. Assert.IsType<LinkAnswer.Judged>(answer).Verdicts];
        Assert.Equal(["Refused", "Absent", "Absent", "Absent", "Refused", "Refused", "Absent"], verdicts.Select(verdict => verdict.GetType().Name));
        Assert.EndsWith("locked", Assert.IsType<InputVerdict.Absent>(verdicts[3]).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-09", "/crm/associations/2026-09/calls/contacts/batch/associate/default")]
    [InlineData("v3", "/crm/v4/associations/calls/contacts/batch/associate/default")]
    public async Task Associate_Pairs_AreLookedForInEitherDirection(string version, string path)
    {
        const string body = """
            {"status":"COMPLETE","results":[
              {"from":{"id":"1"},"to":{"id":"10"}},{"from":{"id":"10"},"to":{"id":"1"}},
              {"fromObjectTypeId":"0-1","fromObjectId":11,"toObjectTypeId":"0-48","toObjectId":2}],
             "errors":[{"category":"OBJECT_NOT_FOUND","message":"m","context":{"toObjectId":["12"]}}]}
            """;
        await using var rig = new ClientRig(version, TestService.Drop(), TestService.Answer(207, body));

        LinkAnswer answer = await rig.Client.AssociateAsync("calls", "contacts", [("1", "10"), ("2", "11"), ("3", "12"), ("4", "13")], default);

        LinkAnswer.Judged judged = Assert.IsType<LinkAnswer.Judged>(answer);
        Assert.Equal(["Accepted", "Accepted", "Refused", "Absent"], judged.Verdicts.Select(verdict => verdict.GetType().Name));
        Assert.All(rig.Service.Requests, request => Assert.StartsWith($"POST {path} HTTP/1.1", request, StringComparison.Ordinal));
        Assert.Equal("""{"from":{"id":"1"},"to":{"id":"10"}}""", Body(rig.Service.Requests.First()).GetProperty("inputs")[0].GetRawText());
    }

    private static JsonElement Body(string request)
        => JsonDocument.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;
}
