using System.Globalization;

namespace Recon.Benchmarks.Workers;

/// <summary>A group of the kernel whose processes together get a share of a core: of version 1 or 2, whatever this machine lets us make.</summary>
internal sealed class CpuShare : IDisposable
{
    // Short, so that a process is stopped often and for little, as on a slower core.
    private const int PeriodMicroseconds = 20_000;

    private readonly string _folder;

    private CpuShare(string folder) => _folder = folder;

    /// <summary>Makes a group.</summary>
    /// <param name="name">Its name; one that is left over is used again.</param>
    /// <param name="share">The share of a core, 0.05 or more.</param>
    /// <exception cref="PlatformNotSupportedException">Groups cannot be made here.</exception>
    public static CpuShare Create(string name, double share)
    {
        int quota = (int)(share * PeriodMicroseconds);
        try
        {
            if (Directory.Exists("/sys/fs/cgroup/cpu"))
            {
                CpuShare first = new($"/sys/fs/cgroup/cpu/{name}");
                Directory.CreateDirectory(first._folder);
                first.Write("cpu.cfs_period_us", PeriodMicroseconds.ToString(CultureInfo.InvariantCulture));
                first.Write("cpu.cfs_quota_us", quota.ToString(CultureInfo.InvariantCulture));
                return first;
            }

            CpuShare second = new($"/sys/fs/cgroup/{name}");
            Directory.CreateDirectory(second._folder);
            second.Write("cpu.max", string.Create(CultureInfo.InvariantCulture, $"{quota} {PeriodMicroseconds}"));
            return second;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new PlatformNotSupportedException(
                $"Workers are held to a share of a core by a control group, and none can be made here: {refused.Message} Run it as root on a machine that lets root make them.", refused);
        }
    }

    /// <summary>Puts a process into the group, with all of its threads.</summary>
    public void Add(int processId) => Write("cgroup.procs", processId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes the group, whose processes have ended.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // A process has not been buried yet; the next one of the name uses it again.
        }
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);
}
