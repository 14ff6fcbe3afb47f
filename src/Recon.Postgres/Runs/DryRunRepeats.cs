using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;

namespace Recon.Postgres.Runs;

/// <summary>
/// Folds the repeats of a dry run as the server folds those of a run: in memory, which holds every record, so for few of them.
/// Thread-safe while records come.
/// </summary>
internal sealed class DryRunRepeats(ReconciliationPlan plan, IReadOnlyDictionary<string, KeptRow> kept) : IDiffObserver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (RepeatSet Rows, List<RecordVerdict> Records)> _groups = new(StringComparer.Ordinal);

    public void OnRecord(RecordBatch batch, int row, RecordVerdict record)
    {
        if (record.Status == "rejected")
        {
            return;
        }

        lock (_gate)
        {
            if (!_groups.TryGetValue(record.LegacyId, out (RepeatSet Rows, List<RecordVerdict> Records) group))
            {
                _groups[record.LegacyId] = group = (new RepeatSet(plan, kept.GetValueOrDefault(record.LegacyId)), []);
            }

            // Rows that only their files tell apart are equal, whichever of them stays.
            group.Rows.Add(batch, row, "");
            group.Records.Add(record);
        }
    }

    /// <summary>Takes what does not stay, or not as it was, out of the counts. To be called once all records came.</summary>
    /// <returns>The records that stay as they were.</returns>
    public IReadOnlyList<RecordVerdict> Fold(BatchCounts counts)
    {
        List<RecordVerdict> staying = [];
        foreach ((RepeatSet rows, List<RecordVerdict> records) in _groups.Values)
        {
            RepeatVerdict verdict = rows.Judge();
            for (int index = 0; index < records.Count; index++)
            {
                bool stays = index == verdict.Stays;
                if (stays && verdict.Outcome != RepeatOutcome.Conflict)
                {
                    staying.Add(records[index]);
                    continue;
                }

                Uncount(counts, records[index]);
                counts.Conflict += stays ? 1 : 0;
                counts.Folded += stays ? 0 : 1;
            }

            counts.Latest += verdict.Outcome == RepeatOutcome.Latest ? 1 : 0;
        }

        return staying;
    }

    private static void Uncount(BatchCounts counts, RecordVerdict record)
    {
        counts.Matched -= record.Status == "matched" ? 1 : 0;
        counts.Ambiguous -= record.Status == "ambiguous" ? 1 : 0;
        counts.Unmatched -= record.Status == "unmatched" ? 1 : 0;
        bool changes = false;
        foreach (PropertyVerdict property in record.Properties.Where(property => property.Kind == VerdictKind.Change))
        {
            changes = true;
            BatchCounts.Increment(counts.PropertyChanges, property.Property, -1);
        }

        counts.WithChanges -= changes ? 1 : 0;
    }
}
