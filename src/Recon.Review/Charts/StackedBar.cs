using Recon.Review.Markup;

namespace Recon.Review.Charts;

/// <summary>A bar whose parts add up to its length.</summary>
internal static class StackedBar
{
    private const double Length = 1000;

    // A part of a million still is a line.
    private const double Least = 4;

    /// <param name="label">What it says, for those who do not see it.</param>
    /// <param name="parts">The name of each part's colour, and its size.</param>
    /// <param name="whole">The length of the bar; <see langword="null"/> for the sum of the parts.</param>
    public static Html Of(string label, IEnumerable<(string Colour, double Size)> parts, double? whole = null)
    {
        (string Colour, double Size)[] shown = [.. parts.Where(part => part.Size > 0)];
        double all = Math.Max(whole ?? 0, shown.Sum(part => part.Size));
        double[] lengths = [.. shown.Select(part => Math.Max(Least, Length * part.Size / all))];
        double shrink = Math.Min(1, Length / Math.Max(1, lengths.Sum()));
        double at = 0;
        List<Html> drawn = [];
        for (int index = 0; index < shown.Length; at += lengths[index++] * shrink)
        {
            drawn.Add(Html.Of($"""<rect class="c-{shown[index].Colour}" x="{at}" y="0" width="{lengths[index] * shrink}" height="10"/>"""));
        }

        return Html.Of($"""<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{label}">{drawn}</svg>""");
    }
}
