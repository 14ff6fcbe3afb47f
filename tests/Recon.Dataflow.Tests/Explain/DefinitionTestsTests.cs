using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Explain;

public sealed class DefinitionTestsTests
{
    [Fact]
    public async Task Run_ShippedDefinition_EveryTestPasses()
    {
        DefinitionReading reading = DefinitionReader.Read(Path.Combine(Repository.Root, "pipeline.json"));
        Assert.Empty(reading.Problems);

        IReadOnlyList<DefinitionTestResult> results = await new DefinitionTests(reading.Definition!, reading.BaseDirectory)
            .RunAsync(reading.Definition!.Pipelines, CancellationToken.None);

        Assert.Equal("", string.Join('\n', results.SelectMany(result => result.Differences)));
        Assert.Equal(
            reading.Definition.Pipelines.Select(pipeline => pipeline.Name),
            results.Select(result => result.Pipeline).Distinct());
    }

    [Fact]
    public async Task Run_WrongExpectations_EachDifferenceIsNamedWithBothSides()
    {
        string[] differences = await DifferencesAsync("""
            { "legacyId": "1", "status": "unmatched", "hubspotId": "9", "update": { "name": "x", "city": "y" }, "notes": ["z"] },
            { "legacyId": "4", "status": "matched" }
            """);

        Assert.Equal(
            [
                "1 status: expected \"unmatched\", got \"matched\"",
                "1 hubspotId: expected \"9\", got \"501\"",
                "1 notes: expected \"z\", got nothing",
                "1 update.city: expected \"y\", got nothing",
                "1 update.name: expected \"x\", got \"Uno\"",
                "4 record: expected \"matched\", got nothing",
                "2 record: expected nothing, got \"matched\"",
            ],
            differences);
    }

    [Fact]
    public async Task Run_FallbackByTwoColumns_FindsOnlyRecordsWithoutAnotherLegacyId()
        => Assert.Empty(await DifferencesAsync("""
            { "legacyId": "1", "status": "matched", "rule": "legacy-id", "hubspotId": "501", "update": { "name": "Uno" } },
            { "legacyId": "2", "status": "matched", "rule": "by-name", "hubspotId": "502", "update": {} }
            """));

    [Fact]
    public async Task Run_RowsThatClaimOneHubspotRecord_AreAmbiguousUnlessOneRuleIsStronger()
        => Assert.Empty(await DifferencesAsync(
            """
            { "legacyId": "3", "status": "ambiguous", "update": {}, "notes": ["HubSpot record 502 is claimed by 2 legacy records: 2 (by-name), 3 (by-name)"] },
            { "legacyId": "2", "status": "ambiguous", "rule": "by-name" },
            { "legacyId": "77", "status": "matched", "hubspotId": "504" }
            """,
            rows: """
                { "Id": "3", "Name": "DUE", "City": "Lyon" }, { "Id": "2.0", "Name": "Due", "City": "Lyon" },
                { "Id": "77", "Name": "Due", "City": "Lyon" }
                """));

    [Theory]
    [InlineData("exact", "unmatched")]
    [InlineData("decimal", "matched")]
    public async Task Run_MirrorKeyWithTail_IsFoundWhereTheDefinitionSaysSo(string mirrorKeys, string status)
        => Assert.Empty(await DifferencesAsync(
            $$"""{ "legacyId": "3", "status": "{{status}}" }""",
            rows: """{ "Id": "3", "Name": "n" }""",
            mirrorKeys: mirrorKeys,
            mirror: """{ "hs_object_id": "503", "legacy": "3.0" }"""));

    [Theory]
    [InlineData("12.0", "12")]
    [InlineData("12", "12.0")]
    [InlineData("P-1", "P-1")]
    public async Task Run_ParentWithoutType_IsReadAsBothSidesAre(string id, string key)
    {
        string json = Json("""{ "legacyId": "1", "status": "unmatched", "parents": { "owner": "9" } }""",
                $$"""{ "Id": "1", "Owner": "{{id}}" }""", "exact", "")
            .Replace("{ \"kind\": \"diff\"", "{ \"kind\": \"lookup\", \"role\": \"parent\", \"name\": \"owner\", \"table\": \"hubspot.owners\", \"key\": \"legacy\", \"from\": \"Owner\" }, { \"kind\": \"diff\"", StringComparison.Ordinal)
            .Replace("\"hubspot.things\": []", $$"""
                "hubspot.things": [], "hubspot.owners": [{ "hs_object_id": "9", "legacy": "{{key}}" }]
                """, StringComparison.Ordinal);
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(json), "test.json");
        Assert.Empty(reading.Problems);

