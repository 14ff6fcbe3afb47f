using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>
/// Reads definition files strictly: comments, trailing commas and a byte order mark are allowed, whatever else is not
/// expected is a problem, and all problems are found at once, before anything else is touched.
/// </summary>
internal static class DefinitionReader
{
    /// <summary>Largest file that is read, in bytes: 4 MiB.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <param name="path">The file, absolute or relative to the current folder.</param>
    /// <param name="conversions">Names of the conversions that the hosting program registered. Default: none.</param>
    /// <returns>The definition or its problems; a file that cannot be read is a problem too.</returns>
    public static DefinitionReading Read(string path, IReadOnlyCollection<string>? conversions = null) => Read(path, out _, conversions);

    /// <param name="path">The file, absolute or relative to the current folder.</param>
    /// <param name="content">What was read, and so what the definition says; empty where the file cannot be read.</param>
    /// <param name="conversions">Names of the conversions that the hosting program registered. Default: none.</param>
    /// <returns>The definition or its problems; a file that cannot be read is a problem too.</returns>
    public static DefinitionReading Read(string path, out byte[] content, IReadOnlyCollection<string>? conversions = null)
    {
        content = [];
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxBytes)
            {
                return Unreadable(path, $"the file has {length:N0} bytes; a definition has at most {MaxBytes:N0}");
            }

            content = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
            && Directory.Exists(path))
        {
            return Unreadable(path, $"this is a folder; name the file in it, such as {Path.Combine(path, "pipeline.json")}");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unreadable(path, "there is no such file; name one with --definition, or run recon in the folder of pipeline.json");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Unreadable(path, $"the file cannot be read: {exception.Message}");
        }

        return Parse(content, path, conversions);
    }

    /// <param name="fileName">The file's name for problems; relative paths in the definition start from its folder.</param>
    /// <param name="conversions">Names of the conversions that the hosting program registered. Default: none.</param>
    /// <returns>The definition or its problems. Content never makes it throw.</returns>
    public static DefinitionReading Parse(
        ReadOnlyMemory<byte> utf8, string fileName, IReadOnlyCollection<string>? conversions = null)
    {
        SourceText text = new(utf8, fileName);
        DefinitionLocations locations = new(text);
        List<DefinitionProblem> problems = [];
        List<DefinitionWarning> warnings = [];
        SourceNode? root = SourceParser.Parse(text, problems);
        bool complete = problems.Count == 0;
        ReconDefinition? definition = null;
        if (root is not null)
        {
            DefinitionBinder binder = new(text, locations, problems, warnings);
            definition = (ReconDefinition?)binder.BindRecord(typeof(ReconDefinition), root, "$");
        }

        // Half a file would only give follow-up problems.
        if (complete && definition is not null && problems.Count < DefinitionProblem.MaxListed)
        {
            problems.AddRange(DefinitionValidator.Validate(definition, locations, [.. problems], conversions));
        }

        DefinitionProblem[] sorted = [.. problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).Take(DefinitionProblem.MaxListed)];
        string folder = Path.GetDirectoryName(Path.GetFullPath(fileName)) ?? Path.GetFullPath(fileName);
        return new DefinitionReading(
            sorted.Length == 0 && definition is not null ? ValidDefinition.Of(definition) : null, sorted, locations, folder, warnings);
    }

    private static DefinitionReading Unreadable(string path, string message) => new(
        null,
        [new DefinitionProblem(path, "$", 1, 1, message)],
        new DefinitionLocations(new SourceText(default, path)),
        Environment.CurrentDirectory,
        []);
}
