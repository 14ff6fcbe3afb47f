using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;


namespace Recon.Dataflow.Tests.Diff;

/// <summary>Builds pipelines, batches and mirror rows in memory. The tests of Recon.Postgres compile this file, too.</summary>
internal static partial class Diffing
{
    public static ConversionContext Context { get; } = new(new DefaultsDefinition(), Path.GetTempPath(), false);

    public static LookupBlockDefinition MatchLookup { get; } = new() { Name = "match", Table = "hubspot.things", Key = "legacy_id" };

    public static LookupBlockDefinition ParentLookup { get; } = new()
    {
        Name = "company",
        Role = LookupRole.Parent,
        Table = "hubspot.companies",
        Key = "legacy_id",
        From = "Company_Id",
        FromType = IdType.Number,
    };

    public static PropertyDefinition Property(string name = "name", string column = "Name") => new() { Property = name, Column = column };

    public static ValidPipeline Pipeline(
        IReadOnlyList<PropertyDefinition> properties,
        IReadOnlyList<StagedColumnDefinition>? staged = null,
        IReadOnlyList<LookupBlockDefinition>? lookups = null,
        DiffBlockDefinition? diff = null)
        => ValidPipeline.Of(new PipelineDefinition
        {
            Name = "things",
            Blocks =
            [
                new CsvBlockDefinition { Path = "things.csv", Id = "Id" },
                new BatchBlockDefinition(),
                .. lookups ?? [MatchLookup],
                (diff ?? new DiffBlockDefinition()) with { Properties = properties },
                new StageBlockDefinition { Table = "things", LegacyId = "legacy_id", HubspotId = "hubspot_id", Columns = staged ?? [] },
            ],
        });

    public static ReconciliationPlan Plan(ValidPipeline pipeline, string[]? absentSource = null, string[]? absentMirror = null)
        => ReconciliationPlan.Compile(
            pipeline,
            Context,
            new HashSet<string>(absentSource ?? [], StringComparer.OrdinalIgnoreCase),
            new HashSet<string>(absentMirror ?? [], StringComparer.Ordinal));

    /// <summary>A batch whose rows are given as columns by name; what is not named is empty. Row n is on line n + 2.</summary>
    public static RecordBatch Batch(ReconciliationPlan plan, params IReadOnlyDictionary<string, string>[] rows)
        => Batch(plan.Columns.Source, rows);

    public static RecordBatch Batch(SourceColumns columns, params IReadOnlyDictionary<string, string>[] rows)
    {
        RecordBatch batch = new(1, columns, Math.Max(rows.Length, 1));
        for (int row = 0; row < rows.Length; row++)
        {
            batch.AddRow(row + 2, row * 100);
            for (int column = 0; column < columns.Count; column++)
            {
                batch.AddField(column, Encoding.UTF8.GetBytes(rows[row].GetValueOrDefault(columns.Names[column], "")));
            }
        }

        batch.Counts.Read = rows.Length;
        batch.Range = new SourceRange(0, 0, rows.Length * 100, 2, rows.Length + 2);
        return batch;
    }

    /// <summary>Mirror rows of text columns, in the order of the plan's mirror columns.</summary>
    public static MirrorRows Mirror(ReconciliationPlan plan, params (long Id, IReadOnlyDictionary<string, string> Values)[] rows)
        => Mirror(plan.Columns.Mirror, rows);

    public static MirrorRows Mirror(IReadOnlyList<string> columns, params (long Id, IReadOnlyDictionary<string, string> Values)[] rows)
    {
        using MemoryStream bytes = new();
        List<int> starts = [];
        List<int> lengths = [];
        foreach ((_, IReadOnlyDictionary<string, string> values) in rows)
        {
            foreach (string column in columns)
            {
                byte[]? value = values.TryGetValue(column, out string? text) ? Encoding.UTF8.GetBytes(text) : null;
                starts.Add((int)bytes.Length);
                lengths.Add(value?.Length ?? -1);
                bytes.Write(value);
            }
        }

        return new MirrorRows(
            [.. columns.Select(column => new MirrorColumn(column, MirrorType.Text))],
            bytes.ToArray(), [.. starts], [.. lengths], [.. rows.Select(row => row.Id)], rows.Length, pooled: false);
    }

    /// <summary>An answer: for each row of the batch, the indexes of its candidates.</summary>
    public static LookupAnswer Answer(MirrorRows rows, params int[][] candidates)
    {
        List<int> starts = [0];
        foreach (int[] row in candidates)
        {
            starts.Add(starts[^1] + row.Length);
        }

        return new LookupAnswer(rows, Rent([.. starts]), Rent([.. candidates.SelectMany(row => row)]));
    }

    private static int[] Rent(int[] values)
    {
        int[] rented = System.Buffers.ArrayPool<int>.Shared.Rent(Math.Max(values.Length, 1));
        values.CopyTo(rented, 0);
        return rented;
    }
}
