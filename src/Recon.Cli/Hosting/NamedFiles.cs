using System.IO.Enumeration;
using Recon.Dataflow;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;

namespace Recon.Cli.Hosting;

/// <summary>The files that a command reads, which nothing may be written over: the definition, and what it and the options name.</summary>
/// <param name="definition">The definition file, as the user named it.</param>
/// <param name="options">Files that were named on the command line, with what they are.</param>
internal sealed class NamedFiles(string definition, DefinitionReading reading, params (string What, string? Path)[] options)
{
    private static readonly bool s_ignoreCase = !OperatingSystem.IsLinux();

    /// <summary>What a path is to the command, its links followed.</summary>
    /// <param name="path">A file that may not exist yet: what matches the pattern of an input would be read by the next run.</param>
    /// <returns>What it is; <see langword="null"/> when it is none of them.</returns>
    public string? Find(string path)
    {
        string full = Path.GetFullPath(path);
        string real = LinkedPath.Resolve(full);
        return All().FirstOrDefault(named => named.Path is not null && Covers(named.Path, full, real)).What;
    }

    private IEnumerable<(string What, string? Path)> All() =>
    [
        ("the definition", Path.GetFullPath(definition)),
        .. options.Select(option => (option.What, option.Path is null or "-" || ObjectAddress.Is(option.Path) ? null : Path.GetFullPath(option.Path))),
        .. reading.Definition!.Pipelines.SelectMany(pipeline => (IEnumerable<(string, string?)>)
        [
            ($"the input of '{pipeline.Name}'", pipeline.Csv.Path == "-" || ObjectAddress.Is(pipeline.Csv.Path) ? null : Full(pipeline.Csv.Path)),
            .. pipeline.MapFiles.Select(map => ($"a map file of '{pipeline.Name}'", (string?)Full(map.Path))),
        ]),
    ];

    private string Full(string path) => Path.GetFullPath(path, Path.GetFullPath(reading.BaseDirectory));

    private static bool Covers(string named, string full, string real)
        => string.Equals(LinkedPath.Resolve(named), real, s_ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            || (FileSystemName.MatchesSimpleExpression(Path.GetFileName(named), Path.GetFileName(full), s_ignoreCase)
                && IsIn(Path.GetDirectoryName(named)!, Path.GetDirectoryName(full)!))
            || (FileSystemName.MatchesSimpleExpression(Path.GetFileName(named), Path.GetFileName(real), s_ignoreCase)
                && IsIn(Path.GetDirectoryName(named)!, Path.GetDirectoryName(real)!));

    // An asterisk matches within one folder level; any of the folders may be a link.
    private static bool IsIn(string pattern, string folder)
    {
        string real = LinkedPath.Resolve(folder);
        return SourceFinder.Folders(pattern).Any(
            one => string.Equals(LinkedPath.Resolve(one), real, s_ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
    }
}
