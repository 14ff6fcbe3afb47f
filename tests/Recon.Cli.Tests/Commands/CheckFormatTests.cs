using System.Text.Json;
using System.Xml.Linq;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Binding;
using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class CheckFormatTests(PostgresServer server)
{
    private const string Nasty = "50% of \"a,b:c\" <x> & 'y'\r\nnext\u0001\uD83D\uDE00";

    private static readonly Finding[] s_findings =
    [
        new(FindingSeverity.Error, "deals", "column hubspot.deals.amount", Nasty, "Fix: it", "my folder/pipeline.json", new DefinitionLocation("$.pipelines[2]", 12, 5)),
        new(FindingSeverity.Warning, "", "tls", "Not encrypted.", null, "my folder/pipeline.json", new DefinitionLocation("$.postgres", 2, 3)),
        new(FindingSeverity.Warning, "deals", "index on hubspot.deals.key", "Slow.", null, "my folder/pipeline.json", new DefinitionLocation("$.pipelines[2]", 12, 5)),
        new(FindingSeverity.Ok, "deals", "input", "Good.", null, "my folder/pipeline.json", new DefinitionLocation("$.pipelines[2].blocks[0]", 14, 9)),
    ];

    [Fact]
    public void Sarif_Findings_HaveWhatTheSchemaRequires()
    {
        JsonElement root = RequireSarif(SarifText.Draw(s_findings, "1.2.3"));

        JsonElement[] results = [.. root.GetProperty("runs")[0].GetProperty("results").EnumerateArray()];
        Assert.Equal(["column", "tls", "index"], results.Select(result => result.GetProperty("ruleId").GetString()));
        Assert.Equal(["error", "warning", "warning"], results.Select(result => result.GetProperty("level").GetString()));
        Assert.Equal($"column hubspot.deals.amount: {Nasty} Fix: it", results[0].GetProperty("message").GetProperty("text").GetString());
        JsonElement place = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("my%20folder/pipeline.json", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal((12, 5), (place.GetProperty("region").GetProperty("startLine").GetInt32(), place.GetProperty("region").GetProperty("startColumn").GetInt32()));
        Assert.Equal("deals", results[0].GetProperty("properties").GetProperty("pipeline").GetString());
    }

    [Fact]
    public void Junit_Findings_AreCasesOfTheirPipeline()
    {
        XElement root = RequireJunit(JunitText.Draw(s_findings, "recon check"));

        Assert.Equal(["deals", "all pipelines"], root.Elements("testsuite").Select(suite => suite.Attribute("name")!.Value));
        XElement deals = root.Elements("testsuite").First();
        XElement failure = deals.Elements("testcase").First().Element("failure")!;
        Assert.Equal(("deals.column", "column"), (deals.Elements("testcase").First().Attribute("classname")!.Value, failure.Attribute("type")!.Value));
        Assert.Contains(Nasty.Replace('\u0001', '\uFFFD'), failure.Attribute("message")!.Value, StringComparison.Ordinal);
        Assert.Contains("warning: index on hubspot.deals.key: Slow.", deals.Elements("testcase").ElementAt(1).Element("system-out")!.Value, StringComparison.Ordinal);
        Assert.Empty(deals.Elements("testcase").ElementAt(2).Elements());
    }

    [Fact]
    public void Junit_FindingsOfOneSubject_HaveNamesOfTheirOwn()
    {
        XElement root = RequireJunit(JunitText.Draw([s_findings[1], s_findings[1] with { Message = "Still not." }], "x"));

        Assert.Equal(["tls", "tls #2"], root.Descendants("testcase").Select(each => each.Attribute("name")!.Value));
    }

    [Fact]
    public void Github_Findings_AreEscapedCommands()
        => Assert.Equal(
            "::error file=my folder/pipeline.json,line=12,col=5,title=deals%3A column hubspot.deals.amount::"
                + "column hubspot.deals.amount: 50%25 of \"a,b:c\" <x> & 'y'%0D%0Anext\u0001\uD83D\uDE00 Fix: it\n"
                + "::warning file=my folder/pipeline.json,line=2,col=3,title=tls::tls: Not encrypted.\n"
                + "::warning file=my folder/pipeline.json,line=12,col=5,title=deals%3A index on hubspot.deals.key::index on hubspot.deals.key: Slow.\n",
            GithubText.Draw(s_findings));

    [Fact]
    public async Task Check_InEachFormat_TellsTheSameErrors()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ExecuteAsync("alter table hubspot.deals drop column amount");

        CliRun text = await database.ReconAsync("check", "deals", "companies");
        CliRun json = await database.ReconAsync("check", "deals", "companies", "--json");
        CliRun formatted = await database.ReconAsync("check", "deals", "companies", "--format", "json");
        CliRun sarif = await database.ReconAsync("check", "deals", "companies", "--format", "sarif");
        CliRun junit = await database.ReconAsync("check", "deals", "companies", "--format", "junit");
        CliRun github = await database.ReconAsync("check", "deals", "companies", "--format", "github");

        Assert.All((CliRun[])[text, json, formatted, sarif, junit, github], run => Assert.Equal(2, run.ExitCode));
        JsonElement document = JsonDocument.Parse(json.Out).RootElement;
        Assert.Equal(Codes(document), Codes(JsonDocument.Parse(formatted.Out).RootElement));
        JsonElement[] findings = [.. document.GetProperty("findings").EnumerateArray()];
        int Of(string severity) => findings.Count(finding => finding.GetProperty("severity").GetString() == severity);
        (int errors, int warnings) = (Of("error"), Of("warning"));
        Assert.True(errors > 0);
        Assert.Equal((errors, warnings), (document.GetProperty("errors").GetInt32(), document.GetProperty("warnings").GetInt32()));
        Assert.All(findings, finding => Assert.NotEqual("other", finding.GetProperty("code").GetString()));

        string[] lines = text.Out.Split('\n');
        Assert.Contains($"{Show.Count(errors, "error")}, {Show.Count(warnings, "warning")}, {Show.Count(Of("ok"), "check")} passed.", lines);
        Assert.Equal(errors, lines.Count(line => line.Contains(": error: ", StringComparison.Ordinal)));
        Assert.Equal(warnings, lines.Count(line => line.Contains(": warning: ", StringComparison.Ordinal)));

        JsonElement[] results = [.. RequireSarif(sarif.Out).GetProperty("runs")[0].GetProperty("results").EnumerateArray()];
        Assert.Equal(errors, results.Count(result => result.GetProperty("level").GetString() == "error"));
        Assert.Equal(warnings, results.Count(result => result.GetProperty("level").GetString() == "warning"));
        XElement suites = RequireJunit(junit.Out);
        Assert.Equal((errors, findings.Length), ((int)suites.Attribute("failures")!, (int)suites.Attribute("tests")!));
        Assert.Equal(errors, github.Out.Split('\n').Count(line => line.StartsWith("::error file=", StringComparison.Ordinal)));
        Assert.Equal(warnings, github.Out.Split('\n').Count(line => line.StartsWith("::warning file=", StringComparison.Ordinal)));
    }

    [Fact]
    public void Report_OfRepeatedFindings_CountsThemOnce()
    {
        CheckReport report = new([s_findings[0], s_findings[0], s_findings[1], s_findings[1] with { ExitCode = 1 }]);

        Assert.Equal((1, 1, 2), (report.Errors, report.Warnings, report.Findings.Count));
    }

    [Theory]
    [InlineData("sarif", "\"ruleId\": \"definition\"")]
    [InlineData("junit", "type=\"definition\"")]
    [InlineData("github", "::error file=")]
    public async Task Check_BrokenDefinition_IsAFindingAtItsPlace(string format, string expected)
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.File("pipeline.json"), "{\n  \"pipelines\": 7\n}", TestContext.Current.CancellationToken);

        CliRun check = await CliRun.OfAsync("check", "--definition", folder.File("pipeline.json"), "--format", format);

        Assert.Equal(2, check.ExitCode);
        Assert.Contains(expected, check.Out, StringComparison.Ordinal);
        Assert.Matches("(startLine\": |line=\"?)2", check.Out);
    }

    [Fact]
    public async Task CheckTests_InFormats_PointAtTheTest()
    {
        using var folder = TempFolder.WithDefinition();
        string definition = await File.ReadAllTextAsync(folder.File("pipeline.json"), TestContext.Current.CancellationToken);
        int at = definition.IndexOf("\"tests\": [", StringComparison.Ordinal) + "\"tests\": [".Length;
        await File.WriteAllTextAsync(
            folder.File("pipeline.json"),
            definition.Insert(at, "{ \"name\": \"wrong\", \"rows\": [{ \"Comp_CompanyId\": \"1\" }], \"expect\": [{ \"legacyId\": \"1\", \"status\": \"matched\" }] },"),
            TestContext.Current.CancellationToken);

        CliRun junit = await CliRun.OfAsync("check", "--tests", "--definition", folder.File("pipeline.json"), "--format", "junit");
        CliRun sarif = await CliRun.OfAsync("check", "--tests", "--definition", folder.File("pipeline.json"), "--format", "sarif");

        Assert.True(junit.ExitCode == 2, junit.Error);
        XElement failed = RequireJunit(junit.Out).Descendants("testcase").Single(test => test.Element("failure") is not null);
        int line = definition[..at].Count(character => character == '\n') + 1;
        Assert.Equal(("test wrong", "companies.test", line), (failed.Attribute("name")!.Value, failed.Attribute("classname")!.Value, (int)failed.Attribute("line")!));
        JsonElement result = RequireSarif(sarif.Out).GetProperty("runs")[0].GetProperty("results")[0];
        Assert.Equal(line, result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32());
    }

    [Fact]
    public async Task Check_JsonAndAnotherFormat_IsRefused()
    {
        CliRun check = await CliRun.OfAsync("check", "--definition", DemoDatabase.Definition, "--json", "--format", "sarif");

        Assert.Equal(2, check.ExitCode);
        Assert.Contains("Use one of them", check.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Codes(JsonElement document)
        => document.GetProperty("findings").EnumerateArray().Select(finding => $"{finding.GetProperty("code")} {finding.GetProperty("place")}");

    // What the schema of SARIF 2.1.0 requires of the members that are written.
    private static JsonElement RequireSarif(string text)
    {
        JsonElement root = JsonDocument.Parse(text).RootElement;
        Only(root, ["$schema", "version", "runs"], required: ["version", "runs"]);
        Assert.Equal("2.1.0", root.GetProperty("version").GetString());
        Assert.True(Uri.TryCreate(root.GetProperty("$schema").GetString(), UriKind.Absolute, out _));
        JsonElement run = Assert.Single(root.GetProperty("runs").EnumerateArray());
        Only(run, ["tool", "columnKind", "results"], required: ["tool"]);
        Assert.Contains(run.GetProperty("columnKind").GetString(), (string[])["utf16CodeUnits", "unicodeCodePoints"]);
        JsonElement driver = run.GetProperty("tool").GetProperty("driver");
        Only(driver, ["name", "version", "rules"], required: ["name"]);
        JsonElement[] rules = [.. driver.GetProperty("rules").EnumerateArray()];
        Assert.Equal(rules.Length, rules.Select(rule => rule.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(rules, rule =>
        {
            Only(rule, ["id", "shortDescription"], required: ["id"]);
            Only(rule.GetProperty("shortDescription"), ["text"], required: ["text"]);
        });
        Assert.All(run.GetProperty("results").EnumerateArray(), result =>
        {
            Only(result, ["ruleId", "ruleIndex", "level", "message", "locations", "properties"], required: ["message"]);
            Assert.Equal(rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString(), result.GetProperty("ruleId").GetString());
            Assert.Contains(result.GetProperty("level").GetString(), (string[])["none", "note", "warning", "error"]);
            Only(result.GetProperty("message"), ["text"], required: ["text"]);
            JsonElement location = Assert.Single(result.GetProperty("locations").EnumerateArray());
            Only(location, ["physicalLocation", "logicalLocations"], required: []);
            Only(location.GetProperty("physicalLocation"), ["artifactLocation", "region"], required: ["artifactLocation"]);
            string uri = location.GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()!;
            Assert.True(Uri.IsWellFormedUriString(uri, UriKind.RelativeOrAbsolute), uri);
            Assert.All(
                location.GetProperty("physicalLocation").GetProperty("region").EnumerateObject(), each => Assert.InRange(each.Value.GetInt32(), 1, int.MaxValue));
        });
        return root;
    }

    private static void Only(JsonElement element, string[] known, string[] required)
    {
        string[] names = [.. element.EnumerateObject().Select(member => member.Name)];
        Assert.Empty(names.Except(known));
        Assert.Empty(required.Except(names));
    }

    private static XElement RequireJunit(string text)
    {
        XElement root = XDocument.Parse(text).Root!;
        Assert.Equal("testsuites", root.Name.LocalName);
        Assert.All(root.Elements(), suite => Assert.Equal("testsuite", suite.Name.LocalName));
        Assert.Equal((int)root.Attribute("tests")!, root.Descendants("testcase").Count());
        Assert.Equal((int)root.Attribute("failures")!, root.Descendants("failure").Count());
        Assert.All(root.Elements(), suite => Assert.Equal(
            ((int)suite.Attribute("tests")!, (int)suite.Attribute("failures")!),
            (suite.Elements("testcase").Count(), suite.Descendants("failure").Count())));
        Assert.All(root.Elements(), suite =>
        {
            string[] names = [.. suite.Elements("testcase").Select(each => each.Attribute("name")!.Value)];
            Assert.Equal(names.Length, names.Distinct().Count());
        });
        return root;
    }
}
