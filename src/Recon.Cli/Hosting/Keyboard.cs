using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recon.Cli.Hosting;

/// <summary>
/// Keys that somebody presses while a command works. The terminal is left alone where this process does not own it: a job
/// in the background that reads from it, or changes it, would be stopped.
/// </summary>
internal static class Keyboard
{
    private const int Input = 0;

    /// <summary>Whether a program that reads the output, such as a pager, may read the keyboard, too.</summary>
    public static bool IsShared
    {
        get
        {
            if (!Console.IsOutputRedirected || OperatingSystem.IsWindows())
            {
                return false;
            }

            using var output = new SafeFileHandle(1, ownsHandle: false);
            try
            {
                // Of a file there is a length, of a pipe there is none.
                _ = RandomAccess.GetLength(output);
                return false;
            }
            catch (Exception exception) when (exception is NotSupportedException or IOException or UnauthorizedAccessException)
            {
                return true;
            }
        }
    }

    /// <returns>The key that was pressed, or <see langword="null"/>. Does not wait.</returns>
    public static char? Read()
    {
        try
        {
            return IsOurs() && Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // The terminal is gone.
            return null;
        }
    }

    private static bool IsOurs()
        => !Console.IsInputRedirected && (OperatingSystem.IsWindows() || ForegroundGroup(Input) == OwnGroup());

    [DllImport("libc", EntryPoint = "tcgetpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ForegroundGroup(int terminal);

    [DllImport("libc", EntryPoint = "getpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OwnGroup();
}
