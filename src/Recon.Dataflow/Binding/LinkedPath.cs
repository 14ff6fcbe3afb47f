namespace Recon.Dataflow.Binding;

/// <summary>Where a path really leads, so that a link cannot lead out of the definition's folder.</summary>
internal static class LinkedPath
{
    /// <summary>The path with the links in it followed.</summary>
    /// <param name="path">A full path; what does not exist is taken as it is.</param>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    internal static string Resolve(string path)
    {
        string root = Path.GetPathRoot(path)!;
        string real = root;
        foreach (string segment in Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar).Where(part => part != "."))
        {
            real = Path.Combine(real, segment);
            FileSystemInfo info = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
            if (info.LinkTarget is not null)
            {
                real = Resolve(info.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
            }
        }

        return real;
    }

    /// <summary>Whether a path lies outside a folder; both with their links followed.</summary>
    internal static bool IsOutside(string folder, string path)
    {
        string relative = Path.GetRelativePath(folder, path);
        return Path.IsPathRooted(relative) || relative == ".." || relative.StartsWith("../", StringComparison.Ordinal)
            || relative.StartsWith(@"..\", StringComparison.Ordinal);
    }
}
