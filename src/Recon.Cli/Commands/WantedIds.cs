using System.Text;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;

namespace Recon.Cli.Commands;

/// <summary>A legacy id as it was asked for.</summary>
/// <param name="Place">Where it was written: the option, or file and line.</param>
internal readonly record struct WantedId(string Text, string Place);

/// <summary>The ids of <c>--ids</c> and <c>--ids-file</c>, as each pipeline's records carry them.</summary>
internal static class WantedIds
{
    /// <summary>Reads the ids that a call asks for.</summary>
    /// <param name="input">Standard input, for the file <c>-</c>.</param>
    /// <returns>The ids; <see langword="null"/> when all records are wanted.</returns>
    /// <exception cref="UsageException">The file cannot be read, or holds no id.</exception>
    public static IReadOnlyList<WantedId>? Read(RunArguments wanted, TextReader input)
        => wanted.IdsFile is { } file ? FromFile(file, input)
            : wanted.IdList?.Select(id => new WantedId(id, "--ids")).ToArray();

    /// <summary>Makes the ids canonical.</summary>
    /// <exception cref="UsageException">An id is none of a pipeline.</exception>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Of(
        IReadOnlyList<ValidPipeline> pipelines, IReadOnlyList<WantedId> ids)
    {
        var wanted = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (ValidPipeline pipeline in pipelines)
        {
            var canonical = new HashSet<string>(StringComparer.Ordinal);
            foreach ((string id, string place) in ids)
            {
                if (!LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(id), pipeline.Csv.IdType, out ReadOnlySpan<byte> text, out string? why))
                {
                    throw new UsageException(
                        $"{place}: '{id}' is not a legacy id of '{pipeline.Name}': {why ?? "it is empty"}. Correct it{(pipelines.Count > 1 ? ", or name the pipelines to run" : "")}.");
                }

                _ = canonical.Add(Encoding.UTF8.GetString(text));
            }

            wanted.Add(pipeline.Name, canonical);
        }

        return wanted;
    }

    private static WantedId[] FromFile(string path, TextReader input)
    {
        string name = path == "-" ? "standard input" : path;
        if (path == "-" && !StandardStreams.IsInputOpen)
        {
            throw new UsageException("--ids-file - reads standard input, which is closed.");
        }

        try
        {
            WantedId[] ids =
            [
                .. (path == "-" ? LinesOf(input) : File.ReadLines(path))
                    .Select((line, index) => new WantedId(line.Trim('\uFEFF').Trim(), $"{name}, line {index + 1}"))
                    .Where(id => id.Text.Length > 0),
            ];
            return ids.Length > 0 ? ids : throw new UsageException($"--ids-file: {name} holds no id. Write one a line.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--ids-file: {name} cannot be read: {exception.Message}");
        }
    }

    private static IEnumerable<string> LinesOf(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
