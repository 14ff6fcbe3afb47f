using System.Text;

namespace Recon.Dataflow.Diff;

/// <summary>The notes of one row: remarks for people, separated by <c>; </c>.</summary>
internal static class Notes
{
    /// <summary>Starts a further remark.</summary>
    public static StringBuilder Separate(StringBuilder notes) => notes.Length == 0 ? notes : notes.Append("; ");

    /// <summary>Says which record was merged into which.</summary>
    public static void Merge(StringBuilder notes, (long Loser, long Winner) merge)
        => notes.Append("HubSpot record ").Append(merge.Loser).Append(" was merged into ").Append(merge.Winner);
}
