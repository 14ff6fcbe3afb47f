using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Topology;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Explain;

/// <summary>
/// Reads a made-up definition and sends two made-up records through its pipeline, in memory, so that the code of runs is
/// loaded and compiled while a run still waits for something else. Touches no file, no server and no metrics.
/// </summary>
internal static class Rehearsal
{
    private const string Table = "made.up";

    private static ReadOnlySpan<byte> Source => """
        {
          "defaults": { "timeZone": "UTC" },
          "pipelines": [{
            "name": "rehearsal",
            "blocks": [
              { "kind": "csv", "path": "-", "id": "id", "idType": "number" },
              { "kind": "batch", "rows": 1 },
              {
                "kind": "lookup", "name": "match", "table": "made.up", "key": "key",
                "keep": [{ "column": "kept", "equals": "1" }]
              },
              {
                "kind": "lookup", "role": "parent", "name": "parent", "table": "made.up", "key": "key",
                "from": "id", "fromType": "number"
              },
              {
                "kind": "diff",
                "properties": [
                  { "property": "name", "column": "name" },
                  { "property": "note", "column": "name", "compare": "text-ignoring-whitespace" },
                  { "property": "at", "column": "at", "convert": ["datetime"], "compare": "datetime" },
                  { "property": "amount", "column": "id", "convert": ["number"], "compare": "number" },
                  {
                    "property": "sort", "column": "name", "compare": "enumeration",
                    "convert": [{ "kind": "map", "values": { "a": "A" } }]
                  }
                ]
              },
              {
                "kind": "stage", "table": "made_up", "legacyId": "legacy", "hubspotId": "hubspot",
                "columns": [
                  { "name": "legacy_name", "legacy": "name" },
                  { "name": "legacy_at", "type": "timestamptz", "converted": "at" },
                  { "name": "legacy_parent", "parentLegacyId": "parent" },
                  { "name": "hubspot_parent", "type": "bigint", "parentHubspotId": "parent" }
                ]
              }
            ]
          }]
        }
        """u8;

    /// <summary>Reads the made-up definition.</summary>
    public static ValidDefinition ReadDefinition()
    {
        DefinitionReading reading = DefinitionReader.Parse(Source.ToArray(), "rehearsal.json");
        _ = reading.FingerprintOf(reading.Definition!.Pipelines[0]);
        return reading.Definition;
    }

    /// <summary>Sends the made-up records.</summary>
    /// <param name="encoder">Makes the encoder of the sink that a run would write to.</param>
    public static async Task<long> RunAsync(
        ValidDefinition definition, Func<ReconciliationPlan, IRowEncoder> encoder, CancellationToken cancellationToken)
    {
        ValidPipeline pipeline = definition.Pipelines[0];
        PipelineColumns columns = PipelineColumns.Of(pipeline);
        using var stream = new MemoryStream("id,name,at\n1,a,2024-07-01 09:30:00\n2,é,\n"u8.ToArray());
        await using BatchReader reader = await BatchReader.OpenAsync(
            pipeline.Csv,
            pipeline.Batch,
            definition.Defaults,
            columns.Source,
            new BatchReaderOptions { BaseDirectory = "", StandardInput = stream },
            cancellationToken);
        var context = new ConversionContext(definition.Defaults, "", AllowPathsOutside: false);
        ReconciliationPlan plan = ReconciliationPlan.Compile(pipeline, context, reader.MissingColumns, new HashSet<string>());
        var differ = new RecordDiffer(plan, () => encoder(plan));
        var repeats = new RepeatFilter(stream.Length);
        long staged = 0;
        var stages = new GraphStages(
            async token =>
            {
                // Like a file's: what follows an await that did not wait would stay uncompiled.
                await Task.Yield();
                return await reader.ReadAsync(token);
            },
            InMemoryLookup.CreateAll(plan, context, Mirror()),
            batch => differ.Diff(batch, repeats: repeats),
            async (batch, _) =>
            {
                await Task.Yield();
                Interlocked.Add(ref staged, batch.Counts.Staged);
            });
        await new ReconciliationGraph(pipeline, stages, TimeProvider.System).RunAsync(CancellationToken.None, cancellationToken);
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
                ["sort"] = "B",
            },
        ],
    };
}
