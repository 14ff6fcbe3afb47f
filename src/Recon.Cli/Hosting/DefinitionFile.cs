using Recon.Dataflow.Text;

namespace Recon.Cli.Hosting;

/// <summary>A definition file that is replaced as a whole, so that nobody ever reads half of one.</summary>
/// <param name="path">The file as the user named it; a symbolic link stays one, and what it leads to is replaced.</param>
internal sealed class DefinitionFile(string path)
{
    private readonly string _path = (File.Exists(path) ? File.ResolveLinkTarget(Path.GetFullPath(path), returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);

    public byte[] Read() => File.ReadAllBytes(_path);

    /// <summary>Replaces the content, unless somebody else has changed it. The file's mode stays.</summary>
    /// <param name="before">The content that the new one was made from.</param>
    /// <exception cref="UsageException">The file has another content by now; it was not touched.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public void Replace(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (new FileInfo(_path).IsReadOnly)
        {
            throw new UnauthorizedAccessException($"{path} is read-only; nothing was written.");
        }

        string temporary = Path.Combine(Path.GetDirectoryName(_path)!, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            using (FileStream stream = Open(temporary, options))
            {
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(_path));
                }

                stream.Write(after);
                stream.Flush(flushToDisk: true);
            }

            // As late as possible: the new content was made from what was read before the measurements.
            if (!before.SequenceEqual(Read()))
            {
                throw new UsageException($"{path} was changed in the meantime; nothing was written. Review the change and run the command again.");
            }

            File.Move(temporary, _path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Creates the file with its whole content, unless there is one by now.</summary>
    /// <exception cref="UsageException">The file exists, or its folder does not.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Create(ReadOnlySpan<byte> content)
    {
        string folder = Path.GetDirectoryName(_path)!;
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"{path} was not written: there is no folder {folder}.");
        }

        string temporary = Path.Combine(folder, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = Open(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None }))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, _path, overwrite: false);
        }
        catch (IOException) when (File.Exists(_path))
        {
            throw new UsageException($"{path} exists by now; nothing was written. Add to it with --into {path}.");
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private FileStream Open(string temporary, FileStreamOptions options)
    {
        try
        {
            return new FileStream(temporary, options);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"{path} cannot be replaced: {WorkingCopy.Why(exception, temporary, path)}", exception);
        }
    }
}
