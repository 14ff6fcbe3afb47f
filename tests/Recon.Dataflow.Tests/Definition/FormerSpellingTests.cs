using System.Text;
using System.Text.Json.Nodes;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Tests.Binding;

namespace Recon.Dataflow.Tests.Definition;

/// <summary><c>keep</c> of a lookup was renamed to <c>where</c>.</summary>
public sealed class FormerSpellingTests
{
    private const string Key = "\"key\": \"legacy_id\"";
    private const string Conditions = "[{ \"column\": \"archived\", \"equals\": \"false\" }]";

    private static readonly string s_old = DefinitionSamples.With(Key, $"{Key}, \"keep\": {Conditions}");
    private static readonly string s_new = DefinitionSamples.With(Key, $"{Key}, \"where\": {Conditions}");

    [Fact]
    public void Parse_OldSpelling_WorksAndWarns()
    {
        DefinitionReading reading = DefinitionSamples.Parse(s_old);

        Assert.Empty(reading.Problems);
        Assert.Equal("archived", Assert.Single(reading.Definition!.Pipelines[0].Match.Where).Column);
        Assert.Equal(
            "pipeline.json:14:112: $.pipelines[0].blocks[2].keep: warning: 'keep' is now 'where'; the old spelling still works",
            Assert.Single(reading.Warnings).ToString());
    }

    [Fact]
    public void Parse_NewSpelling_DoesNotWarn() => Assert.Empty(DefinitionSamples.Parse(s_new).Warnings);

    [Fact]
    public void WarningLines_SeveralPlaces_AreOneLineAtTheFirst()
    {
        string json = s_old.Replace("\"role\": \"fallback\",", $"\"role\": \"fallback\", \"keep\": {Conditions},", StringComparison.Ordinal);

        Assert.Equal(
            ["pipeline.json:14:112: $.pipelines[0].blocks[2].keep: warning: 'keep' is now 'where'; the old spelling still works (2 places; this is the first)."],
            DefinitionSamples.Parse(json).WarningLines);
    }

    [Theory]
    [InlineData("\"keep\": [],\n\"where\": []", 14, 112, 15)]
    [InlineData("\"where\": [],\n\"keep\": []", 15, 1, 14)]
    public void Parse_BothSpellings_AreRefused(string both, int line, int column, int other)
    {
        DefinitionReading reading = DefinitionSamples.Parse(DefinitionSamples.With(Key, $"{Key}, {both}"));

        Assert.Equal(
            new DefinitionProblem(
                "pipeline.json",
                "$.pipelines[0].blocks[2].keep",
                line,
                column,
                $"'keep' is the old spelling of 'where', which is given in line {other}; leave one of them out"),
            Assert.Single(reading.Problems));
        Assert.Empty(reading.Warnings);
    }

    [Fact]
    public void Parse_MistakeInOldSpelling_PointsAtIt()
    {
        DefinitionReading reading = DefinitionSamples.Parse(s_old.Replace(", \"equals\": \"false\"", "", StringComparison.Ordinal));

        Assert.Equal("$.pipelines[0].blocks[2].keep[0]", Assert.Single(reading.Problems).JsonPath);
    }

    [Fact]
    public void Find_MemberInOldSpelling_IsFound()
    {
        DefinitionReading reading = DefinitionSamples.Parse(s_old);
        LookupBlockDefinition lookup = reading.Definition!.Pipelines[0].Match.Block;

        Assert.Equal("$.pipelines[0].blocks[2].keep", reading.Locations.Find(lookup, nameof(lookup.Where)).JsonPath);
        Assert.True(reading.Locations.Gives(lookup, nameof(lookup.Where)));
    }

    [Fact]
    public void Fingerprint_EitherSpelling_IsThatOfBeforeTheRename()
    {
        const string Before = "678e20b38cf41fc74053baebd264837f0dedbe17e3fbe7f95ebffe81ad868d73";

        Assert.Equal(Before, DefinitionSamples.Parse(s_old).Fingerprint);
        Assert.Equal(Before, DefinitionSamples.Parse(s_new).Fingerprint);
    }

    [Fact]
    public void Schema_OldSpelling_IsAcceptedAndDeprecated()
    {
        JsonObject schema = JsonNode.Parse(DefinitionSchema.Generate(typeof(ReconDefinition)))!.AsObject();
        JsonNode properties = schema["$defs"]!["lookupBlock"]!["properties"]!;

        Assert.True(properties["keep"]!["deprecated"]!.GetValue<bool>());
        Assert.Null(properties["where"]!["deprecated"]);
        Assert.True(MiniSchema.Accepts(schema, schema, JsonNode.Parse(s_old)));
        Assert.True(MiniSchema.Accepts(schema, schema, JsonNode.Parse(s_new)));
    }

    [Fact]
    public void Apply_DefinitionInOldSpelling_LeavesItAlone()
    {
        byte[] after = DefinitionEdit.Apply(
            Encoding.UTF8.GetBytes(s_old), "pipeline.json", [new DefinitionChange("contacts", "match", "strategy", "\"cache\"")]);

        string expected = s_old.Replace($"{Key}, \"keep\"", $"{Key}, \"strategy\": \"cache\", \"keep\"", StringComparison.Ordinal);
        Assert.Equal(expected, Encoding.UTF8.GetString(after));
        Assert.Empty(DefinitionReader.Parse(after, "pipeline.json").Problems);
    }
}
