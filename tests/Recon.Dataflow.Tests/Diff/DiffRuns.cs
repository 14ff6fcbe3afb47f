using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;


namespace Recon.Dataflow.Tests.Diff;

/// <summary>Runs the diff over batches, and collects what a sink would be given.</summary>
internal static partial class Diffing
{
    public static IReadOnlyList<CollectedRow> Run(ReconciliationPlan plan, RecordBatch batch, IDiffObserver? observer = null)
    {
        RowCollector collector = new(plan);
        new RecordDiffer(plan, () => collector).Diff(batch, observer);
        Assert.True(batch.Counts.Balances);
        Assert.Equal(batch.Counts.Staged, collector.Rows.Count);
        return collector.Rows;
    }

    /// <summary>One matched record, one property.</summary>
    public static DiffOutcome One(
        PropertyDefinition property, string legacy, string? hubspot, DiffBlockDefinition? diff = null,
        IReadOnlyDictionary<string, string>? more = null, IReadOnlyDictionary<string, string>? moreHubspot = null)
    {
        ReconciliationPlan plan = Plan(Pipeline([property], diff: diff));
        Dictionary<string, string> row = new(more ?? new Dictionary<string, string>()) { ["Id"] = "L1", ["Name"] = legacy };
        Dictionary<string, string> mirror = new(moreHubspot ?? new Dictionary<string, string>());
        if (hubspot is not null)
        {
            mirror[property.Mirror] = hubspot;
        }

        using RecordBatch batch = Batch(plan, row);
        batch.Answers.Add(Answer(Mirror(plan, (7, mirror)), [0]));
        Verdicts verdicts = new();
        IReadOnlyList<CollectedRow> rows = Run(plan, batch, verdicts);
        return new DiffOutcome(rows.SingleOrDefault(), batch.Counts, verdicts.Records.Single(), [.. batch.Rejects]);
    }
}

/// <summary>What the diff made of one record.</summary>
internal sealed record DiffOutcome(CollectedRow? Row, BatchCounts Counts, RecordVerdict Record, IReadOnlyList<RejectedRecord> Rejects)
{
    public PropertyVerdict Verdict => Record.Properties.Single();
}

/// <summary>Keeps the verdicts.</summary>
internal sealed class Verdicts : IDiffObserver
{
    public List<RecordVerdict> Records { get; } = [];

    public void OnRecord(RecordBatch batch, int row, RecordVerdict record) => Records.Add(record);
}
