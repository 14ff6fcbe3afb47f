using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Dataflow.Diff;

/// <summary>The notes of one row: remarks for people, separated by <c>; </c>.</summary>
internal static class Notes
{
    private const string DecisionRefused = "the decision by ";

    /// <summary>Starts a further remark.</summary>
    public static StringBuilder Separate(StringBuilder notes) => notes.Length == 0 ? notes : notes.Append("; ");

    /// <summary>Says which record was merged into which.</summary>
    public static void Merge(StringBuilder notes, (long Loser, long Winner) merge)
        => notes.Append("HubSpot record ").Append(merge.Loser).Append(" was merged into ").Append(merge.Winner);

    /// <summary>Says who decided on a record, or why that could not be followed.</summary>
    public static void Decide(StringBuilder notes, DecidedRow decided)
    {
        if (decided.IsRefused)
        {
            notes.Append(DecisionRefused).Append(decided.Decision.By).Append(RecordDecisions.RefusedNote).Append("HubSpot record ").Append(decided.Decision.HubspotId).Append(" is gone");
        }
        else
        {
            notes.Append("decided by ").Append(decided.Decision.By);
        }
    }
}
