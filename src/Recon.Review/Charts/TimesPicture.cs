using System.Globalization;
using System.Text;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Charts;

/// <summary>Where the time of a block's workers went, over the time of a run: areas that lie on each other and fill the height.</summary>
internal static class TimesPicture
{
    private const double Width = 600;
    private const double Height = 100;

    /// <summary>The times in the order in which they lie on each other, the lowest first, with the names of their colours.</summary>
    public static IReadOnlyList<(string Name, Func<TimesFacts, double> Seconds)> Times { get; } =
    [
        ("busy", times => times.BusySeconds),
        ("waiting", times => times.WaitingSeconds),
        ("blocked", times => times.BlockedSeconds),
        ("idle", times => times.IdleSeconds),
    ];

    /// <param name="parts">The parts of the run's time.</param>
    /// <param name="times">The times in each of them.</param>
    /// <param name="label">What it says, for those who do not see it.</param>
    public static Html Of(IReadOnlyList<CommittedFacts> parts, IReadOnlyList<TimesFacts> times, string label)
    {
        // Each area goes down to the ground, and those that end below it are drawn over it.
        List<Html> areas = [];
        for (int last = Times.Count - 1; last >= 0; last--)
        {
            if (times.Any(each => Times[last].Seconds(each) > 0))
            {
                areas.Add(Html.Of($"""<path class="c-{Times[last].Name}" d="{Area(parts, times, last)}"/>"""));
            }
        }

        return Html.Of($"""<svg class="course" viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="{label}">{areas}</svg>""");
    }

    private static string Area(IReadOnlyList<CommittedFacts> parts, IReadOnlyList<TimesFacts> times, int last)
    {
        double end = parts[^1].Second + parts[^1].Seconds;
        StringBuilder path = new($"M0 {Height}");
        foreach ((CommittedFacts part, TimesFacts each) in parts.Zip(times))
        {
            double share = each.Seconds <= 0 ? 0 : Times.Take(last + 1).Sum(time => time.Seconds(each)) / each.Seconds;
            path.Append(CultureInfo.InvariantCulture, $"V{Height - (Height * share):0}H{Width * (part.Second + part.Seconds) / end:0}");
        }

        return path.Append(CultureInfo.InvariantCulture, $"V{Height}Z").ToString();
    }
}
