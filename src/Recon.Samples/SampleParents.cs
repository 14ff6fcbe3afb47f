namespace Recon.Samples;

/// <summary>The parents of records.</summary>
internal static class SampleParents
{
    /// <summary>Number of the parent that a repeated row names in place of the record's own.</summary>
    public const int Other = 3;

    /// <summary>A record's parent.</summary>
    /// <returns>The parent: a plain record, so that its id is certain.</returns>
    public static long Of(RecordPlanner children, long identity, RecordPlanner parents, int number)
    {
        RandomStream draw = children.Draw(DrawStream.Parents, (identity * 4) + number);
        return parents.PlainRecord(ref draw);
    }

    /// <summary>Whether a parent is in no file, and its id then; noted on the row. A few missing parents have most of the children.</summary>
    /// <param name="percent">How many of a hundred records miss their parent.</param>
    public static bool Dangles(ref RandomStream draw, SampleRow row, int percent, out long missing)
    {
        missing = 900_000_000_001 + (draw.Below(12) * draw.Below(12));
        bool dangles = draw.Chance(percent);
        row.Holds(dangles ? DefectKind.DanglingParent : DefectKind.None);
        return dangles;
    }

    /// <summary>A parent's HubSpot id.</summary>
    /// <returns>The id; <see langword="null"/> when HubSpot does not have the parent.</returns>
    public static long? HubspotId(RecordPlanner parents, long parent)
        => parents.InHubspot(parent) ? parents.HubspotId(parent) : null;
}
