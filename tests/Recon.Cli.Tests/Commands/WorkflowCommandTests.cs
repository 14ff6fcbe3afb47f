using System.Net;
using System.Text;
using Recon.Cli.Tests.Support;

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

    public void Dispose() => ((IDisposable)_service).Dispose();

    private async Task<string> AnswerAsync(string body)
    {
        HttpListenerContext context = await _service.GetContextAsync();
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
        return context.Request.RawUrl!;
    }

    private Task<CliRun> RunAsync(params string[] words) => CliRun.InAsync(
        new Dictionary<string, string>
        {
            ["RECON_WORKFLOW_BASE"] = _address,
            ["RECON_WORKFLOW_WORKSPACE"] = "ws",
            ["RECON_WORKFLOW_COMPANIES"] = "companies-flow",
            ["RECON_WORKFLOW_CONTACTS"] = "contacts-flow",
            ["RECON_WORKFLOW_DEALS"] = "deals-flow",
            ["RECON_WORKFLOW_TOKEN"] = "sesame",
        },
        ["workflow", .. words, "--definition", DemoDatabase.Definition]);
}
