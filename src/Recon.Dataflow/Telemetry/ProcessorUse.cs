using System.Globalization;
using Recon.Dataflow.Extract;

namespace Recon.Dataflow.Telemetry;

/// <summary>How much of the processors was in use.</summary>
/// <param name="Own">The share that this process used, 0 to 1.</param>
/// <param name="All">The share that all processes used, 0 to 1; <see langword="null"/> where the system does not tell.</param>
/// <param name="Cores">Processors that this process may use.</param>
internal sealed record ProcessorUse(double Own, double? All, int Cores)
{
    public static ProcessorUse Unknown { get; } = new(0, null, Environment.ProcessorCount);
}

/// <summary>Measures the processors from its start on.</summary>
internal sealed class ProcessorWatch
{
    private readonly TimeSpan _own = Environment.CpuUsage.TotalTime;
    private readonly (long Used, long All)? _machine = Machine();

    private ProcessorWatch()
    {
    }

    public static ProcessorWatch Start() => new();

    public ProcessorUse Read(TimeSpan elapsed)
    {
        int cores = Environment.ProcessorCount;
        double own = elapsed > TimeSpan.Zero ? (Environment.CpuUsage.TotalTime - _own) / elapsed / cores : 0;
        return _machine is { } before && Machine() is { } now && now.All > before.All
            ? new ProcessorUse(own, (double)(now.Used - before.Used) / (now.All - before.All), cores)
            : new ProcessorUse(own, null, cores);
    }

    // Linux tells the time of all processors; that is of use only where this process may use all of them.
    private static (long Used, long All)? Machine()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            string[] lines = File.ReadAllLines("/proc/stat");
            if (lines.Count(line => line.StartsWith("cpu", StringComparison.Ordinal)) - 1 != Environment.ProcessorCount)
            {
                return null;
            }

            // user, nice, system, idle, iowait, irq, softirq, steal; what follows is in user and nice, too.
            long[] times = [.. lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
                .Select(time => long.Parse(time, CultureInfo.InvariantCulture))];
            return times.Length < 5 ? null : (times.Sum() - times[3] - times[4], times.Sum());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
