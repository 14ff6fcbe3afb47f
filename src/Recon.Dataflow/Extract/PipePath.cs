using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recon.Dataflow.Extract;

/// <summary>Pipes that have a name: what <c>mkfifo</c> makes, and what a shell makes of <c>&lt;(…)</c>.</summary>
internal static class PipePath
{
    /// <summary>Whether a path leads to a pipe. Opening one as a file is opened waits until somebody writes to it.</summary>
    /// <param name="path">A full path with its links followed; those of <c>/dev/fd</c> lead to a name that is no file's.</param>
    public static bool Is(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        FileInfo file = new(path);
        return file.Exists ? file.Length == 0 && !CanSeek(path) : Path.GetFileName(path).StartsWith("pipe:[", StringComparison.Ordinal);
    }

    private static bool CanSeek(string path)
    {
        const int NonBlockingOnLinux = 0x800;
        const int NonBlockingElsewhere = 0x4;
        using SafeFileHandle handle = new(
            Open(path, OperatingSystem.IsLinux() ? NonBlockingOnLinux : NonBlockingElsewhere), ownsHandle: true);
        if (handle.IsInvalid)
        {
            // Whoever opens it to read says why it cannot be.
            return true;
        }

        using FileStream stream = new(handle, FileAccess.Read);
        return stream.CanSeek;
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
