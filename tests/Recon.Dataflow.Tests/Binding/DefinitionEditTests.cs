using System.Text;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Tests.Definition;

namespace Recon.Dataflow.Tests.Binding;

public sealed class DefinitionEditTests
{
    [Fact]
    public void Apply_KeyThatIsThere_ReplacesItsValueOnly()
        => Assert.Equal(
            DefinitionSamples.Valid.Replace("\"rows\": 500", "\"rows\": 2000", StringComparison.Ordinal),
            Edited(DefinitionSamples.Valid, new DefinitionChange("contacts", "batch", "rows", "2000")));

    [Fact]
    public void Apply_KeysThatAreNotThere_StandBehindTheLastPlainValue()
        => Assert.Equal(
            DefinitionSamples.Valid.Replace(
                "\"hubspotId\": \"hubspot_contact_id\",",
                "\"hubspotId\": \"hubspot_contact_id\", \"writers\": 2, \"capacity\": 4,",
                StringComparison.Ordinal),
            Edited(
                DefinitionSamples.Valid,
                new DefinitionChange("contacts", "stage", "writers", "2"),
                new DefinitionChange("contacts", "stage", "capacity", "4")));

    [Fact]
    public void Apply_BlockWithoutName_IsFoundByItsKind()
        => Assert.Contains(
            "\"kind\": \"lookup\", \"name\": \"match\", \"role\": \"match\", \"table\": \"hubspot.contacts\", \"key\": \"legacy_id\", \"strategy\": \"auto\" }",
            Edited(DefinitionSamples.Valid, new DefinitionChange("contacts", "match", "strategy", "\"auto\"")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("\"kind\": \"batch\"", "\"kind\": \"batch\",\n        \"rows\": 7")]
    [InlineData("\"kind\": \"batch\",", "\"kind\": \"batch\",\n        \"rows\": 7,")]
    [InlineData("\"kind\": \"batch\", // groups", "\"kind\": \"batch\", // groups\n        \"rows\": 7,")]
    [InlineData("\"kind\": \"batch\" // groups", "\"kind\": \"batch\", // groups\n        \"rows\": 7")]
    [InlineData("\"kind\": \"batch\" /* groups */", "\"kind\": \"batch\", /* groups */\n        \"rows\": 7")]
    [InlineData("\"kind\": \"batch\", /* a\n b */", "\"kind\": \"batch\", \"rows\": 7, /* a\n b */")]
    [InlineData("\"kind\": \"batch\", \"capacity\": 3", "\"kind\": \"batch\", \"capacity\": 3, \"rows\": 7")]
    [InlineData("/* first */ \"kind\": \"batch\"", "/* first */ \"kind\": \"batch\", \"rows\": 7")]
    public void Apply_BlockOverSeveralLines_KeepsItsLayoutAndComments(string before, string after)
    {
        string text = WithBatch($"{{\n        {before}\n      }}");

        Assert.Equal(
            WithBatch($"{{\n        {after}\n      }}"), Edited(text, new DefinitionChange("contacts", "batch", "rows", "7")));
    }

    [Fact]
    public void Apply_LinesThatEndInCrLf_GetsLinesThatDo()
    {
        string text = WithBatch("{\r\n  \"kind\": \"batch\"\r\n}");

        Assert.Equal(
            WithBatch("{\r\n  \"kind\": \"batch\",\r\n  \"rows\": 7\r\n}"),
            Edited(text, new DefinitionChange("contacts", "batch", "rows", "7")));
    }

    [Fact]
    public void Apply_ByteOrderMark_Stays()
    {
        byte[] before = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(DefinitionSamples.Valid)];

        byte[] after = DefinitionEdit.Apply(before, "pipeline.json", [new DefinitionChange("contacts", "batch", "rows", "50")]);

        Assert.Equal(before.Length - 1, after.Length);
        Assert.Equal(50, DefinitionReader.Parse(after, "pipeline.json").Definition!.Pipelines[0].Batch.Rows);
        Assert.True(after.AsSpan().StartsWith(Encoding.UTF8.Preamble));
    }

    [Theory]
    [InlineData("nobody", "batch", "rows")]
    [InlineData("contacts", "nothing", "rows")]
    [InlineData("contacts", "diff", "properties")]
    public void Apply_WhatIsNotThereOrNoPlainValue_Throws(string pipeline, string block, string key)
        => Assert.Throws<ArgumentException>(() => Edited(DefinitionSamples.Valid, new DefinitionChange(pipeline, block, key, "1")));

    private static string WithBatch(string block) => DefinitionSamples.With("{ \"kind\": \"batch\", \"rows\": 500 }", block);

    private static string Edited(string text, params DefinitionChange[] changes)
        => Encoding.UTF8.GetString(DefinitionEdit.Apply(Encoding.UTF8.GetBytes(text), "pipeline.json", changes));
}
