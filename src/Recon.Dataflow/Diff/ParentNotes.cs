using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff;

/// <summary>Says which parents of a row have no HubSpot record, and why, and counts them.</summary>
internal sealed class ParentNotes
{
    private const int MostSamples = 3;
    private static readonly string[] s_reasons = ["not-found", "several-found", "malformed"];
    private readonly Tally[] _parents;

    public ParentNotes(ReconciliationPlan plan) => _parents = [.. plan.Parents.Select(parent => new Tally(parent))];

    private enum Unresolved
    {
        NotFound, SeveralFound, Malformed,
    }

    /// <summary>Appends a remark for each unresolved parent.</summary>
    public void Append(RecordBatch batch, int row, StringBuilder notes)
    {
        foreach (Tally tally in _parents)
        {
            ParentPlan parent = tally.Parent;
            ReadOnlySpan<byte> raw = batch.Field(row, parent.Column);
            if (raw.IsEmpty)
            {
                tally.Sign = Tally.NoId;
                continue;
            }

            tally.Ids++;
            tally.Sign = Tally.Found;
            int found = batch.Answers[parent.Lookup]!.Candidates(row).Length;
            if (found == 1)
            {
                if (batch.Answers[parent.Lookup]!.Merged is { } merges && merges.TryGetValue(row, out (long Loser, long Winner) merge))
                {
                    Notes.Merge(Notes.Separate(notes).Append(parent.Definition.Label).Append(": "), merge);
                }

                continue;
            }

            Unresolved reason = found > 1 ? Unresolved.SeveralFound
                : parent.Definition.TryReadId(raw, out _, out _) ? Unresolved.NotFound
                : Unresolved.Malformed;
            string id = Encoding.UTF8.GetString(raw);
            tally.Count(reason, id);
            Notes.Separate(notes).Append(parent.Definition.Label).Append(' ').Append(id);
            _ = reason switch
            {
                Unresolved.SeveralFound => notes.Append(" is on ").Append(found).Append(" HubSpot records"),
                Unresolved.NotFound => notes.Append(" has no HubSpot record"),
                _ => notes.Append(" is not a valid legacy id"),
            };
        }
    }

    /// <summary>The number of bytes that say what became of the parents of a row.</summary>
    public int Signs => _parents.Length;

    /// <summary>Says what became of the parents of the last row.</summary>
    public void Sign(Span<byte> signs)
    {
        for (int index = 0; index < _parents.Length; index++)
        {
            signs[index] = _parents[index].Sign;
        }
    }

    /// <summary>Counts the parents of the last row alone.</summary>
    public void CountRow(BatchCounts counts)
    {
        foreach (Tally tally in _parents)
        {
            tally.CountRow(counts);
        }
    }

    /// <summary>Moves what was counted since the last call into a batch's counts.</summary>
    public void FlushCounts(BatchCounts counts)
    {
        foreach (Tally tally in _parents)
        {
            tally.Flush(counts);
        }
    }

    private sealed class Tally(ParentPlan parent)
    {
        private readonly long[] _counts = new long[s_reasons.Length];
        private readonly List<(Unresolved Reason, string Id)> _samples = [];

        public const byte NoId = 0;
        public const byte Found = 1;
        private const byte FirstReason = 2;

        public ParentPlan Parent => parent;

        /// <summary>What became of the parent of the last row.</summary>
        public byte Sign { get; set; }

        public long Ids { get; set; }

        public void Count(Unresolved reason, string id)
        {
            Sign = (byte)(FirstReason + reason);
            _counts[(int)reason]++;
            if (_counts[(int)reason] <= MostSamples)
            {
                _samples.Add((reason, RecordText.Cut(id, RejectedValue.MaxSampleLength)));
            }
        }

        public void CountRow(BatchCounts counts)
        {
            if (Sign != NoId)
            {
                BatchCounts.Increment(counts.ParentIds, parent.Definition.Label);
            }

            if (Sign >= FirstReason)
            {
                BatchCounts.Increment(counts.UnresolvedParents, Key((Unresolved)(Sign - FirstReason), null));
            }
        }

        public void Flush(BatchCounts counts)
        {
            if (Ids == 0)
            {
                return;
            }

            BatchCounts.Increment(counts.ParentIds, parent.Definition.Label, Ids);
            Ids = 0;
            foreach ((Unresolved reason, string id) in _samples)
            {
                BatchCounts.Increment(counts.UnresolvedParents, Key(reason, id));
                _counts[(int)reason]--;
            }

            _samples.Clear();
            for (int reason = 0; reason < _counts.Length; reason++)
            {
                if (_counts[reason] > 0)
                {
                    BatchCounts.Increment(counts.UnresolvedParents, Key((Unresolved)reason, null), _counts[reason]);
                    _counts[reason] = 0;
                }
            }
        }

        private RejectedValue Key(Unresolved reason, string? id) => new(parent.Definition.Label, parent.Definition.From, s_reasons[(int)reason], id);
    }
}
