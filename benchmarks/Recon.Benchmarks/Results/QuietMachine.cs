using System.Globalization;
using Recon.Dataflow.Telemetry;

namespace Recon.Benchmarks.Results;

/// <summary>Figures that are saved are compared with others, so nothing else may take the processors.</summary>
internal static class QuietMachine
{
    private const double Tolerated = 0.1;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    /// <summary>Watches the machine for five seconds, in which this process does nothing.</summary>
    /// <returns>What disturbs, in one sentence; <see langword="null"/> when nothing does, or the system does not tell.</returns>
    public static async Task<string?> DisturbanceAsync(CancellationToken token)
    {
        var watch = ProcessorWatch.Start();
        await Task.Delay(s_look, token);
        return Judge(watch.Read(s_look));
    }

    /// <summary>Judges how much of the processors was in use.</summary>
    public static string? Judge(ProcessorUse use) => use.All is { } all && all > Tolerated
        ? string.Create(CultureInfo.InvariantCulture, $"other programs keep the processors busy for {100 * all:0} % of the time, and more than {100 * Tolerated:0} % would show in the figures.")
        : null;
}
