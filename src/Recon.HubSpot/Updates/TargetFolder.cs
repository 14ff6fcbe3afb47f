using System.Globalization;
using Recon.Dataflow.Text;

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
                throw new ExportException($"The folder '{target}' is not empty. Name another one, or let --force move the export in it aside.");
            }

            if (!IsExport(path))
            {
                throw new ExportException(
                    $"The folder '{target}' is not empty and holds no export of recon, so --force does not replace it. Name another one.");
            }
        }

        string parent = Path.GetDirectoryName(path) ?? throw new ExportException($"'{target}' cannot hold an export.");
        string working = Path.Combine(parent, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(parent);
            PrivateFile.CreateFolder(working);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ExportException($"The folder '{target}' cannot be made: {WorkingCopy.Why(exception, working, target)}");
        }

        return new TargetFolder(path, working);
    }

    /// <summary>Puts the folder in its place. An export that is there moves aside, named after its time.</summary>
    /// <returns>Where that export is now; <see langword="null"/> when there was none.</returns>
    public string? Complete()
    {
        string? former = null;
        if (Directory.Exists(_target) && IsExport(_target))
        {
            former = FormerName();
            Directory.Move(_target, former);
        }
        else if (Directory.Exists(_target))
        {
            Directory.Delete(_target);
        }

        try
        {
            Directory.Move(Working, _target);
            _complete = true;
            return former;
        }
        finally
        {
            if (!_complete && former is not null)
            {
                Directory.Move(former, _target);
            }
        }
    }

    private string FormerName()
    {
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{_target}-{File.GetLastWriteTimeUtc(Path.Combine(_target, HubspotPack.ManifestName)):yyyyMMdd'T'HHmmss'Z'}");
        return Enumerable.Range(1, int.MaxValue)
            .Select(number => number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"))
            .First(candidate => !Path.Exists(candidate));
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
