using System.Runtime.InteropServices;

namespace Recon.Dataflow.Extract;

/// <summary>Whether the standard streams were open when the process started.</summary>
/// <remarks>
/// Files that the runtime opens take the numbers of streams that are closed: reading from them waits for ever, and writing
/// to them could end in a connection. What the caller opened can be told from that: it outlived an exec, so it is not
/// marked to be closed by one, and it can be read or written as a standard stream is.
/// </remarks>
internal static class StandardStreams
{
    private const int GetFlags = 1;
    private const int GetStatus = 3;
    private const int CloseOnExec = 1;
    private const int AccessMode = 3;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int Writable = 4;
    private const int Faulty = 8;
    private const int HungUp = 16;

    public static bool IsInputOpen { get; } = IsOpen(0, forbidden: WriteOnly);

    public static bool IsOutputOpen { get; } = IsOpen(1, forbidden: ReadOnly);

    public static bool IsErrorOpen { get; } = IsOpen(2, forbidden: ReadOnly);

    /// <summary>Whether standard output leads to a pipe whose reader has left: the runtime drops what is written there without a word.</summary>
    public static bool IsOutputLeft()
    {
        // The structure of poll: an int for the stream's number, a short for what is asked, a short for what is so.
        long polled = 1 | ((long)Writable << 32);
        return !OperatingSystem.IsWindows() && BitConverter.IsLittleEndian
            && Poll(ref polled, 1, 0) > 0 && ((polled >> 48) & (Faulty | HungUp)) != 0;
    }

    private static bool IsOpen(int number, int forbidden)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        int flags = FileControl(number, GetFlags);
        return flags >= 0 && (flags & CloseOnExec) == 0 && (FileControl(number, GetStatus) & AccessMode) != forbidden;
    }

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FileControl(int number, int command);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref long streams, nuint count, int milliseconds);
}
