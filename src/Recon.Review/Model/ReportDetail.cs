namespace Recon.Review.Model;

/// <summary>How much a report tells of each thing. What does not fit into a file is told with less.</summary>
/// <param name="Transitions">Changes of a property.</param>
/// <param name="Samples">Rejected records of a reason, withheld differences of a rule.</param>
/// <param name="Values">Rejected values of a property.</param>
/// <param name="Parents">Missing parents of a lookup.</param>
/// <param name="Characters">Characters of a value.</param>
internal sealed record ReportDetail(int Transitions, int Samples, int Values, int Parents, int Characters)
{
    /// <summary>The most, and what is read for it.</summary>
    public static ReportDetail Most { get; } = new(5, 3, 8, 10, 120);

    /// <summary>From the most to the least.</summary>
    public static IReadOnlyList<ReportDetail> Levels { get; } =
        [Most, new(3, 2, 5, 6, 80), new(2, 1, 3, 4, 60), new(1, 1, 2, 3, 40), new(0, 0, 0, 0, 30)];
}
