using System.Text;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Tests.Definition;

public sealed class DefinitionReaderTests
{
    [Fact]
    public void Parse_ValidSample_BindsEveryBlockWithoutProblems()
    {
        DefinitionReading reading = DefinitionSamples.Parse(DefinitionSamples.Valid);

        Assert.Empty(reading.Problems);
        ValidPipeline pipeline = Assert.Single(reading.Definition!.Pipelines);
        Assert.Equal(["csv", "batch", "match", "mail", "company", "diff", "stage"], pipeline.Blocks.Select(block => block.Label));
        Assert.Equal(500, pipeline.Batch.Rows);
        Assert.Equal(LookupRole.Parent, pipeline.Lookups[^1].Role);
        Assert.IsType<TrimDefinition>(Assert.Single(pipeline.Diff.Properties[0].Convert));
        Assert.Equal(["Id", "First", "Mail", "Company", "Deleted"], pipeline.Csv.Columns!);
    }

    [Fact]
    public void Parse_NineMistakes_AreAllReportedInOneGo()
    {
        const string Json = """
            {
              // é and 𝄞 count as editors count them
              "postgres": "embedded", "stagign": { },
              "pipelines": [
                {
                  "name": "Companies",
                  "blocks": [
                    { "kind": "csv", "path": "a.csv", "id": "Id", "idType": "numbr" },
                    { "kind": "batch", "rowz": 5, "bytes": 12 },
                    { "kind": "lookup", "table": "hubspot.companies", "key": "k", "capacity": "4" },
                    { "kind": "diff", "properties": [
                        { "property": "𝄞é", "column": "A", "convert": ["trimm"], "column": "B" } ] },
                    { "kind": "stage", "table": "t", "legacyId": "legacy_id" }
                  ]
                }
              ]
            }
            """;

        DefinitionReading reading = DefinitionSamples.Parse(Json);

        Assert.Null(reading.Definition);
        Assert.Equal(
            """
            pipeline.json:3:27: $.stagign: error: unknown key 'stagign'; did you mean 'staging'?
            pipeline.json:6:15: $.pipelines[0].name: error: names may hold a to z, 0 to 9, - and _ only, at most 63: they become arguments, metric labels and file names
            pipeline.json:8:65: $.pipelines[0].blocks[0].idType: error: unknown value 'numbr'; did you mean 'number'? allowed: text, number
            pipeline.json:9:28: $.pipelines[0].blocks[1].rowz: error: unknown key 'rowz'; did you mean 'rows'?
            pipeline.json:9:48: $.pipelines[0].blocks[1].bytes: error: must be between 1,024 and 268,435,456, not 12
            pipeline.json:10:83: $.pipelines[0].blocks[2].capacity: error: must be a whole number, not a string; write 4 without quotes
            pipeline.json:12:61: $.pipelines[0].blocks[3].properties[0].convert[0]: error: unknown kind 'trimm'; did you mean 'trim'?
            pipeline.json:12:71: $.pipelines[0].blocks[3].properties[0].column: error: duplicate key 'column'; it is already given in line 12
            pipeline.json:13:9: $.pipelines[0].blocks[4]: error: missing key 'hubspotId': The staging column of the HubSpot id (bigint).
            """,
            string.Join('\n', reading.Problems));
    }

    [Fact]
    public void Parse_CommentsTrailingCommasAndByteOrderMark_AreAllowed()
    {
        string json = DefinitionSamples.With("\"rows\": 500 }", "\"rows\": 500, /* enough */ }, // next");
        json = json.Replace("}, // next,", "}, // next\n", StringComparison.Ordinal);
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(json)];

