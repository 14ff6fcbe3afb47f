namespace Recon.Dataflow.Binding;

/// <summary>Something that is wrong with a definition file, and where.</summary>
/// <param name="File">The file, as the user named it.</param>
/// <param name="JsonPath">The place in the document, such as <c>$.pipelines[0].blocks[1].rows</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters (UTF-16 units, as editors count), from 1.</param>
/// <param name="Message">What is wrong and what to do; never holds a password.</param>
public sealed record DefinitionProblem(string File, string JsonPath, int Line, int Column, string Message)
{
    /// <summary>Most problems that are listed: 1,000. A file with more is no definition.</summary>
    internal const int MaxListed = 1_000;

    /// <summary>The problem on one line, in the form that editors turn into a link.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {JsonPath}: error: {Message}";
}
