namespace Recon.Postgres.Tuning;

/// <summary>
/// Decides whether one series of measurements is faster than another. The two were measured in turns, so they are
/// compared pair by pair: what slows the machine down for a while slows both.
/// </summary>
internal static class TuneJudgement
{
    /// <summary>Differences below this are not worth a change, however sure they are.</summary>
    public const double LeastGain = 0.05;

    /// <summary>A gain must be so many times the noise.</summary>
    public const double NoiseFactor = 2;

    // One pair in so many may go against the others.
    private const int PairsPerException = 8;

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Median deviation from the median, as a share of it.</summary>
    public static double Noise(IReadOnlyList<double> seconds)
    {
        double median = Median(seconds);
        return median > 0 ? Median(seconds.Select(value => Math.Abs(value - median))) / median : 0;
    }

    /// <param name="reference">Seconds of the reference, one per round.</param>
    /// <param name="candidate">Seconds of the candidate, in the same rounds.</param>
    /// <returns>
    /// The gain: the median over the pairs of the time saved, as a share. <see cref="TuneVerdict.Faster"/> when it is at
    /// least 5 % and twice the noise of either series, and no pair (one in eight) contradicts it;
    /// <see cref="TuneVerdict.Slower"/> the other way round.
    /// </returns>
    public static (TuneVerdict Verdict, double Gain) Compare(IReadOnlyList<double> reference, IReadOnlyList<double> candidate)
    {
        double[] gains = [.. reference.Zip(candidate, (before, now) => before > 0 ? 1 - (now / before) : 0)];
        double gain = Median(gains);
        double needed = Math.Max(LeastGain, NoiseFactor * Math.Max(Noise(reference), Noise(candidate)));
        int exceptions = gains.Length / PairsPerException;
        return (
            gain >= needed && gains.Count(each => each <= 0) <= exceptions ? TuneVerdict.Faster
            : gain <= -needed && gains.Count(each => each >= 0) <= exceptions ? TuneVerdict.Slower
            : TuneVerdict.NoDifference,
            gain);
    }
}
