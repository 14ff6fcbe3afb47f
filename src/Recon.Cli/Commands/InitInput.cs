using System.IO.Enumeration;
using Recon.Cli.Hosting;
using Recon.Dataflow;

namespace Recon.Cli.Commands;

/// <summary>The files of an object: one, or parts that one pattern covers.</summary>
/// <param name="Files">Their paths, in ordinal order, as the user named them.</param>
/// <param name="Pattern">What the definition reads: the one file, or a pattern in its folder; absolute.</param>
internal sealed record InitInput(IReadOnlyList<string> Files, string Pattern)
{
    private static readonly char[] s_wild = ['*', '?'];

    /// <exception cref="UsageException">A file does not exist, or no pattern covers the files and no others.</exception>
    public static InitInput Of(IReadOnlyList<string> names)
    {
        if (names.Contains("-", StringComparer.Ordinal))
        {
            throw new UsageException("--csv takes files: recon looks at them several times, which standard input does not allow. Save it to a file.");
        }

        if (names.FirstOrDefault(ObjectAddress.Is) is { } address)
        {
            throw new UsageException(
                $"--csv takes files, and {ObjectAddress.Shown(address)} is an object in storage. Copy it to a file to begin with; \"path\" in the definition may then be its address.");
        }

        string[] files = [.. names.SelectMany(Expand).DistinctBy(Path.GetFullPath, StringComparer.Ordinal).OrderBy(file => file, StringComparer.Ordinal)];
        if (names is [var pattern] && pattern.IndexOfAny(s_wild) >= 0 && !File.Exists(pattern))
        {
            return new InitInput(files, Path.GetFullPath(pattern));
        }

        return files is [var one] ? new InitInput(files, Path.GetFullPath(one)) : new InitInput(files, Covering(files));
    }

    /// <summary>The input as a definition names it.</summary>
    /// <param name="folder">The folder of the definition.</param>
    public string RelativeTo(string folder)
    {
        string path = Path.GetRelativePath(folder, Pattern);
        return Path.DirectorySeparatorChar == '/' ? path : path.Replace(Path.DirectorySeparatorChar, '/');
    }

    private static IEnumerable<string> Expand(string name)
    {
        string file = Path.GetFileName(name);
        string folder = Path.GetDirectoryName(name) is { Length: > 0 } given ? given : ".";
        if (File.Exists(name) || file.IndexOfAny(s_wild) < 0)
        {
            return File.Exists(name) ? [name] : throw Missing(name);
        }

        string[] found = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Where(each => FileSystemName.MatchesSimpleExpression(file, Path.GetFileName(each), ignoreCase: false))]
            : [];
        return found.Length > 0 ? found : throw new UsageException($"No file matches {name}.");
    }

    private static UsageException Missing(string name)
        => new(Directory.Exists(name) ? $"{name} is a folder. Name the file, or say \"{name.TrimEnd('/')}/*.csv\"." : $"There is no file {name}. Name an export with --csv.");

    // The definition has one path: what the names have in common at both ends, and a star.
    private static string Covering(string[] files)
    {
        string[] folders = [.. files.Select(file => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "").Distinct(StringComparer.Ordinal)];
        if (folders.Length > 1)
        {
            throw new UsageException($"The parts are in several folders, {string.Join(" and ", folders.Take(2))}; a definition reads them from one. Move them together.");
        }

        string[] names = [.. files.Select(file => Path.GetFileName(file))];
        int shortest = names.Min(name => name.Length);
        int begin = Enumerable.Range(0, shortest + 1).Last(length => names.All(name => name[..length] == names[0][..length]));
        int end = Enumerable.Range(0, shortest - begin + 1).Last(length => names.All(name => name[^length..] == names[0][^length..]));
        string pattern = $"{names[0][..begin]}*{names[0][^end..]}";
        string[] others =
        [
            .. Directory.EnumerateFiles(folders[0]).Select(file => Path.GetFileName(file))
                .Where(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)).Except(names, StringComparer.Ordinal),
        ];
        return others.Length == 0
            ? Path.Combine(folders[0], pattern)
            : throw new UsageException(
                $"A definition reads several files by one pattern, and {pattern} would read {string.Join(", ", others.Take(3))}, too. Move the parts to a folder of their own, or name them alike.");
    }
}
