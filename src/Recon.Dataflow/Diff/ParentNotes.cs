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
                continue;
            }

            tally.Ids++;
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

        public ParentPlan Parent => parent;

        public long Ids { get; set; }

        public void Count(Unresolved reason, string id)
        {
            _counts[(int)reason]++;
            if (_counts[(int)reason] <= MostSamples)
            {
                _samples.Add((reason, RecordText.Cut(id, RejectedValue.MaxSampleLength)));
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
