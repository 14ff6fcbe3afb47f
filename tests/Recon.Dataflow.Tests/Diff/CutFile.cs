using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;


namespace Recon.Dataflow.Tests.Diff;

/// <summary>Reads texts from a file and compares them with HubSpot's, as a run does.</summary>
internal static class CutFile
{
    /// <param name="rows">The text in the file, and HubSpot's.</param>
    /// <returns>What was decided about each row, and the counts.</returns>
    public static async Task<(IReadOnlyList<PropertyVerdict> Verdicts, BatchCounts Counts, CutLengths Cuts)> CompareAsync(
        PropertyDefinition property, IReadOnlyList<(string Legacy, string Hubspot)> rows, CancellationToken token, DiffBlockDefinition? diff = null)
    {
        string folder = Directory.CreateTempSubdirectory("recon-cut-").FullName;
        try
        {
            StringBuilder csv = new("Id,Name\n");
            for (int row = 0; row < rows.Count; row++)
            {
                csv.Append($"{row},\"{rows[row].Legacy.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "things.csv"), csv.ToString(), token);
            return await CompareAsync(Diffing.Pipeline([property], diff: diff), folder, rows, token);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(IReadOnlyList<PropertyVerdict>, BatchCounts, CutLengths)> CompareAsync(
        ValidPipeline pipeline, string folder, IReadOnlyList<(string Legacy, string Hubspot)> rows, CancellationToken token)
    {
        PipelineColumns columns = PipelineColumns.Of(pipeline);
        DefaultsDefinition defaults = new();
        BatchReaderOptions options = new() { BaseDirectory = folder };
        var cuts = CutLengths.Of(pipeline, columns.Source, await CutTexts.FindAsync(pipeline, pipeline.Csv, defaults, options, token));
        ReconciliationPlan plan = ReconciliationPlan.Compile(
            pipeline, Diffing.Context, new HashSet<string>(), new HashSet<string>(), cuts: cuts);
        await using BatchReader reader = await BatchReader.OpenAsync(pipeline.Csv, pipeline.Batch, defaults, columns.Source, options, token);
        reader.Watch = cuts;
        var seen = new Seen();
        BatchCounts counts = new();
        var differ = new RecordDiffer(plan);
        for (int first = 0; await reader.ReadAsync(token) is { } batch; first += batch.RowCount)
        {
            int from = first;
            MirrorRows mirror = Diffing.Mirror(plan, [.. rows.Skip(from).Take(batch.RowCount)
                .Select((row, index) => ((long)index, (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { ["name"] = row.Hubspot }))]);
            batch.Answers.Add(Diffing.Answer(mirror, [.. Enumerable.Range(0, batch.RowCount).Select(index => (int[])[index])]));
            differ.Diff(batch, seen);
            counts.Add(batch.Counts);
            seen.Batches.Add(batch);
        }

        seen.Batches.ForEach(batch => batch.Dispose());
        return (seen.Verdicts, counts, cuts);
    }

    private sealed class Seen : IDiffObserver
    {
        public List<PropertyVerdict> Verdicts { get; } = [];

        public List<RecordBatch> Batches { get; } = [];

        public void OnRecord(RecordBatch batch, int row, RecordVerdict record) => Verdicts.Add(record.Properties.Single());
    }
}
