using System.Diagnostics;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>What a measured piece of work cost.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="ClientCpu">CPU seconds of the client.</param>
/// <param name="ServerCpu">CPU seconds of the server.</param>
/// <param name="PeakMegabytes">Most resident memory of the client, in MB; 0 when it is not a process of its own.</param>
internal readonly record struct Measured(double Seconds, double ClientCpu, double ServerCpu, double PeakMegabytes = 0)
{
    /// <summary>CPU seconds of both.</summary>
    public double Cpu => ClientCpu + ServerCpu;

    /// <summary>The median of each figure.</summary>
    public static Measured Median(IReadOnlyCollection<Measured> runs) => new(
        Median(runs.Select(run => run.Seconds)),
        Median(runs.Select(run => run.ClientCpu)),
        Median(runs.Select(run => run.ServerCpu)),
        Median(runs.Select(run => run.PeakMegabytes)));

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Measures work done in this process and the server.</summary>
    public static async Task<Measured> OfAsync(CpuClock clock, Func<Task> work)
    {
        double server = clock.Server();
        TimeSpan client = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        await work();
        double seconds = watch.Elapsed.TotalSeconds;
        return new Measured(
            seconds, (Process.GetCurrentProcess().TotalProcessorTime - client).TotalSeconds, clock.Server() - server);
    }

    /// <inheritdoc/>
    public override string ToString()
        => FormattableString.Invariant($"{Seconds:0.00} s, client {ClientCpu:0.00} and server {ServerCpu:0.00} CPU-seconds")
            + (PeakMegabytes > 0 ? FormattableString.Invariant($", peak {PeakMegabytes:0} MB") : "");
}
