using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Definition.Rules;

namespace Recon.Cli.Commands;

/// <summary>Where a proposed pipeline goes: a new definition, behind the others of one, standard output, or nowhere.</summary>
/// <param name="FileName">The file as the user named it; null for none.</param>
/// <param name="Existing">The definition that gets another pipeline; null for a new one.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record InitTarget(string? FileName, DefinitionReading? Existing, byte[] Content)
{
    private const string StandardOutput = "-";

    /// <summary>The folder that paths of the definition start from.</summary>
    public string Folder { get; } = FolderOf(FileName ?? Invocation.DefaultDefinition);

    /// <summary>What the definition says about the server.</summary>
    public string Postgres => Existing?.Definition?.Postgres ?? "embedded";

    /// <param name="into">The value of <c>--into</c>; null where it is not given.</param>
    /// <exception cref="UsageException">There is a definition, and nobody said that it gets another pipeline; or there is no folder for a new one.</exception>
    /// <exception cref="DefinitionException">The definition has problems.</exception>
    public static InitTarget Of(Invocation invocation, string? into)
    {
        if (into == StandardOutput)
        {
            return new InitTarget(null, null, []);
        }

        string file = into ?? invocation.DefinitionPath;
        if (!File.Exists(file))
        {
            return Directory.Exists(file)
                ? throw new UsageException($"{file} is a folder; name the file in it, such as {Path.Combine(file, Invocation.DefaultDefinition)}.")
                : Directory.Exists(FolderOf(file)) ? new InitTarget(file, null, [])
                : throw new UsageException($"{file} cannot be written: there is no folder {FolderOf(file)}.");
        }

        if (into is not null)
        {
            DefinitionReading reading = DefinitionReader.Read(file, out byte[] content);
            return reading.Definition is null ? throw new DefinitionException(reading.Problems) : new InitTarget(file, reading, content);
        }

        if (!invocation.Json)
        {
            throw new UsageException(
                $"There is a definition already: {file}. Add the pipeline to it with --into {file}, write another file with --into FILE, or look at the proposal with --into -.");
        }

        invocation.Note($"There is a definition already, {file}: nothing is written. --into {file} adds the pipeline to it.");
        return new InitTarget(null, null, []);
    }

    /// <summary>Checks the name of the pipeline.</summary>
    /// <exception cref="UsageException">It is no name, or another pipeline has it.</exception>
    public void RequireFree(string name)
    {
        if (!Names.IsLabel(name))
        {
            throw new UsageException($"'{name}' is no name of a pipeline: it may hold a to z, 0 to 9, - and _ only, at most 63. Name it with --name.");
        }

        if (Existing?.Definition?.Pipelines.Any(pipeline => pipeline.Name == name) == true)
        {
            throw new UsageException($"{FileName} has a pipeline '{name}' already; nothing was written. Give the new one another name with --name.");
        }
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file)) ?? Path.GetFullPath(file);
}
