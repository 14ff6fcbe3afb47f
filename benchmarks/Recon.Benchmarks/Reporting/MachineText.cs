using System.Globalization;
using System.Text.Json.Nodes;

namespace Recon.Benchmarks.Reporting;

/// <summary>Machine and versions in words.</summary>
internal static class MachineText
{
    /// <summary>Writes them.</summary>
    /// <param name="machine">Processor, cores, memory.</param>
    /// <param name="versions">Versions.</param>
    /// <returns>Part of a sentence, without a full stop.</returns>
    public static string Of(JsonObject machine, JsonObject versions) => string.Create(
        CultureInfo.InvariantCulture,
        $"recon {Short(versions["recon"])}, .NET {versions["dotnet"]}, PostgreSQL {versions["postgresql"]} on {versions["os"]}; {machine["cpu"]}, {machine["cores"]} cores, {machine["memory_gb"]} GB");

    // The version's commit is of no use to readers of a document.
    private static string Short(JsonNode? version) => ((string?)version ?? "").Split('+')[0];
}
