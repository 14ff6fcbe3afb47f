namespace Recon.Discovery.Proposing.Matching;

/// <summary>How columns are called in messages.</summary>
internal sealed class ColumnLabels(PairedRows rows)
{
    public string File(Candidate candidate) => rows.File[candidate.File].Name;

    public string Mirror(Candidate candidate) => rows.Mirror[candidate.Mirror].Name;
}
