using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Values;
using Recon.Postgres.Runs;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Checks;

/// <summary>Reads and converts the first records of a pipeline's input as a run would, and sums up what it would refuse.</summary>
internal sealed class RecordCheck(ValidPipeline pipeline, FindingLog log, DefaultsDefinition defaults)
{
    private readonly BatchCounts _counts = new();
    private readonly Dictionary<string, long> _firstLines = [];

    /// <summary>Reads what the reader gives, which the caller has limited.</summary>
    /// <param name="differ">Converts the records; <see langword="null"/> when the conversions cannot be set up.</param>
    /// <exception cref="InputException">The input turned out not to be usable.</exception>
    public async Task CheckAsync(BatchReader reader, RecordDiffer? differ, CancellationToken cancellationToken)
    {
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
            Report(reader.Warnings, differ is not null);
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

    private void Report(IReadOnlyList<string> warnings, bool converted)
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
        ReportValues();
        if (_counts.Rejected == 0 && _counts.RejectedValues.Count == 0)
        {
            log.Ok("records", place, $"The first {Show(_counts.Read, "record")} can be read{(converted ? " and converted" : "")}.");
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
        string limit = "";
        try
        {
            RejectLimit.Check(_counts, pipeline.MaxRejects);
        }
        catch (RejectsAboveLimitException)
        {
            limit = $" If it goes on like this, that is above maxRejects ({pipeline.MaxRejects}), and nothing will be published.";
        }

        log.Warn(
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
        foreach ((string kind, long count) in _counts.Damage.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            string fix = kind.StartsWith("mojibake/", StringComparison.Ordinal)
                ? "Export again with the right encoding, or set \"repair\": \"latin1\" in the csv block."
                : "Export again: what U+FFFD replaced is lost.";
            log.Warn(
                "damaged text",
                place,
                $"{kind}: {Show(count, "value")} of the first {Show(_counts.Read, "record")}.",
                kind.StartsWith("mojibake-repaired", StringComparison.Ordinal) ? null : fix);
        }
    }

    private void ReportValues()
    {
        var groups = _counts.RejectedValues.GroupBy(pair => (pair.Key.Property, pair.Key.Column, pair.Key.Reason))
            .OrderBy(group => group.Key.Property, StringComparer.Ordinal).ThenBy(group => group.Key.Reason, StringComparer.Ordinal);
        foreach (var group in groups)
        {
            PropertyDefinition? property = pipeline.Diff.Properties.FirstOrDefault(candidate => candidate.Property == group.Key.Property);
            log.Warn(
                $"property {group.Key.Property}",
                new FindingPlace(property ?? (object)pipeline.Diff),
                $"{Show(group.Sum(pair => pair.Value))} of the first {Show(_counts.Read, "record")} have a value in {group.Key.Column} that would not be staged: {group.Key.Reason}.",
                FixOf(group.Key.Reason));
        }
    }

    private string FixOf(string reason) => reason switch
    {
        ValueRejectReasons.RequiredMissing => "Fill the column in the legacy CRM, give the property a \"default\", or remove \"required\".",
        ValueRejectReasons.Unmapped => "Add the values to the map (recon run --dry-run lists them), or set \"onUnmapped\".",
        ValueRejectReasons.RegionUnknown => "Add the spellings to \"regions\" of the conversion, or give it a \"region\" for all others.",
        ValueRejectReasons.DateLost => "A spreadsheet destroyed the dates; export the column again as text.",
        ValueRejectReasons.NotADate => $"Check \"formats\" of the conversion; local times are read as {defaults.TimeZone}.",
        ValueRejectReasons.NotANumber or ValueRejectReasons.NotAnInteger => "Check the notation that the conversion declares.",
        ValueRejectReasons.TimeAmbiguous or ValueRejectReasons.TimeSkipped => "Say in the conversion which of the two times is meant.",
        _ => "Check the conversion against the column's values, or fix the values.",
    };
}
