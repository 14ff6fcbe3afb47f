using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Benchmarks.WholeRuns;

namespace Recon.Benchmarks.Results;

/// <summary>What becomes of the figures of a command.</summary>
/// <param name="Json">Whether they are printed as one JSON document in place of text.</param>
/// <param name="Save">Whether they are saved in <c>benchmarks/results</c>.</param>
/// <param name="Note">What the one who measured noticed, for the saved file.</param>
internal sealed record Findings(bool Json, bool Save, string Note)
{
    private static readonly JsonSerializerOptions s_layout =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints, and saves where asked to.</summary>
    /// <param name="command">The command.</param>
    /// <param name="rows">Communications; the most, where there were several.</param>
    /// <param name="figures">The figures.</param>
    /// <param name="targets">Those that have a target.</param>
    /// <param name="text">The same as lines for people.</param>
    /// <param name="postgres">The server's version.</param>
    /// <param name="settings">Settings of the definition.</param>
    /// <param name="log">Told where it was saved.</param>
    public void Publish(
        string command,
        long rows,
        JsonObject figures,
        IReadOnlyList<TargetResult> targets,
        IEnumerable<string> text,
        string postgres,
        JsonObject settings,
        Action<string> log)
    {
        figures["targets"] = new JsonArray([.. targets.Select(target => target.ToJson())]);
        Console.WriteLine(Json ? figures.ToJsonString(s_layout) : string.Join(Environment.NewLine, [.. text, .. Lines(command, targets)]));
        if (Save)
        {
            var result = new SavedResult(
                command, TimeProvider.System.GetUtcNow(), rows, figures, settings, MachineFacts.Versions(postgres), MachineFacts.Machine(), Note);
            log($"Saved as {result.Write(SavedResult.FolderOf(Workbench.Root))}.");
        }
    }

    private static IEnumerable<string> Lines(string command, IReadOnlyList<TargetResult> targets)
        => targets.Count > 0 || Target.All.FirstOrDefault(target => target.Command == command) is not { } first
            ? targets.Select(target => target.ToString())
            : [string.Create(CultureInfo.InvariantCulture, $"Its targets are for {first.Rows:N0} communications and the strategies any and auto.")];
}
