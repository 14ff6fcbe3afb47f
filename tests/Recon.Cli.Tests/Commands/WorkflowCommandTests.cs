using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class WorkflowCommandTests : IDisposable
{
    private readonly HttpListener _service;
    private readonly string _address;

    public WorkflowCommandTests()
    {
        // Ports below are tried until one is free: HttpListener cannot pick one itself, and is closed once it did not start.
        for (int port = 20_000 + Random.Shared.Next(20_000); ; port++)
        {
            _address = $"http://127.0.0.1:{port}/";
            HttpListener service = new();
            service.Prefixes.Add(_address);
            try
            {
                service.Start();
                _service = service;
                return;
            }
            catch (HttpListenerException)
            {
                ((IDisposable)service).Dispose();
            }
        }
    }

    [Theory]
    [InlineData("?company=ACME", "contacts", "--company", "ACME")]
    [InlineData("?icalps_company_id=123", "companies", "--icalps-company-id", "123")]
    [InlineData("?dealstage=X", "deals", "--dealstage", "X")]
    public async Task Workflow_GuidesQueries_SendTheirParameter(string query, string name, params string[] options)
    {
        Task<string> asked = AnswerAsync("{\"rows\":[{\"id\":7,\"name\":\"=ACME, SA\"}]}");

        CliRun run = await RunAsync([name, .. options, "--format", "csv"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("id,name\r\n7,\"'=ACME, SA\"\r\n", run.Out);
        Assert.Equal($"/workspaces/ws/workflows/{name}-flow:latest_draft/triggers/post_trigger/run_wait_result{query}", await asked);
    }

    [Fact]
    public async Task Workflow_Curl_ShowsTheCommandWithoutTheToken()
    {
        CliRun run = await RunAsync("contacts", "--company", "ACME", "--curl");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--data-urlencode 'company=ACME'", run.Out, StringComparison.Ordinal);
        Assert.Contains("$RECON_WORKFLOW_TOKEN", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workflow_VariablesMissing_AreAllNamed()
    {
        CliRun run = await CliRun.OfAsync("workflow", "contacts", "--company", "ACME", "--definition", DemoDatabase.Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("RECON_WORKFLOW_BASE", run.Error, StringComparison.Ordinal);
        Assert.Contains("RECON_WORKFLOW_TOKEN", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workflow_WithoutQuery_SaysHow()
    {
        CliRun run = await RunAsync("contacts");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--property value", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workflow_BaseOnThisMachine_SendsTheTokenToNoProxy()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        string proxied = $"http://127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}";
        Task<string> asked = AnswerAsync("[]");
        await using CliProcess process = CliProcess.Start(
            Repository.Root,
            new(Variables) { ["HTTP_PROXY"] = proxied, ["http_proxy"] = proxied, ["ALL_PROXY"] = proxied, ["NO_PROXY"] = "", ["no_proxy"] = "" },
            "workflow", "contacts", "--company", "ACME");

        await Task.WhenAny(asked, proxy.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.True(asked.IsCompleted, "The request went to the proxy.");
        Assert.Equal(0, (await process.EndAsync()).ExitCode);
        Assert.False(proxy.Pending());
    }

    [Fact]
    public async Task Workflow_AnswerWithOrdersToATerminal_ShowsThemInEveryFormat()
    {
        foreach (string format in (string[])["table", "json"])
        {
            Task<string> asked = AnswerAsync(JsonSerializer.Serialize(
                (Dictionary<string, string>[])[new() { [TerminalTextTests.Hostile] = TerminalTextTests.Hostile }]));

            CliRun run = await RunAsync("contacts", "--company", "ACME", "--format", format);

            _ = await asked;
            Assert.True(run.ExitCode == 0, run.Error);
            TerminalTextTests.AssertHarmless(run);
        }
    }

    public void Dispose() => ((IDisposable)_service).Dispose();

    private async Task<string> AnswerAsync(string body)
    {
        HttpListenerContext context = await _service.GetContextAsync();
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
        return context.Request.RawUrl!;
    }

    private Dictionary<string, string> Variables => new()
    {
        ["RECON_WORKFLOW_BASE"] = _address,
        ["RECON_WORKFLOW_WORKSPACE"] = "ws",
        ["RECON_WORKFLOW_COMPANIES"] = "companies-flow",
        ["RECON_WORKFLOW_CONTACTS"] = "contacts-flow",
        ["RECON_WORKFLOW_DEALS"] = "deals-flow",
        ["RECON_WORKFLOW_TOKEN"] = "sesame",
    };

    private Task<CliRun> RunAsync(params string[] words)
        => CliRun.InAsync(Variables, ["workflow", .. words, "--definition", DemoDatabase.Definition]);
}
