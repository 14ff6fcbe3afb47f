using Recon.Dataflow.Values.Custom;

namespace Recon.Dataflow.Values;

/// <summary>What conversions and comparisons take from outside their own definition.</summary>
/// <param name="Defaults">Zone and telephone region where a conversion names none.</param>
/// <param name="BaseDirectory">The folder of the definition: map files are relative to it.</param>
/// <param name="AllowPathsOutside">Whether map files may lie outside of <paramref name="BaseDirectory"/>.</param>
internal sealed record ConversionContext(DefaultsDefinition Defaults, string BaseDirectory, bool AllowPathsOutside)
{
    /// <summary>The conversions of kind <c>custom</c>, by name. Default: none.</summary>
    public IReadOnlyDictionary<string, CustomConverter> Custom { get; init; } = new Dictionary<string, CustomConverter>();

    /// <summary>The map files that were read so far, by the path in the definition.</summary>
    /// <value>SHA-256 of each file's content, in hexadecimal digits; ordered by path.</value>
    public SortedDictionary<string, string> MapFiles { get; } = new(StringComparer.Ordinal);
}
