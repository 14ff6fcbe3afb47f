using System.Diagnostics.Metrics;
using Recon.Dataflow.Telemetry;
using Recon.HubSpot.Api;

namespace Recon.HubSpot.Tests.Api;

/// <summary>What the client does about limits, refusals and lost answers of a batch update.</summary>
public sealed class UpdateTests
{
    private const string Written = """{"status":"COMPLETE","results":[{"id":"1","objectWriteTraceId":"t","properties":{}}]}""";
    private const string Rolling = """{"status":"error","policyName":"TEN_SECONDLY_ROLLING"}""";
    private const string Daily = """{"status":"error","policyName":"DAILY"}""";

    private static readonly UpdateInput[] s_input = [new("1", "t", new Dictionary<string, string> { ["phone"] = "" })];

    [Fact]
    public async Task Update_Request_HoldsIdsTraceAndTextsOnly()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(200, Written));

        await rig.Client.UpdateAsync("2-77", s_input, default);

        string request = Assert.Single(rig.Service.Requests);
        Assert.StartsWith("POST /crm/objects/2026-09/2-77/batch/update HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"Authorization: Bearer {ClientRig.Token}\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("""{"inputs":[{"id":"1","objectWriteTraceId":"t","properties":{"phone":""}}]}""", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, Rolling, "Retry-After: 3\r\n", 3)]
    [InlineData(429, Rolling, "X-HubSpot-RateLimit-Interval-Milliseconds: 7000\r\n", 7)]
    [InlineData(429, Rolling, "", 10)]
    [InlineData(429, Rolling, "Retry-After: Sun, 01 Mar 2026 20:00:30 GMT\r\n", 30)]
    [InlineData(429, "{}", "", 10)]
    [InlineData(423, "{}", "", 2)]
    [InlineData(423, "{}", "Retry-After: 5\r\n", 5)]
    [InlineData(477, "{}", "Retry-After: 60\r\n", 60)]
    public async Task Update_AskedToWait_WaitsThatLongAndGoesOn(int status, string body, string headers, int seconds)
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(status, body, headers), TestService.Answer(200, Written));

        UpdateAnswer answer = await rig.Client.UpdateAsync("calls", s_input, default);

        Assert.IsType<InputVerdict.Accepted>(Assert.IsType<UpdateAnswer.Judged>(answer).Verdicts[0]);
        Assert.InRange(Assert.Single(rig.Clock.Waits).TotalSeconds, seconds, seconds * 1.1);
        Assert.Equal(2, rig.Bucket.Taken);
    }

    [Fact]
    public async Task Update_LockedForLong_WasNotSent()
    {
        await using var rig = new ClientRig("2026-09", [.. Enumerable.Repeat(TestService.Answer(423, "{}"), 9)]);

        UpdateAnswer.NotSent answer = Assert.IsType<UpdateAnswer.NotSent>(await rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Equal((423, "was answered 423, locked by other writes"), (answer.Status, answer.Why));
        Assert.Equal(8, rig.Clock.Waits.Count);
    }

    [Fact]
    public async Task Update_MovingForADay_IsNotAwaited()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(477, "{}", "Retry-After: 86400\r\n"));

        UpdateAnswer.NotSent answer = Assert.IsType<UpdateAnswer.NotSent>(await rig.Client.UpdateAsync("calls", s_input, default));

        Assert.EndsWith("asked to come back in 1440 minutes", answer.Why, StringComparison.Ordinal);
        Assert.Empty(rig.Clock.Waits);
    }

    [Fact]
    public async Task Update_RollingLimit_TellsTheBucketToPauseAll()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(429, Rolling, "Retry-After: 4\r\n"), TestService.Answer(200, Written));
        DateTimeOffset before = rig.Clock.GetUtcNow();

        await rig.Client.UpdateAsync("calls", s_input, default);

        Assert.InRange((Assert.Single(rig.Bucket.Told).PauseUntil!.Value - before).TotalSeconds, 4, 4.4);
    }

    [Fact]
    public async Task Update_DailyLimit_SaysWhenTheAccountsDayEnds()
    {
        await using var rig = new ClientRig(
            "2026-09", TestService.Answer(200, """{"portalId":7,"timeZone":"Europe/Paris"}"""), TestService.Answer(429, Daily));
        await rig.Client.AccountAsync(default);

        DailyLimitException exception = await Assert.ThrowsAsync<DailyLimitException>(() => rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.FromHours(1)), exception.DayEndsAt);
        Assert.Contains("2026-03-02 00:00 +01:00", exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Clock.Waits);
    }

    [Fact]
    public async Task Update_DailyLimitOfUnknownAccount_SaysMidnight()
    {
        await using var rig = new ClientRig("v3", TestService.Answer(429, "{}", "X-HubSpot-RateLimit-Daily-Remaining: 0\r\n"));

        DailyLimitException exception = await Assert.ThrowsAsync<DailyLimitException>(() => rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Null(exception.DayEndsAt);
        Assert.Contains("midnight in the account's time zone", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "{}", "is not accepted")]
    [InlineData(403, """{"category":"MISSING_SCOPES","errors":[{"message":"m","context":{"requiredGranularScopes":["crm.objects.contacts.write"]}}]}""", "lacks the scope crm.objects.contacts.write")]
    [InlineData(403, "<html>", "docs/operations.md")]
    public async Task Update_Denied_NamesVariableAndScope(int status, string body, string part)
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(status, body));

        DeniedException exception = await Assert.ThrowsAsync<DeniedException>(() => rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Contains($"answered {status} to POST /crm/objects/2026-09/calls/batch/update: the token in TOKEN_VARIABLE", exception.Message, StringComparison.Ordinal);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ClientRig.Token, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut before the answer", 0)]
    [InlineData("cut in the answer", 0)]
    [InlineData("no HTTP", 0)]
    [InlineData("no JSON", 200)]
    [InlineData("408", 408)]
    [InlineData("500", 500)]
    [InlineData("502", 502)]
    [InlineData("504", 504)]
    public async Task Update_FateUnknown_IsLostAndNeverSentAgain(string what, int status)
    {
        await using var rig = new ClientRig("2026-09", what switch
        {
            "cut before the answer" => TestService.Drop(),
            "cut in the answer" => TestService.BreakOff(),
            "no HTTP" => TestService.NoHttp(),
            "no JSON" => TestService.Answer(200, "<html>fine</html>"),
            _ => TestService.Answer(status, """{"status":"error","correlationId":"c-9"}"""),
        });

        UpdateAnswer.Lost lost = Assert.IsType<UpdateAnswer.Lost>(await rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Equal(status, lost.Status);
        Assert.Equal(status >= 400 ? "c-9" : null, lost.CorrelationId);
        Assert.Single(rig.Service.Requests);
        Assert.Contains("whether it was carried out is not known", Assert.Single(rig.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_NoAnswerInTime_IsLost()
    {
        var never = new TaskCompletionSource();
        await using var rig = new ClientRig("2026-09", 1, null, TestService.Hang(never));

        UpdateAnswer.Lost lost = Assert.IsType<UpdateAnswer.Lost>(await rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Equal("got no answer within 1 s", lost.Why);
    }

    [Theory]
    [InlineData(false, "could not connect")]
    [InlineData(true, "was refused a secure connection")]
    public async Task Update_NeverLeft_IsTriedAFewTimesAndNotSent(bool listens, string why)
    {
        await using var plain = new TestService([.. Enumerable.Repeat(TestService.NoHttp(), 6)]);
        var clock = new SkippingClock(TimeSpan.FromSeconds(20));
        var settings = ClientRig.Settings(listens ? plain.Address.Replace("http:", "https:", StringComparison.Ordinal) : "http://127.0.0.1:1", "2026-09");
        using var client = new HubspotClient(settings, new RecordingBucket(), clock);

        UpdateAnswer.NotSent answer = Assert.IsType<UpdateAnswer.NotSent>(await client.UpdateAsync("calls", s_input, default));

        Assert.StartsWith(why, answer.Why, StringComparison.Ordinal);
        Assert.Equal(5, clock.Waits.Count);
    }

    [Fact]
    public async Task Update_WholeBatchRefused_TellsPropertyAndCodeOfTheOlderForm()
    {
        const string body = """{"status":"error","message":"Property values were not valid: [{\"isValid\":false,\"message\":\"no\",\"error\":\"INVALID_OPTION\",\"name\":\"hs_call_status\"}]","correlationId":"c-1","category":"VALIDATION_ERROR"}""";
        await using var rig = new ClientRig("v3", TestService.Answer(400, body));

        UpdateAnswer.WholeRefused refused = Assert.IsType<UpdateAnswer.WholeRefused>(await rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Equal(("c-1", "VALIDATION_ERROR", "INVALID_OPTION", "hs_call_status"), (refused.CorrelationId, refused.Error.Category, refused.Error.Code, refused.Error.Property));
    }

    [Fact]
    public async Task Update_Redirected_IsNotFollowed()
    {
        await using var rig = new ClientRig("2026-09", TestService.Answer(302, "", "Location: http://127.0.0.1:1/\r\n"));

        HubspotException exception = await Assert.ThrowsAsync<HubspotException>(() => rig.Client.UpdateAsync("calls", s_input, default));

        Assert.Contains("redirects", exception.Message, StringComparison.Ordinal);
        Assert.Single(rig.Service.Requests);
    }

    [Fact]
    public async Task Update_InputsThatCannotBeToldApart_AreAMistakeOfTheCaller()
    {
        await using var rig = new ClientRig("2026-09");

        await Assert.ThrowsAsync<ArgumentException>(() => rig.Client.UpdateAsync("calls", [s_input[0], s_input[0] with { TraceId = "u" }], default));
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Client.UpdateAsync("calls", [s_input[0], s_input[0] with { Id = "2" }], default));
        Assert.Equal(0, rig.Bucket.Taken);
    }

    [Fact]
    public async Task Calls_AreCountedByStatusAndTheQuotaIsTold()
    {
        using var metrics = new ReconMetrics();
        Dictionary<string, long> calls = [];
        long quota = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == metrics.Meter && instrument.Name is "recon.push.calls" or "recon.push.quota.remaining")
            {
                Assert.Equal("{calls}", instrument.Unit);
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "recon.push.calls")
            {
                calls[(string)tags[0].Value!] = calls.GetValueOrDefault((string)tags[0].Value!) + value;
            }
            else
            {
                quota = value;
            }
        });
        listener.Start();
        await using var rig = new ClientRig(
            "2026-09",
            20,
            metrics.Push,
            TestService.Answer(423, "{}"),
            TestService.Answer(200, Written, "X-HubSpot-RateLimit-Daily: 250000\r\nX-HubSpot-RateLimit-Daily-Remaining: 249871\r\nX-HubSpot-RateLimit-Max: 100\r\nX-HubSpot-RateLimit-Remaining: 98\r\nX-HubSpot-RateLimit-Interval-Milliseconds: 10000\r\n"),
            TestService.Drop());

        await rig.Client.UpdateAsync("calls", s_input, default);
        await rig.Client.UpdateAsync("calls", s_input, default);

        Assert.Equal(new Dictionary<string, long> { ["423"] = 1, ["200"] = 1, ["lost"] = 1 }, calls);
        Assert.Equal(249_871, quota);
        Assert.Equal(
            new RateState(rig.Clock.GetUtcNow(), 100, 98, TimeSpan.FromSeconds(10), 250_000, 249_871),
            Assert.Single(rig.Bucket.Told));
    }
}
