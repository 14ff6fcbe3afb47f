using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Diff;

/// <summary>Compares one batch at a time; holds everything that is reused from row to row.</summary>
internal sealed class DiffWorker
{
    private readonly ReconciliationPlan _plan;
    private readonly RecordMatcher _matcher;
    private readonly IRowEncoder? _encoder;
    private readonly PropertyDiffer _properties;
    private readonly ParentNotes _parents;
    private readonly Utf8Scratch _scratch = new();
    private readonly StringBuilder _notes = new();
    private readonly List<PropertyVerdict> _verdicts = [];
    private readonly CountKinds? _kinds;
    private readonly byte[] _signs;
    private readonly Action<BatchCounts> _countRow;
    private MatchStatus _status;
    private bool[] _suspected = [];

    public DiffWorker(ReconciliationPlan plan, IRowEncoder? encoder)
    {
        _plan = plan;
        _encoder = encoder;
        _matcher = new RecordMatcher(plan.Definition.Lookups);
        _properties = new PropertyDiffer(plan, _scratch);
        _parents = new ParentNotes(plan);
        _kinds = encoder?.WantsKinds == true ? new CountKinds() : null;
        _signs = new byte[1 + _properties.Signs + _parents.Signs];
        _countRow = CountRow;
    }

    /// <summary>Compares a batch, and encodes its rows where there is an encoder.</summary>
    public void Diff(RecordBatch batch, IDiffObserver? observer, IRepeatMarks? repeats)
    {
        batch.StartComparison();
        int suspects = Suspect(batch, repeats);
        batch.Staged = _encoder?.Begin(batch, suspects);
        for (int row = 0; row < batch.RowCount; row++)
        {
            DiffRow(batch, row, observer);
        }

        FlushCounts(batch.Counts);
    }

    /// <summary>Counts a compared batch again, as it would be without some of its rows.</summary>
    public void Recount(RecordBatch batch, IReadOnlySet<int> without)
    {
        int rejects = batch.Rejects.Count;
        batch.StartComparison();
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (!without.Contains(row))
            {
                DiffRow(batch, row, observer: null);
            }
        }

        FlushCounts(batch.Counts);

