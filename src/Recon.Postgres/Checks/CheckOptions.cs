namespace Recon.Postgres.Checks;

internal sealed record CheckOptions
{
    /// <summary>Records of each pipeline's input that are read and converted.</summary>
    /// <value>0 (header and encoding only) and up. Default: 1,000.</value>
    public long Records { get; init; } = 1_000;

    /// <summary>
    /// Longest time for each question that reads a whole mirror table (keys that are not canonical, repeated keys). A
    /// question that takes longer is given up and reported as such.
    /// </summary>
    /// <value>10 milliseconds and up. Default: 5 seconds.</value>
    public TimeSpan ScanTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