        Assert.Empty(DefinitionReader.Parse(bytes, "pipeline.json").Problems);
    }

    [Fact]
    public void Parse_ByteOrderMark_DoesNotShiftTheFirstColumn()
    {
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. "{ \"x\": 1, \"pipelines\": [] }"u8];

        Assert.Equal((1, 3), At(DefinitionReader.Parse(bytes, "p").Problems[0]));
    }

    [Fact]
    public void Parse_SyntaxError_IsReportedWithTheProblemsBeforeIt()
    {
        DefinitionReading reading = DefinitionSamples.Parse("{\n  \"postgress\": \"embedded\",\n  \"pipelines\": [ { \"name\" \"x\" } ]\n}");

        Assert.Collection(
            reading.Problems,
            problem => Assert.Equal("pipeline.json:2:3: $.postgress: error: unknown key 'postgress'; did you mean 'postgres'?", problem.ToString()),
            problem =>
            {
                Assert.Equal((3, 27), At(problem));
                Assert.StartsWith("not valid JSON:", problem.Message, StringComparison.Ordinal);
            });
    }

    [Fact]
    public void Parse_SyntaxErrorBeforeALongRest_DoesNotQuoteTheRest()
    {
        DefinitionReading reading = DefinitionSamples.Parse("{ \"pipelines\": trux" + new string('x', 500) + "secret }");

        DefinitionProblem problem = Assert.Single(reading.Problems);
        Assert.DoesNotContain("secret", problem.Message, StringComparison.Ordinal);
        Assert.InRange(problem.Message.Length, 1, 160);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("// nothing")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("{")]
    [InlineData("{ \"postgres\": \"\\ud800\" }")]
    public void Parse_NoDefinition_IsAProblem(string json)
    {
        DefinitionReading reading = DefinitionSamples.Parse(json);

        Assert.Null(reading.Definition);
        Assert.NotEmpty(reading.Problems);
        Assert.Equal("", reading.Fingerprint);
    }

    [Fact]
    public void Parse_InvalidUtf8_NamesTheByte()
    {
        DefinitionReading reading = DefinitionReader.Parse("{\n \"a\": \"\xe9\" }"u8.ToArray()[..8].Append((byte)0xe9).ToArray(), "p");

        Assert.Equal("p:2:7: $: error: the byte at offset 8 is not valid UTF-8; save the file as UTF-8", Assert.Single(reading.Problems).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parse_HundredThousandMistakesInALine_ListsTheFirstThousand(bool duplicates)
    {
        string json = "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(number => $"\"a{(duplicates ? 0 : number)}\": 1")) + "}";

        DefinitionReading reading = DefinitionSamples.Parse(json);

        Assert.Equal(DefinitionProblem.MaxListed, reading.Problems.Count);
    }

    [Fact]
    public void Parse_DeepNesting_IsAProblem()
    {
        DefinitionReading reading = DefinitionSamples.Parse(new string('[', 100_000));

        Assert.Contains(reading.Problems, problem => problem.Message.StartsWith("not valid JSON", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"rows\": 500", "\"rows\": null", "$.pipelines[0].blocks[1].rows", "must not be null")]
    [InlineData("\"rows\": 500", "\"rows\": 500.5", "$.pipelines[0].blocks[1].rows", "must be a whole number, not 500.5")]
    [InlineData("\"rows\": 500", "\"rows\": 99999999999999999999", "$.pipelines[0].blocks[1].rows", "must be between 1 and 100,000")]
    [InlineData("\"rows\": 500", "\"rows\": true", "$.pipelines[0].blocks[1].rows", "must be a whole number, not true")]
    [InlineData("\"key\": \"legacy_id\"", "\"key\": \"k\", \"confidence\": 1e999", "$.pipelines[0].blocks[2].confidence", "must be between 0 and 100")]
    [InlineData("\"header\": false", "\"header\": \"false\"", "$.pipelines[0].blocks[0].header", "write false without quotes")]
    [InlineData("\"equals\": \"1\"", "\"equals\": 1", "$.pipelines[0].blocks[0].exclude[0].equals", "must be a string, not a number; write \"1\"")]
    [InlineData("[\"trim\"]", "\"trim\"", "$.pipelines[0].blocks[5].properties[0].convert", "must be a list, not a string")]
    [InlineData("[\"trim\"]", "[null]", "$.pipelines[0].blocks[5].properties[0].convert[0]", "must not be null")]
    [InlineData("[\"trim\"]", "[7]", "$.pipelines[0].blocks[5].properties[0].convert[0]", "must be an object or the name of a kind, not a number")]
    [InlineData("[\"trim\"]", "[{}]", "$.pipelines[0].blocks[5].properties[0].convert[0]", "missing key 'kind': one of trim,")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"tirm\" }]", "$.pipelines[0].blocks[5].properties[0].convert[0].kind", "unknown kind 'tirm'; did you mean 'trim'?")]
    [InlineData("\"kind\": \"batch\"", "\"kind\": \"bach\"", "$.pipelines[0].blocks[1].kind", "unknown kind 'bach'; did you mean 'batch'?")]
    [InlineData("{ \"kind\": \"batch\", \"rows\": 500 }", "\"batch\"", "$.pipelines[0].blocks[1]", "'batch' needs options")]
    [InlineData("\"id\": \"Id\"", "\"id\": \"  \"", "$.pipelines[0].blocks[0].id", "must not be empty")]
    [InlineData("\"schema\": \"staging\"", "\"a b\": 1", "$.staging['a b']", "unknown key 'a b'")]
    [InlineData("{ \"schema\": \"staging\" }", "[]", "$.staging", "must be an object, not a list")]
    public void Parse_ValueThatDoesNotFit_PointsAtIt(string find, string replacement, string path, string message)
    {
        DefinitionProblem problem = Assert.Single(DefinitionSamples.Parse(DefinitionSamples.With(find, replacement)).Problems);

        Assert.Equal(path, problem.JsonPath);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NullOfAnOptionalKey_IsNotGiven()
    {
        DefinitionReading reading = DefinitionSamples.Parse(DefinitionSamples.With("\"policy\": \"overwrite\"", "\"compare\": null"));

        Assert.Empty(reading.Problems);
        Assert.Null(reading.Definition!.Pipelines[0].Diff.Properties[1].Compare);
    }

    [Fact]
    public void Parse_EnumerationsAndDictionaries_AreBound()
    {
        string json = DefinitionSamples.With("\"policy\": \"overwrite\"", "\"policy\": \"fill-blank\", \"compare\": \"text-ignoring-whitespace\"");
        json = json.Replace("\"encoding\": \"utf-8\"", "\"nullsByColumn\": { \"Mail\": [\"none\"] }", StringComparison.Ordinal);

        ValidPipeline pipeline = DefinitionSamples.Parse(json).Definition!.Pipelines[0];

        Assert.Equal(UpdatePolicy.FillBlank, pipeline.Diff.Properties[1].Policy);
        Assert.Equal(new TextIgnoringWhitespaceComparisonDefinition(), pipeline.Diff.Properties[1].Compare);
        Assert.Equal(["none"], pipeline.Csv.NullsByColumn["Mail"]);
    }

    [Fact]
    public void Read_MissingFile_SaysSo()
    {
        DefinitionProblem problem = Assert.Single(DefinitionReader.Read("no-such-folder/pipeline.json").Problems);

        Assert.StartsWith("no-such-folder/pipeline.json:1:1: $: error: there is no such file", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FileInAFolder_TakesItAsBaseDirectory()
    {
        string folder = Path.Combine(Path.GetTempPath(), "definitions");

        Assert.Equal(folder, DefinitionReader.Parse("{}"u8.ToArray(), Path.Combine(folder, "pipeline.json")).BaseDirectory);
    }

    [Fact]
    public void Find_BoundRecords_GivesTheirPlaces()
    {
        DefinitionReading reading = DefinitionSamples.Parse(DefinitionSamples.Valid);
        ValidPipeline pipeline = reading.Definition!.Pipelines[0];

        Assert.Equal(
            new DefinitionLocation("$.pipelines[0].blocks[2].table", 14, 72),
            reading.Locations.Find(pipeline.Match.Block, nameof(LookupBlockDefinition.Table)));
        Assert.Equal(
            "$.pipelines[0].blocks[0].exclude[0].equals",
            reading.Locations.Find(pipeline.Csv.Exclude[0], nameof(ConditionDefinition.EqualTo)).JsonPath);
        Assert.Equal("$.pipelines[0].blocks[0].columns[2]", reading.Locations.Find(pipeline.Csv, "columns", 2).JsonPath);
        Assert.Equal("$.pipelines[0].blocks[1]", reading.Locations.Find(pipeline.Batch, "capacity").JsonPath);
        Assert.Equal(new DefinitionLocation("$", 1, 1), reading.Locations.Find(pipeline.Source with { Name = "x" }));
    }

    private static (int Line, int Column) At(DefinitionProblem problem) => (problem.Line, problem.Column);
}
