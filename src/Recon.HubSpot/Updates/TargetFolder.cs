namespace Recon.HubSpot.Updates;

/// <summary>A folder that appears complete or not at all: filled beside its place, then renamed.</summary>
internal sealed class TargetFolder : IDisposable
{
    private readonly string _target;
    private bool _complete;

    private TargetFolder(string target, string working) => (_target, Working) = (target, working);

    /// <summary>The folder to fill.</summary>
    public string Working { get; }

    /// <summary>Checks the target and makes the folder to fill.</summary>
    /// <exception cref="ExportException">The target is in the way.</exception>
    public static TargetFolder Prepare(string target, bool force)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (File.Exists(path))
        {
            throw new ExportException($"'{target}' is a file. Name a folder that does not exist yet.");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            if (!force)
            {
                throw new ExportException($"The folder '{target}' is not empty. Name another one, or replace an export by --force.");
            }

            if (!IsExport(path))
            {
                throw new ExportException(
                    $"The folder '{target}' is not empty and holds no export of recon, so --force does not replace it. Name another one.");
            }
        }

        string parent = Path.GetDirectoryName(path) ?? throw new ExportException($"'{target}' cannot hold an export.");
        string working = Path.Combine(parent, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        Directory.CreateDirectory(parent);
        PrivateFile.CreateFolder(working);
        return new TargetFolder(path, working);
    }

    /// <summary>Puts the folder in its place.</summary>
    public void Complete()
    {
        string? former = null;
        if (Directory.Exists(_target))
        {
            former = Working + ".former";
            Directory.Move(_target, former);
        }

        Directory.Move(Working, _target);
        _complete = true;
        if (former is not null)
        {
            Directory.Delete(former, recursive: true);
        }
    }

    /// <summary>Removes what was not completed.</summary>
    public void Dispose()
    {
        if (!_complete && Directory.Exists(Working))
        {
            Directory.Delete(Working, recursive: true);
        }
    }

    private static bool IsExport(string path)
    {
        string manifest = Path.Combine(path, HubspotPack.ManifestName);
        return File.Exists(manifest) && File.ReadAllText(manifest).Contains(ManifestJson.Format, StringComparison.Ordinal);
    }
}
