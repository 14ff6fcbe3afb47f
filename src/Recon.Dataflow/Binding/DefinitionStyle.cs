namespace Recon.Dataflow.Binding;

/// <summary>How a definition file is laid out, for what is added to it.</summary>
/// <param name="Indent">White space of one level.</param>
/// <param name="LineBreak">A line feed, or what the file has in its place.</param>
/// <param name="PipelineIndent">White space before each pipeline.</param>
/// <param name="SpacesPipelines">Whether an empty line stands between two pipelines.</param>
internal sealed record DefinitionStyle(string Indent, string LineBreak, string PipelineIndent, bool SpacesPipelines)
{
    /// <summary>That of the shipped definition.</summary>
    public static DefinitionStyle Usual { get; } = new("  ", "\n", "    ", true);
}
