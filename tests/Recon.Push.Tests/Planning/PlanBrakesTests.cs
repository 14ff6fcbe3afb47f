using Recon.Push.Planning;

namespace Recon.Push.Tests.Planning;

/// <summary>A brake is exceeded by more than it allows, not by as much.</summary>
public sealed class PlanBrakesTests
{
    private static readonly PlanBrakes s_brakes = new(MaxRecords: 900, MaxCleared: 5, MaxShare: 80, Matched: 1_000, FourEyes: false);

    [Theory]
    [InlineData(800, 5, 1_000)]
    [InlineData(801, 5, 1_000, "1 %")]
    [InlineData(901, 5, 10_000, "901 records")]
    [InlineData(10, 6, 1_000, "6 cleared values")]
    [InlineData(999, 0, 999, "999 records")]
    public void Brakes_Exceeded_AreNamed(long records, long cleared, long matched, params string[] expected)
    {
        IReadOnlyList<string> exceeded = PlanBrakes.Exceeded([("companies", s_brakes with { Matched = matched }, records, cleared)]);

        Assert.Equal(expected.Length, exceeded.Count);
        Assert.All(expected.Zip(exceeded), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Brakes_OfAPlan_CountAllItsPipelines()
        => Assert.Contains("1,000 records", PlanBrakes.Exceeded([("a", s_brakes, 500, 0), ("b", s_brakes, 500, 0)])[0], StringComparison.Ordinal);
}
