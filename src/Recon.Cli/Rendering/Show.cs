using System.Globalization;

namespace Recon.Cli.Rendering;

/// <summary>Numbers as people read them.</summary>
internal static class Show
{
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun, which takes an s unless the count is 1.</summary>
    public static string Count(long count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>A duration in seconds with two decimals.</summary>
    public static string Seconds(TimeSpan elapsed) => elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);

    public static long Rate(long records, TimeSpan elapsed)
        => elapsed <= TimeSpan.Zero ? 0 : (long)Math.Round(records / elapsed.TotalSeconds);
}
