using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff;

/// <summary>Says which parents of a row have no HubSpot record, and why.</summary>
internal sealed class ParentNotes(ReconciliationPlan plan)
{
    /// <summary>Appends a remark for each unresolved parent.</summary>
    public void Append(RecordBatch batch, int row, StringBuilder notes)
    {
        foreach (ParentPlan parent in plan.Parents)
        {
            ReadOnlySpan<byte> raw = batch.Field(row, parent.Column);
            int found = raw.IsEmpty ? 1 : batch.Answers[parent.Lookup]!.Candidates(row).Length;
            if (found == 1)
            {
                continue;
            }

            Notes.Separate(notes).Append(parent.Definition.Label).Append(' ').Append(Encoding.UTF8.GetString(raw));
            if (found > 1)
            {
                notes.Append(" is on ").Append(found).Append(" HubSpot records");
            }
            else if (!parent.Definition.TryReadId(raw, out _, out _))
            {
                notes.Append(" is not a valid legacy id");
            }
            else
            {
                notes.Append(" has no HubSpot record");
            }
        }
    }
}
