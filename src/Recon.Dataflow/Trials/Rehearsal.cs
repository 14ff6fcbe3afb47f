using System.Globalization;
using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Reconcile.Conversions;
using Recon.Dataflow.Topology;

namespace Recon.Dataflow.Trials;

/// <summary>
/// Sends two made-up records through a pipeline, in memory, so that its code is loaded and compiled while a run still
/// waits for its server. Touches no file, no server and no metrics, and changes nothing.
/// </summary>
public static class Rehearsal
{
    // One value that most conversions of numbers take, and one for those of times: what fails is rehearsed, too.
    private const string Number = "1";
    private const string Time = "2024-07-01 09:30:00";

    /// <summary>Whether a pipeline can be rehearsed: not when that would read a file that the definition names.</summary>
    /// <param name="pipeline">A validated pipeline.</param>
    /// <returns>Whether it can.</returns>
    public static bool Suits(PipelineDefinition pipeline)
        => !ConversionsOf(pipeline).Any(conversion => conversion is MapFileDefinition or CustomDefinition);

    /// <summary>Rehearses a pipeline.</summary>
    /// <param name="definition">A validated definition.</param>
    /// <param name="pipeline">One of its pipelines, which suits.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The counts of the made-up records.</returns>
    public static async Task<long> RunAsync(
        ReconDefinition definition, PipelineDefinition pipeline, CancellationToken cancellationToken)
    {
        PipelineColumns columns = PipelineColumns.Of(pipeline);
        using var stream = new MemoryStream(Csv(pipeline, columns.Source.Names));
        CsvBlockDefinition csv = pipeline.Csv with
        {
            Path = "-",
            Delimiter = ",",
            Quote = "\"",
            Encoding = "utf-8",
            Header = true,
            Columns = null,
            Exclude = [],
        };
        await using BatchReader reader = await BatchReader.OpenAsync(
            csv,
            pipeline.Batch,
            definition.Defaults,
            columns.Source,
            new BatchReaderOptions { BaseDirectory = "", StandardInput = stream },
            cancellationToken);
        var context = new ConversionContext(definition.Defaults, "", AllowPathsOutside: false);
        ReconciliationPlan plan = ReconciliationPlan.Compile(pipeline, context, reader.MissingColumns, new HashSet<string>());
        var differ = new RecordDiffer(plan, new RunStamp(Guid.Empty, TimeProvider.System, []));
        long read = 0;
        var stages = new GraphStages(
            reader.ReadAsync,
            InMemoryLookup.CreateAll(plan, context, Mirror(pipeline, columns.Mirror)),
            batch => differ.Diff(batch),
            (batch, _) =>
            {
                Interlocked.Add(ref read, batch.Counts.Read);
                return ValueTask.CompletedTask;
            });
        await new ReconciliationGraph(pipeline, stages, TimeProvider.System).RunAsync(CancellationToken.None, cancellationToken);
        return Interlocked.Read(ref read);
    }

    private static IEnumerable<ConversionDefinition> ConversionsOf(PipelineDefinition pipeline)
        => pipeline.Diff.Properties.SelectMany(property => property.Convert)
            .Concat(pipeline.Diff.LegacyUpdatedConvert ?? [])
            .Concat(pipeline.Lookups.SelectMany(lookup => lookup.On).SelectMany(pair => pair.Convert));

    // The ids, and the columns that parents are found by, are those of the mirror rows.
    private static byte[] Csv(PipelineDefinition pipeline, IReadOnlyList<string> names)
    {
        string[] keys =
        [
            pipeline.Csv.Id,
            .. pipeline.Lookups.SelectMany(lookup => lookup.On.Select(pair => pair.Column).Append(lookup.From ?? pipeline.Csv.Id)),
        ];
        var csv = new StringBuilder().AppendJoin(',', names.Select(Quote)).Append('\n');
        for (int id = 1; id <= 2; id++)
        {
            string other = id == 1 ? Number : Time;
            csv.AppendJoin(',', names.Select(name => Quote(
                keys.Contains(name, StringComparer.OrdinalIgnoreCase) ? Text(id) : other))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> Mirror(
        PipelineDefinition pipeline, IReadOnlyList<string> columns)
    {
        Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> tables = [];
        foreach (LookupBlockDefinition lookup in pipeline.Lookups.Where(lookup => lookup.Role != LookupRole.Fallback))
        {
            tables[lookup.Table ?? pipeline.Match.Table!] = [Row(lookup, columns, 1), Row(lookup, columns, 2)];
        }

        return tables;
    }

    private static Dictionary<string, string?> Row(LookupBlockDefinition lookup, IReadOnlyList<string> columns, int id)
    {
        Dictionary<string, string?> row = columns.ToDictionary(name => name, _ => (string?)(id == 1 ? "2" : Time));
        foreach (ConditionDefinition condition in lookup.Keep)
        {
            row[condition.Column] = condition.EqualTo ?? condition.In?[0];
        }

        row[lookup.Key!] = Text(id);
        row[lookup.Id] = Text(id);
        return row;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
