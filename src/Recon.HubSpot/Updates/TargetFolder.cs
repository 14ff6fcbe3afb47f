using System.Globalization;
using Recon.Dataflow.Text;

namespace Recon.HubSpot.Updates;

/// <summary>What happens when the folder of an export is there already.</summary>
internal enum TakenFolder
{
    /// <summary>The export is refused, unless the folder is empty.</summary>
    Refuse,

    /// <summary>An export that is there moves aside.</summary>
    MoveAside,

    /// <summary>The folder gets the next free number: <c>name-2</c>.</summary>
    Number,
}

/// <summary>A folder that appears complete or not at all: filled beside its place, then renamed.</summary>
internal sealed class TargetFolder : IDisposable
{
    private readonly string _target;
    private readonly TakenFolder _taken;
    private bool _complete;

    private TargetFolder(string target, TakenFolder taken, string working) => (_target, _taken, Working) = (target, taken, working);

    /// <summary>The folder to fill.</summary>
    public string Working { get; }

    /// <summary>Checks the target and makes the folder to fill.</summary>
    /// <exception cref="ExportException">The target is in the way.</exception>
    public static TargetFolder Prepare(string target, TakenFolder taken)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (taken != TakenFolder.Number)
        {
            RequireUsable(target, path, taken);
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

        return new TargetFolder(path, taken, working);
    }

    /// <summary>Puts the folder in its place. An export that is there moves aside, named after its time.</summary>
    /// <returns>The folder, and where the export is now whose place it took; <see langword="null"/> when there was none.</returns>
    /// <exception cref="ExportException">Something else has taken the place meanwhile.</exception>
    public (string Folder, string? Former) Complete()
    {
        string? former = null;
        string? folder = null;
        if (_taken == TakenFolder.MoveAside && IsExport(_target))
        {
            former = Numbered(FormerName()).First(candidate => !Path.Exists(candidate));
            Directory.Move(_target, former);
        }

        try
        {
            folder = (_taken == TakenFolder.Number ? Numbered(_target) : [_target]).FirstOrDefault(MoveTo);
            _complete = folder is not null;
            return (folder ?? throw new ExportException($"'{_target}' was written by something else meanwhile. Name another folder."), former);
        }
        finally
        {
            if (!_complete && former is not null && !Path.Exists(_target))
            {
                Directory.Move(former, _target);
            }
        }
    }

    // A folder that is not empty is never replaced by a move: of several exports at a time, each finds its own place.
    private bool MoveTo(string place)
    {
        try
        {
            if (Directory.Exists(place))
            {
                if (_taken == TakenFolder.Number)
                {
                    return false;
                }

                Directory.Delete(place);
            }

            Directory.Move(Working, place);
            return true;
        }
        catch (IOException) when (Path.Exists(place))
        {
            return false;
        }
    }

    private string FormerName() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_target}-{File.GetLastWriteTimeUtc(Path.Combine(_target, HubspotPack.ManifestName)):yyyyMMdd'T'HHmmss'Z'}");

    private static IEnumerable<string> Numbered(string name) => Enumerable.Range(1, int.MaxValue)
        .Select(number => number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));

    private static void RequireUsable(string target, string path, TakenFolder taken)
    {
        if (File.Exists(path))
        {
            throw new ExportException($"'{target}' is a file. Name a folder that does not exist yet.");
        }

        if (!Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).Any())
        {
            return;
        }

        if (taken == TakenFolder.Refuse)
        {
            throw new ExportException($"The folder '{target}' is not empty. Name another one, or let --force move the export in it aside.");
        }

        if (!IsExport(path))
        {
            throw new ExportException(
                $"The folder '{target}' is not empty and holds no export of recon, so --force does not replace it. Name another one.");
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
