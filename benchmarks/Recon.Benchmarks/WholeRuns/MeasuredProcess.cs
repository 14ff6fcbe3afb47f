using System.Diagnostics;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs a process to its end and measures it.</summary>
internal static class MeasuredProcess
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(25);

    /// <summary>Runs it.</summary>
    /// <param name="start">What to start; its output is taken over.</param>
    /// <param name="clock">The server's CPU clock.</param>
    /// <param name="token">Kills the process.</param>
    /// <param name="input">Its standard input; <see langword="null"/> for none.</param>
    /// <returns>What it cost, and its standard output.</returns>
    /// <exception cref="InvalidOperationException">Its exit code was not 0.</exception>
    public static async Task<(Measured Cost, string Output)> RunAsync(
        ProcessStartInfo start, CpuClock clock, CancellationToken token, string? input = null)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = input is not null;
        double server = clock.Server();
        double client = CpuClock.Children();
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        await using CancellationTokenRegistration kill = token.Register(process.Kill);
        Task<string> output = process.StandardOutput.ReadToEndAsync(token);
        Task<string> errors = process.StandardError.ReadToEndAsync(token);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), token);
            process.StandardInput.Close();
        }

        double peak = 0;
        Task exit = process.WaitForExitAsync(token);
        while (await Task.WhenAny(exit, Task.Delay(s_glance, TimeProvider.System, token)) != exit)
        {
            peak = Math.Max(peak, CpuClock.PeakMegabytes(process.Id) ?? 0);
        }

        await exit;
        double seconds = watch.Elapsed.TotalSeconds;
        var cost = new Measured(seconds, CpuClock.Children() - client, clock.Server() - server, peak);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{Path.GetFileName(start.FileName)} ended with exit code {process.ExitCode}: {await errors}");
        }

        return (cost, await output);
    }
}
