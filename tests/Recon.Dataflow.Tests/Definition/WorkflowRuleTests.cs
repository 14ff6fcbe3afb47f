using System.Text;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Tests.Definition;

public sealed class WorkflowRuleTests
{
    private const string Good = "\"base\": \"https://w.example.com\", \"workspace\": \"w\", \"workflows\": { \"contacts\": \"c\" }, \"token\": \"env:TOKEN\"";

    [Fact]
    public void Workflow_Complete_HasNoProblem() => Assert.Empty(Problems(Good));

    [Theory]
    [InlineData("\"https://w.example.com\"", "\"http://w.example.com\"", "$.workflow.base: must be https")]
    [InlineData("\"https://w.example.com\"", "\"https://u:p@w.example.com\"", "$.workflow.base: holds a user or password")]
    [InlineData("\"https://w.example.com\"", "\"w.example.com\"", "$.workflow.base: is not a web address")]
    [InlineData("\"env:TOKEN\"", "\"abc\"", "$.workflow.token: must be \"env:NAME\"")]
    [InlineData("{ \"contacts\": \"c\" }", "{}", "$.workflow.workflows: names no workflow")]
    [InlineData("\"workspace\": \"w\", ", "", "$.workflow: missing key 'workspace'")]
    public void Workflow_Mistake_IsReportedWithItsPlaceAndNoSecret(string find, string replacement, string expected)
    {
        string problem = Assert.Single(Problems(Good.Replace(find, replacement, StringComparison.Ordinal)));

        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("u:p", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Workflow_OnThisMachine_MayBeHttp()
        => Assert.Empty(Problems(Good.Replace("https://w.example.com", "http://127.0.0.1:8080", StringComparison.Ordinal)));

    private static string[] Problems(string workflow)
    {
        string text = DefinitionSamples.Valid.TrimStart();
        string json = $"{{ \"workflow\": {{ {workflow} }}, {text[1..]}";
        return [.. DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), "x.json").Problems.Select(problem => $"{problem.JsonPath}: {problem.Message}")];
    }
}
