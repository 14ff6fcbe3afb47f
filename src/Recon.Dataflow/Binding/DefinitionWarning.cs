namespace Recon.Dataflow.Binding;

/// <summary>Something in a definition file that still works, but is to be written otherwise.</summary>
/// <param name="JsonPath">The place in the document, as the file spells it.</param>
/// <param name="Column">The column in characters (UTF-16 units, as editors count), from 1.</param>
internal sealed record DefinitionWarning(string File, string JsonPath, int Line, int Column, string Message)
{
    /// <summary>The warning on one line, in the form that editors turn into a link.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {JsonPath}: warning: {Message}";
}
