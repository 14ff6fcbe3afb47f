using System.Text.Json.Nodes;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Tests.Definition;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Binding;

public sealed class DefinitionSchemaTests
{
    [Fact]
    public void Generate_ShippedFile_IsCurrent()
    {
        string path = Path.Combine(Repository.Root, "docs", "pipeline.schema.json");
        string schema = DefinitionSchema.Generate(typeof(ReconDefinition));
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            File.WriteAllText(path, schema);
        }

        Assert.True(
            File.ReadAllText(path) == schema,
            "docs/pipeline.schema.json is not what the definition records give; run the tests with RECON_ACCEPT=1 and commit it.");
    }

    [Fact]
    public void Generate_Option_HasDescriptionDefaultAndRange()
    {
        JsonNode rows = JsonNode.Parse(DefinitionSchema.Generate(typeof(ReconDefinition)))!["$defs"]!["batchBlock"]!["properties"]!["rows"]!;

        Assert.Equal("{\"type\":\"integer\",\"minimum\":1,\"maximum\":100000,\"description\":\"Maximum number of records in a batch.\",\"default\":1000}", rows.ToJsonString());
    }

    [Fact]
    public void Generate_UnionWithShorthand_AllowsTheBareName()
    {
        JsonNode first = JsonNode.Parse(DefinitionSchema.Generate(typeof(ReconDefinition)))!["$defs"]!["conversion"]!["oneOf"]![0]!;

        Assert.Contains("trim", first["enum"]!.AsArray().Select(name => (string?)name));
    }

    [Fact]
    public void Generate_EveryObject_RefusesOtherKeysOrTypesThem()
    {
        foreach ((string name, JsonNode? definition) in JsonNode.Parse(DefinitionSchema.Generate(typeof(ReconDefinition)))!["$defs"]!.AsObject())
        {
            Assert.True(definition!["oneOf"] is not null || definition["additionalProperties"]!.GetValue<bool>() == false, name);
        }
    }

    [Theory]
    [InlineData("\"rows\": 500", "\"rows\": 0")]
    [InlineData("\"rows\": 500", "\"rowz\": 5")]
    [InlineData("\"policy\": \"overwrite\"", "\"policy\": \"Overwrite\"")]
    [InlineData("[\"trim\"]", "[\"trimm\"]")]
    [InlineData("\"key\": \"legacy_id\" }", "\"key\": 5 }")]
    [InlineData("\"id\": \"Id\",", "")]
    public void Generate_MistakeOfTheReader_IsOneOfTheSchemaToo(string find, string replacement)
    {
        JsonObject schema = JsonNode.Parse(DefinitionSchema.Generate(typeof(ReconDefinition)))!.AsObject();

        Assert.True(MiniSchema.Accepts(schema, schema, JsonNode.Parse(DefinitionSamples.Valid)));
        Assert.False(MiniSchema.Accepts(schema, schema, JsonNode.Parse(DefinitionSamples.With(find, replacement))));
    }
}
