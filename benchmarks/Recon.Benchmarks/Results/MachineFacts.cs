using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Recon.Cli;

namespace Recon.Benchmarks.Results;

/// <summary>On what, and with which versions, something was measured.</summary>
internal static class MachineFacts
{
    /// <summary>Versions of recon, .NET, PostgreSQL and the operating system.</summary>
    /// <param name="postgres">The server's version.</param>
    public static JsonObject Versions(string postgres) => new()
    {
        ["recon"] = typeof(ReconCommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        ["dotnet"] = Environment.Version.ToString(),
        ["postgresql"] = postgres,
        ["os"] = RuntimeInformation.OSDescription,
    };

    /// <summary>Processor, cores and memory.</summary>
    public static JsonObject Machine() => new()
    {
        ["cpu"] = Cpu(),
        ["cores"] = Environment.ProcessorCount,
        ["memory_gb"] = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
    };

    private static string Cpu()
    {
        const string key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
