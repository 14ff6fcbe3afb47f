using System.IO.Enumeration;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

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
        return All().FirstOrDefault(named => named.Path is not null and not "-" && Covers(named.Path, full, real)).What;
    }

    private IEnumerable<(string What, string? Path)> All() =>
    [
        ("the definition", Path.GetFullPath(definition)),
        .. options.Select(option => (option.What, option.Path is null or "-" ? option.Path : Path.GetFullPath(option.Path))),
        .. reading.Definition!.Pipelines.SelectMany(pipeline => (IEnumerable<(string, string?)>)
        [
            ($"the input of '{pipeline.Name}'", pipeline.Csv.Path == "-" ? null : Full(pipeline.Csv.Path)),
            .. pipeline.MapFiles.Select(map => ($"a map file of '{pipeline.Name}'", (string?)Full(map.Path))),
        ]),
    ];

    private string Full(string path) => Path.GetFullPath(path, Path.GetFullPath(reading.BaseDirectory));

    // An asterisk matches within one folder level.
    private static bool Covers(string named, string full, string real)
    {
        string[] pattern = named.Split(Path.DirectorySeparatorChar);
        string[] segments = full.Split(Path.DirectorySeparatorChar);
        return (pattern.Length == segments.Length
                && pattern.Zip(segments).All(pair => pair.First == pair.Second || FileSystemName.MatchesSimpleExpression(pair.First, pair.Second, s_ignoreCase)))
            || string.Equals(LinkedPath.Resolve(named), real, s_ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }
}
