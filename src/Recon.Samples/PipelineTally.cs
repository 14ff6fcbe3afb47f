using System.Numerics;
using Recon.Dataflow.Batches;

namespace Recon.Samples;

/// <summary>Counts what the generator puts into one object's file and mirror.</summary>
internal sealed class PipelineTally(SampleObject sampleObject)
{
    private readonly long[] _outcomes = new long[Enum.GetValues<RecordOutcome>().Length];
    private readonly long[] _dirt = new long[64];
    private readonly long[] _changes = new long[sampleObject.Properties.Count];
    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private long _withChanges;

    public long MirrorRows { get; set; }

    public void Record(in RecordPlan plan, SampleRow row)
    {
        _outcomes[(int)plan.Outcome]++;

        // A malformed record's values are replaced by harmless ones: only its own damage is in the file.
        for (ulong rest = plan.IsMalformed ? 1UL << (int)plan.Dirt : row.Dirt; rest != 0; rest &= rest - 1)
        {
            _dirt[BitOperations.TrailingZeroCount(rest)]++;
        }

        if (plan.Outcome == RecordOutcome.Rejected)
        {
            string reason = Reason(plan.Dirt);
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
        }

        if (plan.Outcome != RecordOutcome.Matched || row.Changed == 0)
        {
            return;
        }

        _withChanges++;
        for (ulong rest = row.Changed; rest != 0; rest &= rest - 1)
        {
            _changes[BitOperations.TrailingZeroCount(rest)]++;
        }
    }

    public PipelineFacts Facts() => new()
    {
        Pipeline = sampleObject.Pipeline,
        Read = _outcomes.Sum(),
        Matched = Count(RecordOutcome.Matched),
        Unmatched = Count(RecordOutcome.Unmatched),
        Ambiguous = Count(RecordOutcome.Ambiguous),
        Conflict = Count(RecordOutcome.Conflict),
        Folded = Count(RecordOutcome.Folded),
        Filtered = Count(RecordOutcome.Filtered),
        Rejected = Count(RecordOutcome.Rejected),
        WithChanges = _withChanges,
        MirrorRows = MirrorRows,
        RejectedByReason = _reasons,
        PropertyChanges = sampleObject.Properties.Index()
            .Where(property => _changes[property.Index] > 0)
            .ToDictionary(property => property.Item.Name, property => _changes[property.Index]),
        Dirt = Enum.GetValues<DefectKind>().Where(kind => _dirt[(int)kind] > 0).ToDictionary(kind => kind, kind => _dirt[(int)kind]),
    };

    private long Count(RecordOutcome outcome) => _outcomes[(int)outcome];

    private static string Reason(DefectKind dirt) => dirt switch
    {
        DefectKind.TooManyFields or DefectKind.TooFewFields => RejectReasons.FieldCount,
        DefectKind.StrayQuote => RejectReasons.StrayQuote,
        DefectKind.TextAfterQuote => RejectReasons.TextAfterQuote,
        DefectKind.UnclosedQuote => RejectReasons.UnterminatedQuote,
        DefectKind.IdEmpty => RejectReasons.IdMissing,
        _ => RejectReasons.IdMalformed,
    };
}
