using System.Globalization;
using Npgsql;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>CPU seconds as the kernel accounts them: of the server with all of its processes, and of ended children.</summary>
internal sealed class CpuClock
{
    private const double TicksPerSecond = 100;

    private readonly int _postmaster;

    private CpuClock(int postmaster) => _postmaster = postmaster;

    /// <summary>Finds the server's main process.</summary>
    /// <param name="connectionString">A connection to it; it runs on this machine.</param>
    /// <param name="token">Cancels it.</param>
    public static async Task<CpuClock> OfServerAsync(string connectionString, CancellationToken token)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Whole runs read CPU times from /proc, so they need Linux.");
        }

        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(token);
        return new CpuClock((int)ParentOf(connection.ProcessID)!.Value);
    }

    /// <summary>Seconds that the server's processes, living and ended, have used.</summary>
    public double Server()
    {
        double ticks = Fields(_postmaster) is { } own ? own[11] + own[12] + own[13] + own[14] : 0;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && Fields(id) is { } child && (int)child[1] == _postmaster)
            {
                ticks += child[11] + child[12] + child[13] + child[14];
            }
        }

        return ticks / TicksPerSecond;
    }

    /// <summary>Seconds that this process's ended children have used.</summary>
    public static double Children() => Fields(Environment.ProcessId) is { } own ? (own[13] + own[14]) / TicksPerSecond : 0;

    /// <summary>Seconds that a process has used so far; <see langword="null"/> when it is gone.</summary>
    public static double? Process(int processId) => Fields(processId) is { } own ? (own[11] + own[12]) / TicksPerSecond : null;

    /// <summary>The most memory that a process has had resident, in MB; <see langword="null"/> when it is gone.</summary>
    public static double? PeakMegabytes(int processId)
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{processId}/status"))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                {
                    return double.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024 / 1_000_000;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return null;
    }

    private static double? ParentOf(int id) => Fields(id)?[1];

    // What follows the name in /proc/PID/stat: state is 0, parent 1, user 11, system 12, children's 13 and 14.
    private static double[]? Fields(int id)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{id}/stat");
            return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ')
                .Select(field => double.TryParse(field, CultureInfo.InvariantCulture, out double value) ? value : 0)];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
