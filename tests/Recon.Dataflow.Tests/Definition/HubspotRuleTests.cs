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
    [InlineData("""{ "portal": 0 }""", "$.hubspot.portal: ")]
    [InlineData("""{ "portal": "x" }""", "$.hubspot.portal: ")]
    [InlineData("""{ "portal": 1, "token": "secret" }""", "$.hubspot.token: must be \"env:NAME\"")]
    [InlineData("""{ "base": "http://api.example" }""", "$.hubspot.base: must be https")]
    [InlineData("""{ "version": "2026-9" }""", "$.hubspot.version: '2026-9' is no version that recon knows; did you mean '2026-09'?")]
    [InlineData("""{ "push": { "maxShare": "12" } }""", "$.hubspot.push.maxShare: must be a share")]
    [InlineData("""{ "push": { "canary": 101 } }""", "$.hubspot.push.canary: ")]
    public void Hubspot_Mistake_IsReportedWithItsPlace(string value, string expected)
        => Assert.StartsWith(expected, Assert.Single(Read(value).Problems.Select(problem => $"{problem.JsonPath}: {problem.Message}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "contacts": { "firstname": "first", "email": { "name": "mail", "values": { "a": "b" } }, "associatedcompanyid": null } }""", null)]
    [InlineData("""{ "calls": { "firstname": "first" } }""", "$.pipelines[0].object.properties: 'calls' is no object type of this pipeline")]
    [InlineData("""{ "contacts": { "fistname": "first" } }""", "$.pipelines[0].object.properties: the diff block compares no property 'fistname'; did you mean 'firstname'?")]
    [InlineData("""{ "contacts": { "firstname": "email" } }""", "$.pipelines[0].object.properties: two properties would be 'email' of 'contacts'")]
    public void ObjectProperties_AreReadAndCheckedAgainstTheDiffBlock(string properties, string? expected)
        => AssertProblem(expected, ReadPipeline($"\"object\": {{ \"type\": \"contacts\", \"properties\": {properties} }}"));

    [Theory]
    [InlineData("""["company"]""", null)]
    [InlineData("""["company", "company"]""", "$.pipelines[0].associate: names a lookup twice")]
    [InlineData("""["mail"]""", "$.pipelines[0].associate: 'mail' is no lookup of role \"parent\"")]
    public void Associate_NamesParents(string lookups, string? expected) => AssertProblem(expected, ReadPipeline($"\"associate\": {lookups}"));

    [Fact]
    public void Fingerprint_OfAPipeline_IsTheSameWhateverIsSentToHubspot()
    {
        DefinitionReading plain = ReadPipeline("\"object\": \"contacts\"");
        DefinitionReading sends = ReadPipeline("\"object\": { \"type\": \"contacts\", \"properties\": { \"contacts\": { \"email\": null } } }, \"associate\": [\"company\"]");

        Assert.Equal(plain.FingerprintOf(plain.Definition!.Pipelines[0]), sends.FingerprintOf(sends.Definition!.Pipelines[0]));
    }

    private static void AssertProblem(string? expected, DefinitionReading reading)
    {
        string[] problems = [.. reading.Problems.Select(problem => $"{problem.JsonPath}: {problem.Message}")];
        if (expected is null)
        {
            Assert.Empty(problems);
        }
        else
        {
            Assert.StartsWith(expected, Assert.Single(problems), StringComparison.Ordinal);
        }
    }

    private static DefinitionReading ReadPipeline(string keys)
        => DefinitionReader.Parse(Encoding.UTF8.GetBytes(DefinitionSamples.Valid.Replace("\"name\": \"contacts\",", $"\"name\": \"contacts\", {keys},", StringComparison.Ordinal)
            .Replace("""{ "name": "legacy_company_id", "parentLegacyId": "company" }""", """{ "name": "legacy_company_id", "parentLegacyId": "company" }, { "name": "hubspot_company_id", "type": "bigint", "parentHubspotId": "company" }""", StringComparison.Ordinal)), "x.json");

    private static DefinitionReading Read(string hubspot)
        => DefinitionReader.Parse(Encoding.UTF8.GetBytes($"{{ \"hubspot\": {hubspot}, {DefinitionSamples.Valid.TrimStart()[1..]}"), "x.json");
}