        // They are there from the first time.
        batch.Rejects.RemoveRange(rejects, batch.Rejects.Count - rejects);
    }

    private void FlushCounts(BatchCounts counts)
    {
        _properties.FlushCounts(counts);
        _parents.FlushCounts(counts);
    }

    // Afterwards _suspected tells for each row whether its id may have occurred before.
    private int Suspect(RecordBatch batch, IRepeatMarks? repeats)
    {
        if (_suspected.Length < batch.RowCount)
        {
            _suspected = new bool[batch.RowCount];
        }

        if (repeats is not null)
        {
            return repeats.Add(batch, _plan.IdColumn, _suspected);
        }

        _suspected.AsSpan().Clear();
        return 0;
    }

    private void DiffRow(RecordBatch batch, int row, IDiffObserver? observer)
    {
        _scratch.Reset();
        _notes.Clear();
        _verdicts.Clear();
        RecordMatch match = _matcher.Find(batch, row);
        MirrorRows? mirror = match.MirrorRow < 0 ? null : batch.Answers[match.Lookup]!.Rows;
        string? rejection = _properties.Diff(
            batch, row, mirror, match.MirrorRow, _notes, observer is null ? null : _verdicts);
        if (rejection is not null)
        {
            Reject(batch, row, rejection);
            Tell(observer, batch, row, match, mirror, "rejected");
            return;
        }

        if (match.Status == MatchStatus.Ambiguous)
        {
            NoteCandidates(batch.Answers[match.Lookup]!, row, match.Rule!);
        }

        if (match.Lookup >= 0 && batch.Answers[match.Lookup]!.Merged is { } merges && merges.TryGetValue(row, out (long Loser, long Winner) merge))
        {
            Notes.Merge(Notes.Separate(_notes), merge);
        }

        bool isDecided = NoteDecision(batch, row);
        _parents.Append(batch, row, _notes);
        _encoder?.Add(new ComparedRow(batch, row, match, mirror, _properties, _notes, _suspected[row], _kinds is null || isDecided ? null : KindOf(match.Status)));
        Count(batch.Counts, match.Status, _properties.HasChanges);
        Tell(observer, batch, row, match, mirror, match.StatusText);
    }

    private bool NoteDecision(RecordBatch batch, int row)
    {
        if (batch.Decided is not { } rows || !rows.TryGetValue(row, out DecidedRow decided))
        {
            return false;
        }

        Notes.Decide(Notes.Separate(_notes), decided);
        BatchCounts.Increment(batch.Counts.Remarks, decided.IsRefused ? RecordDecisions.RefusedRemark : RecordDecisions.AppliedRemark);
        return true;
    }

    private CountKind? KindOf(MatchStatus status)
    {
        _status = status;
        _signs[0] = (byte)(((int)status * 2) + (_properties.HasChanges ? 1 : 0));
        if (status == MatchStatus.Ambiguous || !_properties.Sign(_signs.AsSpan(1)))
        {
            return null;
        }

        _parents.Sign(_signs.AsSpan(1 + _properties.Signs));
        return _kinds!.Of(_signs, _countRow);
    }

    private void CountRow(BatchCounts counts)
    {
        Count(counts, _status, _properties.HasChanges);
        _properties.CountRow(counts);
        _parents.CountRow(counts);
    }

    private static void Count(BatchCounts counts, MatchStatus status, bool hasChanges)
    {
        switch (status)
        {
            case MatchStatus.Matched:
                counts.Matched++;
                counts.WithChanges += hasChanges ? 1 : 0;
                break;
            case MatchStatus.Ambiguous:
                counts.Ambiguous++;
                break;
            case MatchStatus.Unmatched:
            default:
                counts.Unmatched++;
                break;
        }
    }

    private static void Reject(RecordBatch batch, int row, string property)
    {
        batch.Counts.Rejected++;
        BatchCounts.Increment(batch.Counts.ByReason, RejectReasons.ValueUnmapped);
        batch.Rejects.Add(new RejectedRecord(
            batch.Line(row),
            batch.ByteOffset(row),
            property,
            RejectReasons.ValueUnmapped,
            $"The value of '{property}' has no mapping, and the definition rejects the record then. "
            + "Add the value to the map, or set \"onUnmapped\" to \"reject-value\".",
            RecordText.Of(batch, row)));
    }

    private void NoteCandidates(LookupAnswer answer, int row, string rule)
    {
        ReadOnlySpan<int> candidates = answer.Candidates(row);
        Notes.Separate(_notes).Append(candidates.Length).Append(" HubSpot records by ").Append(rule).Append(": ");
        for (int index = 0; index < candidates.Length; index++)
        {
            _notes.Append(index == 0 ? "" : ", ").Append(answer.Rows.HubspotId(candidates[index]));
        }
    }

    private void Tell(
        IDiffObserver? observer, RecordBatch batch, int row, RecordMatch match, MirrorRows? mirror, string status)
    {
        if (observer is null)
        {
            return;
        }

        List<long> candidates = [];
        if (match.Lookup >= 0)
        {
            LookupAnswer answer = batch.Answers[match.Lookup]!;
            foreach (int candidate in answer.Candidates(row))
            {
                candidates.Add(answer.Rows.HubspotId(candidate));
            }
        }

        observer.OnRecord(batch, row, new RecordVerdict(
            batch.Line(row),
            Encoding.UTF8.GetString(batch.Field(row, _plan.IdColumn)),
            mirror?.HubspotId(match.MirrorRow),
            status,
            match.Rule,
            candidates,
            _notes.Length == 0 ? null : _notes.ToString(),
            [.. _verdicts]));
    }
}
