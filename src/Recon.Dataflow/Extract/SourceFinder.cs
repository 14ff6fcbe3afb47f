using System.IO.Enumeration;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>Finds the files that a csv block names.</summary>
internal static class SourceFinder
{
    /// <summary>The files, in ordinal order of their names, or the object that an address names.</summary>
    /// <inheritdoc cref="Find"/>
    public static async ValueTask<IReadOnlyList<SourceFile>> FindAsync(string path, BatchReaderOptions options, CancellationToken cancellationToken)
    {
        if (!ObjectAddress.Is(path))
        {
            return Find(path, options);
        }

        string name = ObjectAddress.Shown(path);
        ObjectAddress address = ObjectAddress.Parse(path, out string problem) ?? throw new InputException($"{name}: {problem}.");
        IObjectStore objects = options.Objects
            ?? throw new InputException($"{name} is an object, and this program reads files only. Set the option Objects (package Recon.ObjectStorage), or copy it to a file.");
        StoredObject found = await objects.FindAsync(address, cancellationToken);
        return [new SourceFile(path, found.Name, found.Length, KindOf(found.Name, found.Head.Span)) { Object = found }];
    }

    /// <summary>The files on disk, in ordinal order of their names.</summary>
    /// <param name="path">The path as the definition has it; <c>*</c> and <c>?</c> match within one folder level.</param>
    /// <param name="options">The base folder and whether files outside it may be read.</param>
    /// <exception cref="InputException">No file, or one outside the base folder.</exception>
    public static IReadOnlyList<SourceFile> Find(string path, BatchReaderOptions options)
    {
        if (path == "-")
        {
            return [new SourceFile("-", options.StandardInputName, null, InputKind.StandardInput)];
        }

        if (ObjectAddress.Is(path))
        {
            throw new InputException($"{ObjectAddress.Shown(path)} is an object in storage, and here only files are read. Copy it to a file, and name that.");
        }

        string full = Path.GetFullPath(path, Path.GetFullPath(options.BaseDirectory));
        List<string> found = [];
        Expand(Path.GetPathRoot(full)!, Segments(full), 0, found, isFile: true);
        if (found.Count == 0)
        {
            throw new InputException(NotFound(path, full));
        }

        found.Sort(StringComparer.Ordinal);
        return [.. found.Select(file => Describe(file, options))];
    }

    /// <summary>The folders that a full path names, with <c>*</c> and <c>?</c> as in <see cref="Find"/>.</summary>
    public static IReadOnlyList<string> Folders(string full)
    {
        List<string> found = [];
        Expand(Path.GetPathRoot(full)!, Segments(full), 0, found, isFile: false);
        return found;
    }

    private static string[] Segments(string full)
        => Path.GetRelativePath(Path.GetPathRoot(full)!, full).Split(Path.DirectorySeparatorChar);

    private static SourceFile Describe(string file, BatchReaderOptions options)
    {
        string root = LinkedPath.Resolve(Path.GetFullPath(options.BaseDirectory));
        string real = LinkedPath.Resolve(file);
        string relative = Path.GetRelativePath(root, real);
        bool outside = LinkedPath.IsOutside(root, real);
        if (outside && !options.AllowPathsOutside)
        {
            throw new InputException($"{file} lies outside {root}, the folder of the definition"
                + (real == file ? "" : $" (it is a link to {real})") + ". Copy it there, name it on the command line with --input, or set \"allowPathsOutside\" in the definition.");
        }

        if (PipePath.Is(real))
        {
            throw new InputException($"{file} is a pipe, which can be read only once, and an input is looked at before it is read. Give it as "
                + "standard input (COMMAND | recon … --input -, or --input - < PIPE), or save it as a file.");
        }

        try
        {
            using FileStream stream = new(real, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> magic = stackalloc byte[3];
            int read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            return new SourceFile(real, outside ? file : relative, stream.Length, KindOf(file, magic[..read]));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file} cannot be opened: {failure.Message}", failure);
        }
    }

    /// <param name="file">The name for people.</param>
    /// <param name="head">The first bytes.</param>
    private static InputKind KindOf(string file, ReadOnlySpan<byte> head)
    {
        if (head is [0x1F, 0x8B, 8, ..])
        {
            return InputKind.Gzip;
        }

        return file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? throw new InputException($"{file} does not start as gzip files do (bytes 1F 8B). Pack it again, or rename it.")
            : InputKind.Plain;
    }

    private static void Expand(string folder, string[] segments, int at, List<string> found, bool isFile)
    {
        string segment = segments[at];
        bool last = at == segments.Length - 1;
        if (!segment.AsSpan().ContainsAny('*', '?'))
        {
            string next = Path.Combine(folder, segment);
            if (last && isFile ? File.Exists(next) : Directory.Exists(next))
            {
                Descend(next);
            }

            return;
        }

        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string next in last && isFile ? Directory.EnumerateFiles(folder) : Directory.EnumerateDirectories(folder))
        {
            if (FileSystemName.MatchesSimpleExpression(segment, Path.GetFileName(next), ignoreCase: false))
            {
                Descend(next);
            }
        }

        void Descend(string next)
        {
            if (last)
            {
                found.Add(next);
            }
            else
            {
                Expand(next, segments, at + 1, found, isFile);
            }
        }
    }

    private static string NotFound(string path, string full)
    {
        string folder = Path.GetDirectoryName(full) ?? full;
        if (Directory.Exists(full))
        {
            return $"{path} is a folder. Name the file, or say \"{path.TrimEnd('/')}/*.csv\".";
        }

        if (!Directory.Exists(folder))
        {
            return $"There is no file {path}: the folder {folder} does not exist.";
        }

        string[] names = [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!)];
        string[] near = Suggestion.NearestThree(Path.GetFileName(full), names);
        string hint = near.Length > 0 ? $" Did you mean {string.Join(" or ", near)}?"
            : names.Length == 0 ? " The folder is empty."
            : $" There are: {string.Join(", ", names.Order(StringComparer.Ordinal).Take(10))}.";
        return $"There is no file {Path.GetFileName(full)} in {folder}.{hint}";
    }
}
