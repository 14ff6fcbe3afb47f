using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Workflow;

namespace Recon.HubSpot.Tests.Workflow;

public sealed class WorkflowClientTests
{
    private const string Token = "secret-token-5f3a";
    private static readonly KeyValuePair<string, string>[] s_query = [new("company", "ACME & Cie")];

    [Theory]
    [InlineData("[{\"id\":1},{\"id\":2}]")]
    [InlineData("{\"rows\":[{\"id\":1},{\"id\":2}],\"took\":3}")]
    public async Task Query_ArrayOrRows_GivesTheRecords(string body)
    {
        await using var service = new TestService(TestService.Answer(200, body));

        IReadOnlyList<JsonElement> rows = await QueryAsync(service);

        Assert.Equal([1, 2], rows.Select(row => row.GetProperty("id").GetInt32()));
    }

    [Fact]
    public async Task Query_Request_HasPathQueryAndToken()
    {
        await using var service = new TestService(TestService.Answer(200, "[]"));

        await QueryAsync(service);

        string request = Assert.Single(service.Requests);
        Assert.StartsWith(
            "GET /workspaces/w%201/workflows/f-7:latest_draft/triggers/post_trigger/run_wait_result?company=ACME%20%26%20Cie HTTP/1.1\r\n",
            request,
            StringComparison.Ordinal);
        Assert.Contains($"Authorization: Bearer {Token}\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_OverloadedThenWell_WaitsAsToldAndSucceeds()
    {
        await using var service = new TestService(
            TestService.Answer(429, "{}", "Retry-After: 0\r\n"), TestService.Answer(503, "{}"), TestService.Answer(200, "[{}]"));
        List<string> said = [];

        IReadOnlyList<JsonElement> rows = await QueryAsync(service, said: said);

        Assert.Single(rows);
        Assert.Equal(3, service.Requests.Count);
        Assert.Contains("answered 429; trying again in 0.0 s", said[0], StringComparison.Ordinal);
        Assert.Contains("answered 503", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_RetryAfterBeyondPatience_IsNotAwaited()
    {
        await using var service = new TestService(TestService.Answer(429, "{}", "Retry-After: 3600\r\n"));

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(() => QueryAsync(service));

        Assert.Equal(WorkflowFault.Unavailable, exception.Fault);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Query_DroppedAndCutConnections_AreTriedAgain()
    {
        await using var service = new TestService(TestService.Drop(), TestService.BreakOff(), TestService.Answer(200, "[{}]"));

        Assert.Single(await QueryAsync(service));
        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task Query_FailsAlways_EndsAfterTheRetries()
    {
        await using var service = new TestService(
            TestService.Answer(500, ""), TestService.Answer(502, ""), TestService.Answer(500, ""));

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(() => QueryAsync(service, retries: 2));

        Assert.Equal(WorkflowFault.Unavailable, exception.Fault);
        Assert.Contains("answered 500 (3 attempts)", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task Query_HangingService_EndsWithTheTimeout()
    {
        var never = new TaskCompletionSource();
        await using var service = new TestService(TestService.Hang(never));

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(
            () => QueryAsync(service, retries: 0, timeoutSeconds: 1));

        Assert.Contains("did not answer within 1 s", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_Cancelled_EndsAtOnce()
    {
        var never = new TaskCompletionSource();
        await using var service = new TestService(TestService.Hang(never));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => QueryAsync(service, stop: stop.Token));
    }

    [Theory]
    [InlineData(400, "parameters")]
    [InlineData(401, "TOKEN_VARIABLE")]
    [InlineData(403, "TOKEN_VARIABLE")]
    [InlineData(404, "workflow is unknown")]
    [InlineData(302, "redirects")]
    public async Task Query_Refused_SaysWhyAndIsNotTriedAgain(int status, string part)
    {
        await using var service = new TestService(TestService.Answer(status, "{}", "Location: http://127.0.0.1:1/\r\n"));

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(() => QueryAsync(service));

        Assert.Equal(WorkflowFault.Refused, exception.Fault);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.Single(service.Requests);
    }

    [Theory]
    [InlineData("<html>Jean Dupont</html>", "no JSON")]
    [InlineData("[{\"name\":\"Dupont\"", "no JSON")]
    [InlineData("{\"result\":[]}", "without \"rows\"")]
    [InlineData("{\"rows\":5}", "a number")]
    [InlineData("[1]", "something else than objects")]
    [InlineData("[{\"name\":\"Dupont \\ud83d\"}]", "half a character")]
    [InlineData("[{\"Dupont \\ude00\":1}]", "half a character")]
    public async Task Query_BadAnswer_SaysWhatAndShowsNoValue(string body, string part)
    {
        await using var service = new TestService(TestService.Answer(200, body));

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(() => QueryAsync(service));

        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Dupont", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_NoHttp_SaysSo()
    {
        await using var service = new TestService(TestService.NoHttp());

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(() => QueryAsync(service, retries: 0));

        Assert.Contains("not HTTP", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_NobodyListens_SaysThatItCannotBeReached()
    {
        string address;
        await using (var service = new TestService())
        {
            address = service.Address;
        }

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(() => QueryAsync(address, retries: 1));

        Assert.Contains("cannot be reached (2 attempts)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_ServiceKeepsFailing_IsLeftAlone()
    {
        await using var service = new TestService([.. Enumerable.Range(0, 10).Select(_ => TestService.Answer(500, ""))]);

        WorkflowException exception = await Assert.ThrowsAsync<WorkflowException>(
            () => QueryAsync(service.Address, retries: 9, breaker: 3));

        Assert.Contains("left alone", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, service.Requests.Count);
    }

    private static Task<IReadOnlyList<JsonElement>> QueryAsync(
        TestService service, int retries = 4, int timeoutSeconds = 20, List<string>? said = null, CancellationToken stop = default)
        => QueryAsync(service.Address, retries, timeoutSeconds, said, stop: stop);

    private static async Task<IReadOnlyList<JsonElement>> QueryAsync(
        string address, int retries, int timeoutSeconds = 20, List<string>? said = null, int breaker = 10, CancellationToken stop = default)
    {
        var definition = new WorkflowDefinition
        {
            Base = address,
            Workspace = "w 1",
            Workflows = new Dictionary<string, string> { ["contacts"] = "f-7" },
            Token = "env:TOKEN_VARIABLE",
            Retries = retries,
            TimeoutSeconds = timeoutSeconds,
        };
        var settings = WorkflowSettings.Resolve(definition, "contacts", name => name == "TOKEN_VARIABLE" ? Token : null);
        var retry = new WorkflowRetry { Delay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(5), Breaker = breaker };
        using var client = new WorkflowClient(settings, TimeProvider.System, retry, new ListLogger(said ?? []));
        return await client.QueryAsync(s_query, stop);
    }

    private sealed class ListLogger(List<string> said) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => said.Add(formatter(state, exception));
    }
}
