using Recon.HubSpot.Api;

namespace Recon.HubSpot.Tests.Api;

/// <summary>Every shape of an answer to a batch update, in both versions of the API: each input is looked for in it.</summary>
public sealed class AnswerJudgeTests
{
    private const string One = """{"id":"101","objectWriteTraceId":"a","properties":{"name":"ACME","phone":null}}""";
    private const string Two = """{"id":"102","objectWriteTraceId":"b","properties":{"name":"Serre"}}""";
    private const string Three = """{"id":"103","objectWriteTraceId":"c","properties":{}}""";
    private const string Detail = """{"message":"\"X\" is no option","code":"INVALID_OPTION","context":{"propertyName":["type"]}}""";

    private static readonly UpdateInput[] s_inputs =
    [
        new("101", "a", new Dictionary<string, string> { ["name"] = "ACME" }),
        new("102", "b", new Dictionary<string, string> { ["name"] = "Serre" }),
        new("103", "c", new Dictionary<string, string> { ["type"] = "X" }),
    ];

    private static readonly Dictionary<string, (int Status, string Body, string Expected)> s_shapes = new()
    {
        ["all written"] = (200, $$$"""{"status":"COMPLETE","results":[{{{One}}},{{{Two}}},{{{Three}}}]}""", "accepted 101; accepted 102; accepted 103"),
        ["in another order"] = (200, $$$"""{"status":"COMPLETE","results":[{{{Three}}},{{{One}}},{{{Two}}}]}""", "accepted 101; accepted 102; accepted 103"),
        ["some failed, 207"] = (
            207,
            $$$"""{"status":"COMPLETE","results":[{{{One}}},{{{Two}}}],"numErrors":1,"errors":[{"status":"error","category":"VALIDATION_ERROR","message":"m","context":{"objectWriteTraceId":["c"]},"errors":[{{{Detail}}}]}]}""",
            "accepted 101; accepted 102; refused VALIDATION_ERROR INVALID_OPTION type"),
        ["some failed, 200"] = (
            200,
            $$$"""{"status":"COMPLETE","results":[{{{One}}},{{{Two}}}],"numErrors":1,"errors":[{"status":"error","category":"VALIDATION_ERROR","message":"m","context":{"objectWriteTraceId":["c"]},"errors":[{{{Detail}}}]}]}""",
            "accepted 101; accepted 102; refused VALIDATION_ERROR INVALID_OPTION type"),
        ["several ids in one error"] = (
            207,
            $$$"""{"status":"COMPLETE","results":[{{{Two}}}],"errors":[{"category":"OBJECT_NOT_FOUND","message":"m","context":{"ids":["101","103"]}}]}""",
            "refused OBJECT_NOT_FOUND; accepted 102; refused OBJECT_NOT_FOUND"),
        ["ids are numbers"] = (
            207,
            """{"status":"COMPLETE","results":[{"id":101},{"id":102}],"errors":[{"category":"CONFLICT","subCategory":"uniqueness","message":"m","context":{"ids":[103]}}]}""",
            "accepted 101; accepted 102; refused CONFLICT uniqueness"),
        ["merged, without a word"] = (
            200, $$$"""{"status":"COMPLETE","results":[{{{One}}},{{{Three}}}]}""", "accepted 101; absent; accepted 103"),
        ["merged, written to the survivor"] = (
            200,
            $$$"""{"status":"COMPLETE","results":[{{{One}}},{"id":"999","objectWriteTraceId":"b","properties":{}},{{{Three}}}]}""",
            "accepted 101; accepted 999; accepted 103"),
        ["nothing at all"] = (200, """{"status":"COMPLETE","results":[]}""", "absent; absent; absent"),
        ["not finished"] = (200, $$$"""{"status":"PROCESSING","results":[{{{One}}},{{{Two}}},{{{Three}}}]}""", "lost: the answer's status is PROCESSING, not COMPLETE"),
        ["no status"] = (202, "{}", "lost: the answer has no status"),
        ["no object"] = (200, "[1]", "lost: the answer has no status"),
        ["strangers"] = (
            200,
            $$$"""{"status":"COMPLETE","results":[{{{One}}},{"id":"555","objectWriteTraceId":"z","properties":{}}],"errors":[{"category":"X","message":"m","context":{"ids":["556"]}}]}""",
            "accepted 101; absent; absent"),
        ["result and error at once"] = (
            207,
            $$$"""{"status":"COMPLETE","results":[{{{One}}},{{{Two}}}],"errors":[{"category":"VALIDATION_ERROR","message":"m","context":{"objectWriteTraceId":["b"]}}]}""",
            "accepted 101; absent; absent"),
        ["an error that names nobody"] = (
            207, $$$"""{"status":"COMPLETE","results":[{{{One}}},{{{Two}}}],"errors":[{"category":"VALIDATION_ERROR","message":"m"}]}""", "accepted 101; accepted 102; absent"),
    };

    public static MatrixTheoryData<string, string> Shapes => new(s_shapes.Keys, ["2026-09", "v3"]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Update_AnyShapeOfAnswer_HasAVerdictForEachInput(string shape, string version)
    {
        (int status, string body, string expected) = s_shapes[shape];
        await using var rig = new ClientRig(version, TestService.Answer(status, body, "X-HubSpot-Correlation-Id: c-7\r\n"));

        UpdateAnswer answer = await rig.Client.UpdateAsync("companies", s_inputs, default);

        Assert.Equal(expected, answer switch
        {
            UpdateAnswer.Judged judged => string.Join("; ", judged.Verdicts.Select(Say)),
            UpdateAnswer.Lost lost => $"lost: {lost.Why}",
            _ => answer.ToString(),
        });
        Assert.Equal((status, "c-7"), (answer.Status, answer.CorrelationId));
        Assert.StartsWith(
            version == "v3" ? "POST /crm/v3/objects/companies/batch/update HTTP/1.1\r\n" : "POST /crm/objects/2026-09/companies/batch/update HTTP/1.1\r\n",
            Assert.Single(rig.Service.Requests),
            StringComparison.Ordinal);
        Assert.Equal(shape == "strangers", rig.Said.Exists(line => line.Contains("names 2 records that nobody asked for", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Update_Accepted_TellsWhatTheRecordHoldsNow()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(200, $$$"""{"status":"COMPLETE","results":[{{{One}}}]}"""));

        var judged = (UpdateAnswer.Judged)await rig.Client.UpdateAsync("companies", [s_inputs[0]], default);

        IReadOnlyDictionary<string, string?> values = Assert.IsType<InputVerdict.Accepted>(judged.Verdicts[0]).Values;
        Assert.Equal(("ACME", null), (values["name"], values["phone"]));
    }

    [Fact]
    public async Task Update_ErrorThatNamesNobody_IsTheReasonOfWhatIsAbsent()
    {
        await using var rig = new ClientRig("v3", TestService.Answer(207, s_shapes["an error that names nobody"].Body));

        var judged = (UpdateAnswer.Judged)await rig.Client.UpdateAsync("companies", s_inputs, default);

        Assert.EndsWith("one of which names no record: m", Assert.IsType<InputVerdict.Absent>(judged.Verdicts[2]).Why, StringComparison.Ordinal);
    }

    private static string Say(InputVerdict verdict) => verdict switch
    {
        InputVerdict.Accepted accepted => $"accepted {accepted.Id}",
        InputVerdict.Refused { Error: var error } => string.Join(' ', new[] { "refused", error.Category, error.Code, error.Property }.OfType<string>()),
        _ => "absent",
    };
}
