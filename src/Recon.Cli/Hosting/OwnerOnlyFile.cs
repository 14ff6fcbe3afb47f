using System.Text;

namespace Recon.Cli.Hosting;

/// <summary>Files that hold records or secrets: mode 0600.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file for writing, empties it and takes it away from everybody else.</summary>
    /// <param name="path">The file. What is no regular file (<c>/dev/stderr</c>) keeps its mode.</param>
    /// <returns>A writer of UTF-8 without a byte order mark.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static StreamWriter Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        var stream = new FileStream(path, options);
        if (stream.CanSeek && !path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            // Before anything is in it: a file that was there may be open to others.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(stream.SafeFileHandle, OwnerOnly);
            }

            stream.SetLength(0);
        }

        return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