        IReadOnlyList<DefinitionTestResult> results = await new DefinitionTests(reading.Definition!, reading.BaseDirectory)
            .RunAsync(reading.Definition!.Pipelines, CancellationToken.None);

        Assert.Empty(Assert.Single(results).Differences);
    }

    [Fact]
    public void Read_TestThatNamesWhatIsNotThere_IsAProblemEach()
    {
        DefinitionReading reading = DefinitionReader.Parse(
            Encoding.UTF8.GetBytes(Json(
                """{ "legacyId": "1", "status": "matched", "update": { "nam": "x" } }, { "legacyId": "1", "status": "matched" }""",
                """{ "Id": "1", "Nome": "Uno" }""",
                "exact",
                """{ "hs_object_id": "x1", "nme": "Uno" }""")),
            "test.json");

        Assert.Equal(5, reading.Problems.Count);
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("'Nome'", StringComparison.Ordinal));
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("'nme'", StringComparison.Ordinal));
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("'nam'", StringComparison.Ordinal));
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("digits in quotes", StringComparison.Ordinal));
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("expected twice", StringComparison.Ordinal));
    }

    [Fact]
    public void FingerprintOf_OnlyTestsChange_IsTheSame()
    {
        DefinitionReading reading = Read("""{ "legacyId": "1", "status": "matched" }""");
        ValidPipeline pipeline = reading.Definition!.Pipelines[0];

        Assert.Equal(
            DefinitionFingerprint.Of(reading.Definition.Source, pipeline.Source),
            DefinitionFingerprint.Of(reading.Definition.Source, pipeline.Source with { Tests = [] }));
    }

    private static async Task<string[]> DifferencesAsync(
        string expect,
        string rows = """{ "Id": "1", "Name": "Uno", "City": "Pau" }, { "Id": "2.0", "Name": "DUE", "City": "Lyon" }""",
        string mirrorKeys = "exact",
        string mirror = """
            { "hs_object_id": "501", "legacy": "1", "name": "One", "city": "Pau" },
            { "hs_object_id": "502", "legacy": "", "name": "Due", "city": "Lyon" },
            { "hs_object_id": "504", "legacy": "77", "name": "Due", "city": "Lyon" },
            { "hs_object_id": "505", "name": "Due", "city": "Pau" }
            """)
    {
        DefinitionReading reading = Read(expect, rows, mirrorKeys, mirror);
        IReadOnlyList<DefinitionTestResult> results = await new DefinitionTests(reading.Definition!, reading.BaseDirectory)
            .RunAsync(reading.Definition!.Pipelines, CancellationToken.None);
        DefinitionTestResult result = Assert.Single(results);
        Assert.Equal(result.Differences.Count == 0, result.Passed);
        return [.. result.Differences.Select(difference => difference.ToString())];
    }

    private static DefinitionReading Read(
        string expect, string rows = """{ "Id": "1" }""", string mirrorKeys = "exact", string mirror = "")
    {
        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(Json(expect, rows, mirrorKeys, mirror)), "test.json");
        Assert.Empty(reading.Problems);
        return reading;
    }

    private static string Json(string expect, string rows, string mirrorKeys, string mirror) => $$"""
        {
          "pipelines": [{
            "name": "things",
            "blocks": [
              { "kind": "csv", "path": "things.csv", "id": "Id", "idType": "number" },
              { "kind": "batch" },
              { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy", "mirrorKeys": "{{mirrorKeys}}" },
              { "kind": "lookup", "name": "by-name", "role": "fallback", "confidence": 60, "on": [
                { "column": "Name", "property": "name", "ignoreCase": true },
                { "column": "City", "property": "city" }] },
              { "kind": "diff", "properties": [
                { "property": "name", "column": "Name", "convert": ["title"] },
                { "property": "city", "column": "City" }] },
              { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
            ],
            "tests": [{ "name": "one", "rows": [{{rows}}], "mirror": { "hubspot.things": [{{mirror}}] }, "expect": [{{expect}}] }]
          }]
        }
        """;
}
