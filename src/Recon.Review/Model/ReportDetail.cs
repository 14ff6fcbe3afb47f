using Recon.Postgres.Queries;

namespace Recon.Review.Model;

/// <summary>How much a report tells of each thing. What does not fit into a file is told with less.</summary>
/// <param name="Transitions">Changes of a property.</param>
/// <param name="Samples">Rejected records of a reason, withheld differences of a rule.</param>
/// <param name="Values">Rejected values of a property.</param>
/// <param name="Parents">Missing parents of a lookup.</param>
/// <param name="Characters">Characters of a value.</param>
/// <param name="Parts">Parts of a run's time.</param>
internal sealed record ReportDetail(int Transitions, int Samples, int Values, int Parents, int Characters, int Parts)
{
    /// <summary>The most, and what is read for it.</summary>
    public static ReportDetail Most { get; } = new(5, 3, 8, 10, 120, 60);

    /// <summary>What has to be read for it.</summary>
    /// <param name="masked">Whether values are hidden: then few of the transitions that are read may be told.</param>
    /// <param name="compares">Whether records are compared with those of the run before.</param>
    public static ReportLimits Limits(bool masked, bool compares)
        => new(masked ? ReportBuilder.MostTransitions : Most.Transitions, Most.Samples, Most.Parents, compares);

    /// <summary>From the most to the least.</summary>
    public static IReadOnlyList<ReportDetail> Levels { get; } =
        [Most, new(3, 2, 5, 6, 80, 40), new(2, 1, 3, 4, 60, 30), new(1, 1, 2, 3, 40, 20), new(0, 0, 0, 0, 30, 6)];
}
