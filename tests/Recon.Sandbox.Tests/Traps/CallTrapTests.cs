using System.Net;
using System.Text.Json.Nodes;
using Recon.Sandbox.Control;
using Recon.Testing;

namespace Recon.Sandbox.Tests.Traps;

/// <summary>Traps that act on a call as a whole: cut connections, refusals, limits, slowness.</summary>
public sealed class CallTrapTests
{
    [Theory]
    [InlineData("cut-before", false)]
    [InlineData("cut-within", true)]
    [InlineData("cut-after", true)]
    public async Task Cut_OfAConnection_LeavesWhatItSays(string trap, bool isWritten)
    {
        await using var world = await SandboxWorld.StartAsync($"{trap},on=update");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => world.UpdateAsync("2026-09", ("1", "name", "x")));
        (HttpStatusCode next, _) = await world.UpdateAsync("2026-09", ("2", "name", "y"));

        Assert.Equal(isWritten ? "x" : "Company 1", world.Value("companies", "1", "name"));
        Assert.Equal(HttpStatusCode.OK, next);
        SandboxCall cut = world.Server.Log.Calls[0];
        Assert.Equal(trap == "cut-within" ? 200 : null, cut.Status);
        Assert.Equal(isWritten, cut.Answer.Length > 0);
    }

    [Theory]
    [InlineData("rate-limit", 429, "TEN_SECONDLY_ROLLING", null)]
    [InlineData("rate-limit=7", 429, "TEN_SECONDLY_ROLLING", "7")]
    [InlineData("daily-limit", 429, "DAILY", null)]
    [InlineData("locked", 423, null, null)]
    [InlineData("migration", 477, null, null)]
    [InlineData("migration=30", 477, null, "30")]
    [InlineData("unauthorized", 401, null, null)]
    [InlineData("forbidden", 403, null, null)]
    [InlineData("server-error", 500, null, null)]
    [InlineData("server-error=503", 503, null, null)]
    public async Task Refusal_OfACall_WritesNothing(string trap, int status, string? policy, string? retryAfter)
    {
        await using var world = await SandboxWorld.StartAsync(trap);

        (HttpResponseMessage answer, JsonNode? body) = await world.SendAsync(
            HttpMethod.Post, "/crm/objects/2026-09/companies/batch/update", SandboxWorld.UpdateBody(("1", "name", "x")));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(policy, (string?)body!["policyName"]);
        Assert.Equal(retryAfter, answer.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.Single() : null);
        Assert.Equal("error", (string?)body["status"]);
        Assert.NotNull((string?)body["correlationId"]);
        Assert.Equal("Company 1", world.Value("companies", "1", "name"));
    }

    [Fact]
    public async Task ServerErrorAfter_OfAnUpdate_HasWritten()
    {
        await using var world = await SandboxWorld.StartAsync("server-error-after=504");

        (HttpStatusCode status, _) = await world.UpdateAsync("v3", ("1", "name", "x"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, status);
        Assert.Equal("x", world.Value("companies", "1", "name"));
    }

    [Fact]
    public async Task Slow_OfACall_IsProcessedAtOnceAndAnsweredLater()
    {
        await using var world = await SandboxWorld.StartAsync("slow=5000,times=1");

        Task<(HttpStatusCode Status, JsonNode Body)> answer = world.UpdateAsync("2026-09", ("1", "name", "x"));
        await Until.TrueAsync("the write", () => world.Value("companies", "1", "name") == "x", TestContext.Current.CancellationToken);
        Assert.False(answer.IsCompleted);
        await Until.TrueAsync(
            "the answer",
            () =>
            {
                world.Clock.Advance(TimeSpan.FromSeconds(5));
                return answer.IsCompleted;
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, (await answer).Status);
    }

    [Fact]
    public async Task Trap_FromTheThirdCallTwice_ActsOnCallsThreeAndFour()
    {
        await using var world = await SandboxWorld.StartAsync("locked,on=update,from=3,times=2");
        List<int> statuses = [];
        for (int call = 0; call < 5; call++)
        {
            _ = await world.GetAsync("/crm/v3/objects/companies/1");
            statuses.Add((int)(await world.UpdateAsync("v3", ("1", "name", $"{call}"))).Status);
        }

        Assert.Equal([200, 200, 423, 423, 200], statuses);
    }

    [Fact]
    public async Task Trap_OfATypeAndIds_LeavesOtherCallsAlone()
    {
        await using var world = await SandboxWorld.StartAsync("server-error,type=company,ids=2+3,times=9");

        int[] statuses =
        [
            (int)(await world.UpdateAsync("v3", ("1", "name", "x"))).Status,
            (int)(await world.UpdateAsync("v3", ("1", "name", "x"), ("3", "name", "x"))).Status,
            (int)(await world.GetAsync("/crm/v3/objects/companies/2")).Status,
            (int)(await world.GetAsync("/crm/v3/objects/contacts/201")).Status,
        ];

        Assert.Equal([200, 500, 500, 200], statuses);
    }

    [Fact]
    public async Task Limit_ThatIsReal_RefusesUntilTheWindowHasRolledOn()
    {
        await using var world = await SandboxWorld.StartAsync("limit=2");

        int[] first = [await ReadAsync(world), await ReadAsync(world), await ReadAsync(world)];
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        (HttpResponseMessage answer, _) = await world.SendAsync(HttpMethod.Get, "/crm/v3/objects/companies/1", null);

        Assert.Equal([200, 200, 429], first);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("1", answer.Headers.GetValues("X-HubSpot-RateLimit-Remaining").Single());
    }

    [Fact]
    public async Task Quota_ThatIsUsedUp_RefusesUntilMidnightOfTheAccount()
    {
        await using var world = await SandboxWorld.StartAsync(options => options with { TimeZone = "Europe/Paris" }, "quota=1");

        int first = await ReadAsync(world);
        (HttpResponseMessage answer, JsonNode? body) = await world.SendAsync(HttpMethod.Get, "/crm/v3/objects/companies/1", null);
        world.Clock.Advance(TimeSpan.FromHours(13.9));
        int before = await ReadAsync(world);
        world.Clock.Advance(TimeSpan.FromHours(0.2));
        int after = await ReadAsync(world);

        Assert.Equal([200, 429, 200], [first, before, after]);
        Assert.Equal("DAILY", (string?)body!["policyName"]);
        Assert.Equal("0", answer.Headers.GetValues("X-HubSpot-RateLimit-Daily-Remaining").Single());
    }

    private static async Task<int> ReadAsync(SandboxWorld world) => (int)(await world.GetAsync("/crm/v3/objects/companies/1")).Status;
}
