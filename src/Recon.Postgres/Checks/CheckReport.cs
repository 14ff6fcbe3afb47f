namespace Recon.Postgres.Checks;

/// <summary>All findings of one check, and the exit code that follows from them.</summary>
internal sealed class CheckReport(IReadOnlyList<Finding> findings)
{
    /// <summary>The findings, each once: those about the server first, then pipeline by pipeline.</summary>
    public IReadOnlyList<Finding> Findings { get; } = [.. findings.DistinctBy(finding => (finding.Pipeline, finding.ToString()))];

    /// <summary>How many findings would fail a run.</summary>
    public int Errors => Findings.Count(finding => finding.Severity == FindingSeverity.Error);

    public int Warnings => Findings.Count(finding => finding.Severity == FindingSeverity.Warning);

    /// <summary>
    /// 2 when something has to be fixed; 4 when all that is wrong is a server that cannot be reached now; 0 otherwise,
    /// with warnings too.
    /// </summary>
    public int ExitCode
    {
        get
        {
            int[] codes = [.. findings.Select(finding => finding.ExitCode).Where(code => code != 0).Distinct()];
            return codes switch
            {
                [] => 0,
                [4] => 4,
                _ => 2,
            };
        }
    }
}
