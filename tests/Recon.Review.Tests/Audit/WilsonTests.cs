using Recon.Review.Audit;

namespace Recon.Review.Tests.Audit;

/// <summary>Against what is published: Newcombe, Statistics in Medicine 17 (1998), table I, method 3; and the rule for none of n.</summary>
public sealed class WilsonTests
{
    private const double TwoSided95 = 1.959963984540054;

    [Theory]
    [InlineData(81, 263, 0.3662)]
    [InlineData(15, 148, 0.1605)]
    [InlineData(0, 20, 0.1611)]
    [InlineData(1, 29, 0.1718)]
    public void Upper_PublishedSamples_IsThePublishedBound(long hits, long drawn, double expected)
        => Assert.Equal(expected, Wilson.Upper(hits, drawn, TwoSided95), 4);

    [Theory]
    [InlineData(10)]
    [InlineData(59)]
    [InlineData(1000)]
    public void Upper_NoneOfTheSample_IsWhatTheFormulaComesTo(long drawn)
    {
        double square = Wilson.OneSided95 * Wilson.OneSided95;

        Assert.Equal(square / (drawn + square), Wilson.Upper(0, drawn), 12);
    }

    [Fact]
    public void Upper_AnySample_IsAtLeastItsShareAndFallsWithItsSize()
    {
        for (long drawn = 1; drawn < 200; drawn++)
        {
            for (long hits = 0; hits <= drawn; hits++)
            {
                double upper = Wilson.Upper(hits, drawn);
                Assert.InRange(upper, (double)hits / drawn, 1);
                Assert.True(Wilson.Upper(hits, drawn + 1) <= upper);
                Assert.True(hits == drawn || Wilson.Upper(hits + 1, drawn) > upper);
            }
        }
    }
}
