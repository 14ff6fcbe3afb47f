namespace Recon.Dataflow.Binding;

/// <summary>One value of a block that is to be written into a definition file.</summary>
/// <param name="Block">The block's name, or its kind where it has none.</param>
/// <param name="Key">The key in the block, such as <c>rows</c>; its value must be a number, a word, <c>true</c>, <c>false</c> or null.</param>
/// <param name="Json">The value as JSON: <c>2000</c> or <c>"cache"</c>.</param>
internal sealed record DefinitionChange(string Pipeline, string Block, string Key, string Json);
