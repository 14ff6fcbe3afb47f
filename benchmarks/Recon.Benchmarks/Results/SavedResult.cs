using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recon.Benchmarks.Results;

/// <summary>A measurement in <c>benchmarks/results</c>: the figures, with all that one needs to understand them.</summary>
/// <param name="Command">The command that measured: full, sweep, python or start.</param>
/// <param name="Date">When.</param>
/// <param name="Rows">Communications; the most, where there were several.</param>
/// <param name="Figures">What was measured, as the command prints it with <c>--json</c>.</param>
/// <param name="Settings">Batch rows, parallelism, writers, strategies.</param>
/// <param name="Versions">Versions of recon, .NET, PostgreSQL and the operating system.</param>
/// <param name="Machine">Processor, cores, memory.</param>
/// <param name="Observations">What the one who measured noticed.</param>
internal sealed record SavedResult(
    string Command,
    DateTimeOffset Date,
    long Rows,
    JsonObject Figures,
    JsonObject Settings,
    JsonObject Versions,
    JsonObject Machine,
    string Observations)
{
    private static readonly JsonSerializerOptions s_layout =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The folder of saved results in a repository.</summary>
    /// <param name="root">The repository's root.</param>
    public static string FolderOf(string root) => Path.Combine(root, "benchmarks", "results");

    /// <summary>The newest result of a command.</summary>
    /// <param name="results">All results.</param>
    /// <param name="command">The command.</param>
    /// <returns>The result; <see langword="null"/> when there is none.</returns>
    public static SavedResult? Newest(IEnumerable<SavedResult> results, string command)
        => results.Where(result => result.Command == command).MaxBy(result => result.Date);

    /// <summary>Reads all results of a folder.</summary>
    /// <param name="folder">The folder, which need not be there.</param>
    /// <exception cref="InvalidDataException">A file is no saved result.</exception>
    public static IReadOnlyList<SavedResult> ReadAll(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)]
        : [];

    /// <summary>Writes the result; one of the same day, command and rows is replaced.</summary>
    /// <param name="folder">The folder; made when missing.</param>
    /// <returns>The file.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(
            folder, string.Create(CultureInfo.InvariantCulture, $"{Date:yyyy-MM-dd}-{Command}-{Rows}.json"));
        var document = new JsonObject
        {
            ["command"] = Command,
            ["date"] = Date.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["rows"] = Rows,
            ["observations"] = Observations,
            ["versions"] = Versions.DeepClone(),
            ["machine"] = Machine.DeepClone(),
            ["settings"] = Settings.DeepClone(),
            ["figures"] = Figures.DeepClone(),
        };
        File.WriteAllText(path, document.ToJsonString(s_layout) + "\n");
        return path;
    }

    private static SavedResult Read(string path)
    {
        try
        {
            JsonObject document = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            return new SavedResult(
                (string)document["command"]!,
                DateTimeOffset.Parse((string)document["date"]!, CultureInfo.InvariantCulture),
                (long)document["rows"]!,
                document["figures"]!.AsObject(),
                document["settings"]!.AsObject(),
                document["versions"]!.AsObject(),
                document["machine"]!.AsObject(),
                (string)document["observations"]!);
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or FormatException or ArgumentNullException or NullReferenceException)
        {
            throw new InvalidDataException(
                $"{path} is no saved result: {exception.Message} Remove it, or measure again with --save.", exception);
        }
    }
}
