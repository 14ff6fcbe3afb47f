using System.Text;
using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Tests.Binding;

public sealed class AddPipelineTests
{
    private const string Two = "{\n  \"pipelines\": [\n    { \"name\": \"a\" },\n\n    {\n      \"name\": \"b\"\n    }§\n  ]\n}\n";

    [Theory]
    [InlineData("", ",\n\n    NEW")]
    [InlineData(",", ",\n\n    NEW,")]
    [InlineData(" // last", ", // last\n\n    NEW")]
    [InlineData(", // last", ", // last\n\n    NEW,")]
    [InlineData(" /* of\n two */", ",\n\n    NEW /* of\n two */")]
    [InlineData(" /*/ one */", ", /*/ one */\n\n    NEW")]
    [InlineData("\n    /*/ one\n */", ",\n\n    NEW\n    /*/ one\n */")]
    [InlineData(" /*/ one\n */ ,", " /*/ one\n */ ,\n\n    NEW,")]
    [InlineData(" // last\n    ,", " // last\n    ,\n\n    NEW,")]
    [InlineData("\n    // others follow", ",\n\n    NEW\n    // others follow")]
    public void AddPipeline_BehindTheLast_KeepsEveryOtherByte(string before, string after)
        => Assert.Equal(Two.Replace("§", after, StringComparison.Ordinal), Added(Two.Replace("§", before, StringComparison.Ordinal)));

    [Theory]
    [InlineData("{ \"pipelines\": [{ \"name\": \"a\" }] }", "{ \"pipelines\": [{ \"name\": \"a\" },\n\n    NEW] }")]
    [InlineData("{\r\n\t\"pipelines\": [\r\n\t\t{ \"name\": \"a\" }\r\n\t]\r\n}", "{\r\n\t\"pipelines\": [\r\n\t\t{ \"name\": \"a\" },\r\n\r\n\t\tNEW\r\n\t]\r\n}")]
    [InlineData("{\n    \"pipelines\": [\n        { },\n        { }\n    ],\n    \"postgres\": \"embedded\"\n}", "{\n    \"pipelines\": [\n        { },\n        { },\n        NEW\n    ],\n    \"postgres\": \"embedded\"\n}")]
    public void AddPipeline_OtherLayouts_AreFollowed(string before, string after) => Assert.Equal(after, Added(before));

    [Theory]
    [InlineData("{\r\n\t\"pipelines\": [\r\n\t\t{ }\r\n\t]\r\n}", "\t", "\r\n", "\t\t")]
    [InlineData("{\n    \"pipelines\": [\n        { }\n    ]\n}", "    ", "\n", "        ")]
    [InlineData("{ \"pipelines\": [{ }] }", "  ", "\n", "    ")]
    public void AddPipeline_Style_IsThatOfTheFile(string text, string indent, string lineBreak, string pipelineIndent)
    {
        DefinitionStyle? seen = null;

        DefinitionEdit.AddPipeline(Encoding.UTF8.GetBytes(text), "pipeline.json", style =>
        {
            seen = style;
            return "{}";
        });

        Assert.Equal(new DefinitionStyle(indent, lineBreak, pipelineIndent, SpacesPipelines: true), seen);
    }

    [Fact]
    public void AddPipeline_ByteOrderMark_Stays()
    {
        byte[] before = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Two.Replace("§", "", StringComparison.Ordinal))];

        byte[] after = DefinitionEdit.AddPipeline(before, "pipeline.json", _ => "NEW");

        Assert.Equal([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Two.Replace("§", ",\n\n    NEW", StringComparison.Ordinal))], after);
    }

    [Theory]
    [InlineData("{ \"pipelines\": [] }")]
    [InlineData("{ }")]
    [InlineData("{ \"pipelines\": [{ } }")]
    public void AddPipeline_NoPipelineToStandBehind_Throws(string text) => Assert.Throws<ArgumentException>(() => Added(text));

    private static string Added(string text)
        => Encoding.UTF8.GetString(DefinitionEdit.AddPipeline(Encoding.UTF8.GetBytes(text), "pipeline.json", _ => "NEW"));
}
