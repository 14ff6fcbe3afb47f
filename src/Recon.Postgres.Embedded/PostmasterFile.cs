using System.Diagnostics;
using System.Globalization;

namespace Recon.Postgres.Embedded;

/// <summary>
/// Reads <c>postmaster.pid</c>. After a crash it may name a process that is gone, or one of somebody else that got the
/// same id since: pg_ctl would send that one a signal.
/// </summary>
internal static class PostmasterFile
{
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromMinutes(1);

    // Above every system's largest process id.
    private const string NoProcess = "2147483646";

    public static string PathIn(string data) => Path.Combine(data, "postmaster.pid");

    /// <summary>The server process of a data folder; <see langword="null"/> when none lives.</summary>
    public static int? LivingProcess(string data)
    {
        try
        {
            string[] lines = File.ReadAllLines(PathIn(data));
            return lines.Length >= 3
                && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && long.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out long started)
                && IsServer(id, DateTimeOffset.FromUnixTimeSeconds(started)) ? id : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Lets a new server start over the file of a crashed one, whose process id may be in use again. The file is not
    /// deleted: its other lines let PostgreSQL see that processes of the crashed server still use the data.
    /// </summary>
    public static void DisownStale(string data)
    {
        string path = PathIn(data);
        if (!File.Exists(path) || LivingProcess(data) is not null)
        {
            return;
        }

        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0)
        {
            File.Delete(path);
            return;
        }

        lines[0] = NoProcess;
        File.WriteAllLines(path, lines);
    }

    private static bool IsServer(int id, DateTimeOffset started)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName is "postgres" or "postmaster"
                && (new DateTimeOffset(process.StartTime) - started).Duration() < s_startTolerance
                && !IsZombie(id);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    // A process whose parent has not collected it yet: in a container, the first process may never do.
    private static bool IsZombie(int id)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        string status = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat");
        return status[(status.LastIndexOf(')') + 1)..].TrimStart().StartsWith('Z');
    }
}
