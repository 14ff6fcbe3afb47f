namespace Recon.Cli.Rendering;

/// <summary>Bars of block characters, which need neither colours nor a terminal.</summary>
internal static class TunePlot
{
    private const int Width = 24;

    /// <returns>
    /// At most 24 characters: <c>█</c> up to the smallest value, <c>▓</c> up to the median, <c>░</c> up to the largest.
    /// </returns>
    public static string Bar(double slowest, double median, double fastest, double full)
    {
        (int low, int middle, int high) = (Cells(slowest, full), Cells(median, full), Cells(fastest, full));
        return new string('█', low) + new string('▓', middle - low) + new string('░', high - middle);
    }

    private static int Cells(double value, double full)
        => full <= 0 ? 0 : Math.Clamp((int)Math.Round(value / full * Width), 0, Width);
}
