using System.Globalization;
using Recon.Dataflow.Text;

namespace Recon.Review.Markup;

/// <summary>Numbers as people read them.</summary>
internal static class Numbers
{
    public static string Count(long count) => CountText.Show(count);

    /// <summary>A count with its noun, which takes an s unless the count is 1.</summary>
    public static string Count(long count, string noun) => CountText.Show(count, noun);

    /// <summary>A part in percent. What is there is never 0 %, and what is missing never 100 %.</summary>
    public static string Share(long part, long whole) => whole == 0 ? "" : (100m * part / whole) switch
    {
        < 0.1m when part > 0 => "< 0.1 %",
        > 99.9m when part < whole => "> 99.9 %",
        decimal share when share is 0 or 100 or (>= 9.95m and < 99.5m) => string.Create(CultureInfo.InvariantCulture, $"{share:0} %"),
        decimal share => string.Create(CultureInfo.InvariantCulture, $"{share:0.0} %"),
    };

    /// <summary>A number that may be less than before.</summary>
    public static string Difference(long difference) => difference switch
    {
        0 => "±0",
        < 0 => $"−{Count(-difference)}",
        _ => $"+{Count(difference)}",
    };

    public static string Duration(double seconds) => seconds switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };

    /// <summary>A duration as a clock shows it, such as <c>1:42</c> or <c>2:01:42</c>.</summary>
    public static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
    }
}
