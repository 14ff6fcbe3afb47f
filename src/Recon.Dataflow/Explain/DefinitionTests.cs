using System.Globalization;
using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Explain;

/// <summary>
/// Runs the tests that a definition holds, without a server: their records go as CSV through the reader, lookups in
/// memory, the differ and the folding of repeats, which are the code of a run.
/// </summary>
/// <param name="baseDirectory">The folder that relative paths (of map files) start from.</param>
internal sealed class DefinitionTests(ValidDefinition definition, string baseDirectory)
{
    /// <exception cref="InputException">A map file cannot be read.</exception>
    public async Task<IReadOnlyList<DefinitionTestResult>> RunAsync(
        IEnumerable<ValidPipeline> pipelines, CancellationToken cancellationToken)
    {
        List<DefinitionTestResult> results = [];
        foreach (ValidPipeline pipeline in pipelines)
        {
            foreach (TestDefinition test in pipeline.Tests)
            {
                results.Add(new DefinitionTestResult(
                    pipeline.Name, test.Name, TestComparison.Compare(test, await TellAsync(pipeline, test, cancellationToken))));
            }
        }

        return results;
    }

    /// <summary>What comes of a test's records, whatever it expects.</summary>
    /// <exception cref="InputException">A map file cannot be read.</exception>
    public async Task<IReadOnlyList<RecordStory>> TellAsync(
        ValidPipeline pipeline, TestDefinition test, CancellationToken cancellationToken)
    {
        PipelineColumns columns = PipelineColumns.Of(pipeline);

        // Optional columns that no record gives are missing from the file, as they would be from a real one.
        string[] names =
        [
            .. columns.Source.Names.Where(name => !columns.OptionalSource.Contains(name)
                || test.Rows.Any(row => row.Keys.Contains(name, StringComparer.OrdinalIgnoreCase))),
        ];
        using var stream = new MemoryStream(Csv(names, test.Rows));
        var seen = new SeenRecords(_ => true);
        await using BatchReader reader = await BatchReader.OpenAsync(
            RecordSourceStream.Notation(pipeline.Csv),
            pipeline.Batch,
            definition.Defaults,
            columns.Source,
            new BatchReaderOptions
            {
                BaseDirectory = baseDirectory,
                StandardInput = stream,
                OptionalColumns = columns.OptionalSource,
                Observer = seen,
            },
            cancellationToken);
        reader.Watch = CutLengths.Of(pipeline, columns.Source, []);
        var context = new ConversionContext(definition.Defaults, baseDirectory, definition.AllowPathsOutside);
        ReconciliationPlan plan = ReconciliationPlan.Compile(DecideParents(pipeline, test), context, reader.MissingColumns, new HashSet<string>());
        var teller = new StoryTeller(
            plan,
            context,
            InMemoryLookup.CreateAll(plan, context, test.Mirror),
            new RecordDiffer(plan));
        return await teller.TellAsync(reader, seen, cancellationToken);
    }

    // The mirror of a test holds texts: what it and the records hold decides, as in a run.
    private static ValidPipeline DecideParents(ValidPipeline pipeline, TestDefinition test)
        => pipeline.WithLookups(lookup => lookup.HasOpenType
            ? lookup.With(ParentIds.Infer(
                MirrorType.Text,
                [.. Values(test.Rows, lookup.From, StringComparison.OrdinalIgnoreCase)],
                [.. Values(test.Mirror.GetValueOrDefault(lookup.Table) ?? [], lookup.Key, StringComparison.Ordinal)],
                pipeline.Csv.IdType))
            : lookup);

    private static IEnumerable<string> Values(
        IEnumerable<IReadOnlyDictionary<string, string?>> rows, string column, StringComparison comparison)
        => rows.SelectMany(row => row).Where(cell => cell.Key.Equals(column, comparison) && !string.IsNullOrWhiteSpace(cell.Value))
            .Select(cell => cell.Value!);

    private static byte[] Csv(string[] names, IReadOnlyList<IReadOnlyDictionary<string, string?>> rows)
    {
        var csv = new StringBuilder().AppendJoin(',', names.Select(Quote)).Append('\n');
        foreach (IReadOnlyDictionary<string, string?> row in rows)
        {
            var values = new Dictionary<string, string?>(row, StringComparer.OrdinalIgnoreCase);
            csv.AppendJoin(',', names.Select(name => Quote(values.GetValueOrDefault(name)))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static string Quote(string? value)
        => string.Create(CultureInfo.InvariantCulture, $"\"{value?.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
}
