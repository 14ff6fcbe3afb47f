using Recon.Postgres.Tuning;

namespace Recon.Postgres.Tests.Tuning;

public sealed class TuneJudgementTests
{
    private static readonly double[] s_steady = [10, 10.1, 9.9, 10, 10.1];

    [Fact]
    public void Compare_ClearlyLessTimeInEveryPair_IsFaster()
    {
        (TuneVerdict verdict, double gain) = TuneJudgement.Compare(s_steady, [8, 8.1, 7.9, 8, 8.1]);

        Assert.Equal(TuneVerdict.Faster, verdict);
        Assert.Equal(0.2, gain, 2);
    }

    [Fact]
    public void Compare_ClearlyMoreTimeInEveryPair_IsSlower()
        => Assert.Equal(TuneVerdict.Slower, TuneJudgement.Compare(s_steady, [12, 12.1, 11.9, 12, 12.1]).Verdict);

    [Fact]
    public void Compare_SureButSmallGain_IsNoDifference()
        => Assert.Equal(TuneVerdict.NoDifference, TuneJudgement.Compare(s_steady, [9.6, 9.7, 9.5, 9.6, 9.7]).Verdict);

    [Fact]
    public void Compare_OnePairOfFiveAgainstIt_IsNoDifference()
        => Assert.Equal(TuneVerdict.NoDifference, TuneJudgement.Compare(s_steady, [8, 8.1, 10, 8, 8.1]).Verdict);

    [Fact]
    public void Compare_OnePairOfEightAgainstIt_IsFaster()
        => Assert.Equal(
            TuneVerdict.Faster,
            TuneJudgement.Compare([10, 10, 10, 10, 10, 10, 10, 10], [8, 8, 8, 11, 8, 8, 8, 8]).Verdict);

    [Fact]
    public void Compare_GainBelowTwiceTheNoise_IsNoDifference()
        => Assert.Equal(
            TuneVerdict.NoDifference,
            TuneJudgement.Compare([10, 13, 9, 14, 10], [8.5, 11, 7.7, 11.9, 8.6]).Verdict);

    // The machine was slow in two rounds, for both: the pairs show the gain, and each series is steady otherwise.
    [Fact]
    public void Compare_SlowRoundsOfBoth_DoNotHideTheGain()
        => Assert.Equal(TuneVerdict.Faster, TuneJudgement.Compare([10, 20, 10, 19, 10], [8, 16, 8, 15, 8]).Verdict);

    [Fact]
    public void Compare_WithItself_IsNoDifference()
        => Assert.Equal((TuneVerdict.NoDifference, 0), TuneJudgement.Compare(s_steady, s_steady));

    [Fact]
    public void Noise_IsTheMedianDeviationFromTheMedian()
        => Assert.Equal(0.1, TuneJudgement.Noise([9, 10, 11, 10, 30, 9, 11]), 6);
}
