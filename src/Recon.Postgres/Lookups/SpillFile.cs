namespace Recon.Postgres.Lookups;

/// <summary>
/// A file without a name: rows of a cached table for which there is no room in memory. Nobody else can open it, and it goes
/// with the process. Written by one thread, then read by several at the same time.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    private readonly FileStream _file;

    private SpillFile(string path) => _file = new FileStream(path, Options());

    public long Length { get; private set; }

    /// <exception cref="IOException">The folder takes no file.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder takes no file.</exception>
    public static SpillFile Create(string folder)
    {
        string path = Path.Combine(folder, $"recon-{Guid.NewGuid():N}");
        SpillFile spill = new(path);
        if (!OperatingSystem.IsWindows())
        {
            // Nobody finds it any more, and it is gone with the process, however that ends.
            File.Delete(path);
        }

        return spill;
    }

    /// <summary>The folder for temporary files: <c>TMPDIR</c>, or the system's.</summary>
    public static string Folder => Path.GetTempPath();

    /// <summary>Whether the folder has room for so many bytes, and not in memory.</summary>
    public static bool HasRoomFor(double bytes)
    {
        try
        {
            var drive = new DriveInfo(Folder);
            return drive.DriveFormat is not ("tmpfs" or "ramfs") && drive.AvailableFreeSpace > bytes * 2;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <returns>Where the bytes begin.</returns>
    /// <exception cref="IOException">There is no room.</exception>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        long start = Length;
        RandomAccess.Write(_file.SafeFileHandle, bytes, start);
        Length += bytes.Length;
        return start;
    }

    /// <returns>How many bytes there were; fewer than asked for at the end only.</returns>
    public int Read(long start, Span<byte> to)
    {
        int read = 0;
        while (read < to.Length && RandomAccess.Read(_file.SafeFileHandle, to[read..], start + read) is var more and > 0)
        {
            read += more;
        }

        return read;
    }

    public void Dispose() => _file.Dispose();

    private static FileStreamOptions Options()
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
