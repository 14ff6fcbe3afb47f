using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Reconcile.Conversions;
using Recon.Dataflow.Topology;

namespace Recon.Dataflow.Trials;

/// <summary>
/// Sends two made-up records through a made-up pipeline, in memory, so that the code of runs is loaded and compiled
/// while a run still waits for something else. Touches no file, no server and no metrics, and changes nothing.
/// </summary>
public static class Rehearsal
{
    private const string Table = "made_up";

    private static readonly DefaultsDefinition Defaults = new() { TimeZone = "UTC" };

    private static readonly PipelineDefinition Pipeline = new()
    {
        Name = "rehearsal",
        Blocks =
        [
            new CsvBlockDefinition { Path = "-", Id = "id", IdType = IdType.Number },
            new BatchBlockDefinition(),
            new LookupBlockDefinition { Name = "match", Table = Table, Key = "key", Keep = [new() { Column = "kept", EqualTo = "1" }] },
            new LookupBlockDefinition { Name = "parent", Role = LookupRole.Parent, Table = Table, Key = "key", From = "id", FromType = IdType.Number },
            new DiffBlockDefinition
            {
                Properties =
                [
                    new() { Property = "name", Column = "name" },
                    new() { Property = "note", Column = "name", Compare = ComparisonKind.TextIgnoringWhitespace },
                    new() { Property = "at", Column = "at", Convert = [new DatetimeDefinition()], Compare = ComparisonKind.Datetime },
                    new() { Property = "amount", Column = "id", Convert = [new NumberDefinition()], Compare = ComparisonKind.Number },
                    new()
                    {
                        Property = "kind",
                        Column = "name",
                        Convert = [new MapDefinition { Values = new Dictionary<string, string> { ["a"] = "A" } }],
                        Compare = ComparisonKind.Enumeration,
                    },
                ],
            },
            new StageBlockDefinition
            {
                Table = Table,
                LegacyId = "legacy",
                HubspotId = "hubspot",
                Columns =
                [
                    new() { Name = "legacy_name", Legacy = "name" },
                    new() { Name = "legacy_at", Type = StagedType.Timestamptz, Converted = "at" },
                    new() { Name = "legacy_parent", ParentLegacyId = "parent" },
                    new() { Name = "hubspot_parent", Type = StagedType.Bigint, ParentHubspotId = "parent" },
                ],
            },
        ],
    };

    /// <summary>Rehearses.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many of the made-up records came through.</returns>
    public static async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        PipelineColumns columns = PipelineColumns.Of(Pipeline);
        using var stream = new MemoryStream("id,name,at\n1,a,2024-07-01 09:30:00\n2,é,\n"u8.ToArray());
        await using BatchReader reader = await BatchReader.OpenAsync(
            Pipeline.Csv,
            Pipeline.Batch,
            Defaults,
            columns.Source,
            new BatchReaderOptions { BaseDirectory = "", StandardInput = stream },
            cancellationToken);
        var context = new ConversionContext(Defaults, "", AllowPathsOutside: false);
        ReconciliationPlan plan = ReconciliationPlan.Compile(Pipeline, context, reader.MissingColumns, new HashSet<string>());
        var differ = new RecordDiffer(plan, new RunStamp(Guid.Empty, TimeProvider.System, []));
        var repeats = new RepeatFilter(stream.Length);
        long staged = 0;
        var stages = new GraphStages(
            reader.ReadAsync,
            InMemoryLookup.CreateAll(plan, context, Mirror()),
            batch =>
            {
                differ.Diff(batch);
                repeats.Add(batch, plan.IdColumn);
            },
            (batch, _) =>
            {
                Interlocked.Add(ref staged, batch.Counts.Staged);
                return ValueTask.CompletedTask;
            });
        await new ReconciliationGraph(Pipeline, stages, TimeProvider.System).RunAsync(CancellationToken.None, cancellationToken);
        return Interlocked.Read(ref staged);
    }

    // The first record has a counterpart, the second one has none.
    private static Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> Mirror() => new()
    {
        [Table] =
        [
            new Dictionary<string, string?>
            {
                ["hs_object_id"] = "7",
                ["key"] = "1",
                ["kept"] = "1",
                ["name"] = "b",
                ["note"] = "b",
                ["at"] = "2024-07-01T07:30:00Z",
                ["amount"] = "1.0",
                ["kind"] = "B",
            },
        ],
    };
}
