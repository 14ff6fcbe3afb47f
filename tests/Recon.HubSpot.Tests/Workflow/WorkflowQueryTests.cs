using Recon.Dataflow.Definition;
using Recon.HubSpot.Workflow;

namespace Recon.HubSpot.Tests.Workflow;

public sealed class WorkflowQueryTests
{
    private static readonly WorkflowDefinition s_definition = new()
    {
        Base = "https://workflows.example.com/",
        Workspace = "w",
        Workflows = new Dictionary<string, string> { ["contacts"] = "env:FLOW" },
        Token = "env:TOKEN",
    };

    [Theory]
    [InlineData("company=ACME", "--company", "ACME")]
    [InlineData("icalps_company_id=123", "--icalps-company-id", "123")]
    [InlineData("dealstage=a=b", "--dealstage=a=b")]
    [InlineData("company=--x", "--company", "--x")]
    public void Parse_Option_BecomesAParameter(string expected, params string[] words)
        => Assert.Equal(expected, string.Join('&', WorkflowQuery.Parse(words).Select(pair => $"{pair.Key}={pair.Value}")));

    [Theory]
    [InlineData("needs a property")]
    [InlineData("needs a value", "--company")]
    [InlineData("not an option", "company", "ACME")]
    [InlineData("given twice", "--a-b", "1", "--a_b", "2")]
    [InlineData("names no property", "--é", "1")]
    public void Parse_Mistake_SaysWhat(string part, params string[] words)
        => Assert.Contains(part, Assert.Throws<WorkflowException>(() => WorkflowQuery.Parse(words)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ses\name")]
    [InlineData("ses\r\nX-Other: 1")]
    [InlineData("two words")]
    [InlineData("sésame")]
    public void Resolve_TokenThatNoHeaderTakes_IsRefusedWithoutShowingIt(string token)
    {
        string message = Assert.Throws<WorkflowException>(
            () => WorkflowSettings.Resolve(s_definition, "contacts", name => name == "FLOW" ? "f" : token)).Message;

        Assert.StartsWith("The token in TOKEN holds a line break", message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Curl_BaseOnThisMachine_GoesPastEveryProxy()
    {
        var settings = WorkflowSettings.Resolve(
            s_definition with { Base = "http://localhost:8080/" }, "contacts", name => name == "FLOW" ? "f" : "secret");

        Assert.Contains("--noproxy '*'", WorkflowQuery.Curl(settings, [new("company", "ACME")]), StringComparison.Ordinal);
    }

    [Fact]
    public void Curl_Query_IsQuotedAndShowsNoSecret()
    {
        var settings = WorkflowSettings.Resolve(s_definition, "contacts", name => name == "FLOW" ? "f" : "secret");

        string command = WorkflowQuery.Curl(settings, [new("company", "L'Oréal")]);

        Assert.Equal(
            """
            curl --fail-with-body --get --max-time 30 \
              --header "Authorization: Bearer $TOKEN" \
              --data-urlencode 'company=L'\''Oréal' \
              'https://workflows.example.com/workspaces/w/workflows/f:latest_draft/triggers/post_trigger/run_wait_result'
            """.ReplaceLineEndings("\n"),
            command);
    }

    [Fact]
    public void Resolve_VariablesNotSet_NamesAllOfThem()
    {
        WorkflowException exception = Assert.Throws<WorkflowException>(
            () => WorkflowSettings.Resolve(s_definition, "contacts", _ => null));

        Assert.Contains("FLOW (\"workflows.contacts\"), TOKEN (\"token\")", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://workflows.example.com")]
    [InlineData("ftp://workflows.example.com")]
    [InlineData("https://user:pw@workflows.example.com")]
    [InlineData("nonsense")]
    public void Resolve_UnsafeBase_IsRefused(string address)
        => Assert.Equal(WorkflowFault.Settings, Assert.Throws<WorkflowException>(
            () => WorkflowSettings.Resolve(s_definition with { Base = address }, "contacts", _ => "x")).Fault);

    [Fact]
    public void Resolve_UnknownObjectOrNoWorkflow_SaysWhatThereIs()
    {
        Assert.Contains("contacts", Assert.Throws<WorkflowException>(
            () => WorkflowSettings.Resolve(s_definition, "deals", _ => "x")).Message, StringComparison.Ordinal);
        Assert.Contains("no \"workflow\"", Assert.Throws<WorkflowException>(
            () => WorkflowSettings.Resolve(null, "deals", _ => "x")).Message, StringComparison.Ordinal);
    }
}
