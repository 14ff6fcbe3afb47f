using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Runs;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Checks;

/// <summary>Reads and converts the first records of a pipeline's input as a run would, and sums up what it would refuse.</summary>
/// <param name="records">The most that is read: fewer are the whole input.</param>
internal sealed class RecordCheck(ValidPipeline pipeline, FindingLog log, ConversionContext context, long records)
{
    private readonly BatchCounts _counts = new();
    private readonly Dictionary<string, long> _firstLines = [];

    /// <summary>Reads what the reader gives, which the caller has limited.</summary>
    /// <param name="plan">Converts the records; <see langword="null"/> when the conversions cannot be set up.</param>
    /// <exception cref="InputException">The input turned out not to be usable.</exception>
    public async Task CheckAsync(BatchReader reader, ReconciliationPlan? plan, CancellationToken cancellationToken)
    {
        RecordDiffer? differ = plan is null ? null : new RecordDiffer(plan);
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } batch)
            {
                using (batch)
                {
                    Convert(batch, differ);
                    _counts.Add(batch.Counts);
                    foreach (RejectedRecord reject in batch.Rejects)
                    {
                        _firstLines.TryAdd(reject.Reason, reject.Line);
                    }
                }
            }
        }
        finally
        {
            // What was read before a failure is worth telling too.
            Report(reader.Warnings, plan);
        }
    }

    private void Convert(RecordBatch batch, RecordDiffer? differ)
    {
        if (differ is null)
        {
            return;
        }

        // Nothing was looked up: every record is one without a HubSpot record and without parents.
        foreach (ValidLookup _ in pipeline.Lookups)
        {
            using var keys = new BatchKeys(batch.RowCount);
#pragma warning disable CA2000 // The batch owns its answers.
            batch.Answers.Add(AnswerJoin.Join(keys, new MirrorRows([], [], [], [], [], 0, pooled: false), []));
#pragma warning restore CA2000
        }

        differ.Diff(batch);
    }

    private void Report(IReadOnlyList<string> warnings, ReconciliationPlan? plan)
    {
        var place = new FindingPlace(pipeline.Csv, nameof(CsvBlockDefinition.Path));
        foreach (string warning in warnings)
        {
            log.Warn("records", place, warning, null);
        }

        if (_counts.Read == 0)
        {
            log.Warn("records", place, "The input has no records.", "Export it again, if it should have some.");
            return;
        }

        ReportRejects(place);
        ReportFiltered();
        ReportDamage(place);
        if (plan is not null)
        {
            ReportValues(plan);
        }

        if (_counts.Rejected == 0 && _counts.RejectedValues.Count == 0)
        {
            log.Ok("records", place, $"The first {Show(_counts.Read, "record")} can be read{(plan is null ? "" : " and converted")}.");
        }
    }

    private void ReportRejects(FindingPlace place)
    {
        if (_counts.Rejected == 0)
        {
            return;
        }

        string reasons = string.Join(", ", _counts.ByReason.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{Show(pair.Value)} {pair.Key} (first on line {_firstLines.GetValueOrDefault(pair.Key)})"));
        Limit allowed = pipeline.Source.MaxRejects;
        bool isExceeded = allowed.IsExceededBy(_counts.Rejected, _counts.Read);
        bool isWhole = _counts.Read < records;
        string limit = !isExceeded ? ""
            : isWhole ? $" maxRejects ({allowed}) is exceeded, and a run will publish nothing."
            : $" If the rest of the file is the same, maxRejects ({allowed}) will be exceeded, and nothing will be published.";
        Action<string, FindingPlace, string, string?> tell = isExceeded && isWhole ? log.Error : log.Warn;
        tell(
            "records",
            place,
            $"{Show(_counts.Rejected)} of the first {Show(_counts.Read, "record")} would be rejected: {reasons}.{limit}",
            "Look at these lines; a run lists all with --rejects FILE.");
    }

    private void ReportFiltered()
    {
        if (_counts.Filtered > 0 && _counts.Filtered == _counts.Read)
        {
            log.Warn(
                "exclude",
                new FindingPlace(pipeline.Csv, nameof(CsvBlockDefinition.Exclude)),
                $"All of the first {Show(_counts.Read, "record")} are left out, by {string.Join(", ", _counts.ByFilter.Keys.Order(StringComparer.Ordinal))}.",
                "Check the conditions of \"exclude\".");
        }
    }

    private void ReportDamage(FindingPlace place)
    {
        foreach (KeyValuePair<string, long> damage in _counts.Damage.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            log.Warn(
                "damaged text",
                place,
                $"Of the first {Show(_counts.Read, "record")}: {RunWarnings.Describe(damage, [])}",
                null);
        }
    }

    private void ReportValues(ReconciliationPlan plan)
    {
        foreach (RejectedValues rejected in RejectedValues.Of(_counts, plan, context))
        {
            PropertyDefinition property = pipeline.Diff.Properties.First(candidate => candidate.Property == rejected.Property);
            log.Warn(
                $"property {rejected.Property}",
                new FindingPlace(property),
                $"{Show(rejected.Count)} of the first {Show(_counts.Read, "record")} have a value in {rejected.Column} that would not be staged: {rejected.Reason}.",
                string.Join(' ', RejectedValuesText.Advice(rejected, context.Defaults.TimeZone)));
        }
    }
}
