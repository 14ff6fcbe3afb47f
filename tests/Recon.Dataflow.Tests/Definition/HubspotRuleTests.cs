using System.Text;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Tests.Definition;

public sealed class HubspotRuleTests
{
    [Fact]
    public void Hubspot_WithAPortal_IsReadAndLeavesFingerprintsOfPipelines()
    {
        DefinitionReading with = Read("""{ "portal": 1234567 }""");
        DefinitionReading without = DefinitionReader.Parse(Encoding.UTF8.GetBytes(DefinitionSamples.Valid), "x.json");

        Assert.Equal(1234567, with.Definition!.Hubspot!.Portal);
        Assert.Null(without.Definition!.Hubspot);
        Assert.Equal(without.FingerprintOf(without.Definition.Pipelines[0]), with.FingerprintOf(with.Definition.Pipelines[0]));
    }

    [Theory]
    [InlineData("{ }", "$.hubspot: missing key 'portal'")]
    [InlineData("""{ "portal": 0 }""", "$.hubspot.portal: ")]
    [InlineData("""{ "portal": "x" }""", "$.hubspot.portal: ")]
    [InlineData("""{ "portal": 1, "token": "secret" }""", "$.hubspot.token: unknown key")]
    public void Hubspot_Mistake_IsReportedWithItsPlace(string value, string expected)
        => Assert.StartsWith(expected, Assert.Single(Read(value).Problems.Select(problem => $"{problem.JsonPath}: {problem.Message}")), StringComparison.Ordinal);

    private static DefinitionReading Read(string hubspot)
        => DefinitionReader.Parse(Encoding.UTF8.GetBytes($"{{ \"hubspot\": {hubspot}, {DefinitionSamples.Valid.TrimStart()[1..]}"), "x.json");
}
