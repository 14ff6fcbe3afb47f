using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>What came of reading a definition file: a definition, or the list of everything that is wrong with it.</summary>
internal sealed class DefinitionReading(
    ValidDefinition? definition,
    IReadOnlyList<DefinitionProblem> problems,
    DefinitionLocations locations,
    string baseDirectory,
    IReadOnlyList<DefinitionWarning> warnings)
{
    /// <summary>The definition; <see langword="null"/> exactly when there are problems.</summary>
    public ValidDefinition? Definition { get; } = definition;

    /// <summary>Everything that is wrong, in the order of the file; empty when the definition may be used.</summary>
    public IReadOnlyList<DefinitionProblem> Problems { get; } = problems;

    /// <summary>Where the definition's parts stand in the file, so that later checks can point at them.</summary>
    public DefinitionLocations Locations { get; } = locations;

    /// <summary>The folder that relative paths in the definition start from; absolute.</summary>
    public string BaseDirectory { get; } = baseDirectory;

    /// <summary>Where addresses of objects in the definition lead; <see langword="null"/> (the default) where this program reads none.</summary>
    public IObjectStore? Objects { get; set; }

    /// <summary>What still works, but is to be written otherwise: one for each place, in the order of the file.</summary>
    public IReadOnlyList<DefinitionWarning> Warnings { get; } = warnings;

    /// <summary>The warnings for people: one line for each message, at the first of its places.</summary>
    public IEnumerable<string> WarningLines => Warnings
        .GroupBy(warning => warning.Message)
        .Select(places => $"{places.First()}{(places.Count() == 1 ? "." : $" ({places.Count():N0} places; this is the first).")}");

    /// <summary>
    /// SHA-256 of the whole definition, see <see cref="DefinitionFingerprint.Of(ReconDefinition)"/>; empty when there
    /// are problems.
    /// </summary>
    public string Fingerprint { get; } = definition is null ? "" : DefinitionFingerprint.Of(definition.Source);

    /// <summary>
    /// SHA-256 of what decides one pipeline's result, see
    /// <see cref="DefinitionFingerprint.Of(ReconDefinition, PipelineDefinition)"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The definition has problems.</exception>
    public string FingerprintOf(ValidPipeline pipeline) => Definition is null
        ? throw new InvalidOperationException("The definition has problems, so it has no fingerprint.")
        : DefinitionFingerprint.Of(Definition.Source, pipeline.Source);
}
