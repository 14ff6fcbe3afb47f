using System.ComponentModel;
using System.Diagnostics;

namespace Recon.Cli.Hosting;

/// <summary>The browser of whoever sits at this machine.</summary>
internal static class Browser
{
    /// <summary>Opens an address, and does not wait for it to be shown.</summary>
    /// <returns>Why not; <see langword="null"/> when it was handed over.</returns>
    public static string? Open(string address, Func<string, string?> environment)
    {
        if (OperatingSystem.IsLinux() && string.IsNullOrEmpty(environment("DISPLAY")) && string.IsNullOrEmpty(environment("WAYLAND_DISPLAY")))
        {
            return "there is no display";
        }

        ProcessStartInfo start = OperatingSystem.IsWindows() ? new(address) { UseShellExecute = true }
            : new(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [address]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        try
        {
            using Process? process = Process.Start(start);
            return null;
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException)
        {
            return $"{(start.UseShellExecute ? "the system" : start.FileName)} could not be started";
        }
    }
}
