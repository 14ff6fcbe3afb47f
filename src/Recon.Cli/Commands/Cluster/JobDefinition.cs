using System.Security.Cryptography;
using System.Text;
using Recon.Dataflow.Definition;

namespace Recon.Cli.Commands.Cluster;

/// <summary>What tells whether two processes are over the same definition. Map files are compared when a run is joined.</summary>
internal static class JobDefinition
{
    /// <returns>A fingerprint of the pipelines, in this order.</returns>
    public static string FingerprintOf(DefinitionReading reading, IEnumerable<ValidPipeline> pipelines)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', pipelines.Select(pipeline => $"{pipeline.Name} {reading.FingerprintOf(pipeline)}")))));

    /// <returns>The same of pipelines by their names; <see langword="null"/> where the definition lacks one.</returns>
    public static string? FingerprintOf(DefinitionReading reading, IReadOnlyList<string> names)
    {
        ValidPipeline[] pipelines = [.. reading.Definition!.Pipelines.Where(pipeline => names.Contains(pipeline.Name, StringComparer.Ordinal))];
        return pipelines.Length == names.Count ? FingerprintOf(reading, pipelines) : null;
    }
}
