namespace Recon.Review.Audit;

/// <summary>What a sample says of all: the interval of Wilson (1927), without a correction for continuity.</summary>
internal static class Wilson
{
    /// <summary>Of a bound that holds in 95 of 100 cases, on one side.</summary>
    public const double OneSided95 = 1.6448536269514722;

    /// <summary>The greatest share that is plausible.</summary>
    /// <param name="hits">How many of the sample.</param>
    /// <param name="drawn">The sample's size, from 1.</param>
    /// <param name="z">How many standard deviations.</param>
    /// <returns>0 to 1.</returns>
    public static double Upper(long hits, long drawn, double z = OneSided95)
    {
        double share = (double)hits / drawn;
        double square = z * z;
        double centre = share + (square / (2 * drawn));
        double spread = z * Math.Sqrt(((share * (1 - share)) + (square / (4 * drawn))) / drawn);
        return hits == drawn ? 1 : Math.Min(1, (centre + spread) / (1 + (square / drawn)));
    }
}
