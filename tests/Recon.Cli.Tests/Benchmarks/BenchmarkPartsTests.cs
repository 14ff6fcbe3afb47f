using Recon.Benchmarks.Profiling;
using Recon.Benchmarks.Reporting;
using Recon.Benchmarks.Scaling;
using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Definition;
using Recon.Testing;

namespace Recon.Cli.Tests.Benchmarks;

public sealed class BenchmarkPartsTests
{
    [Fact]
    public void MarkedSection_Content_ReplacesOnlyWhatIsBetweenTheMarks()
        => Assert.Equal(
            "a\n<!-- x -->\nnew\n<!-- /x -->\nb <!-- y -->",
            MarkedSection.Replace("a\n<!-- x -->\nold\nlines\n<!-- /x -->\nb <!-- y -->", "x", "\nnew\n\n"));

    [Theory]
    [InlineData("<!-- x -->")]
    [InlineData("<!-- /x -->")]
    [InlineData("<!-- /x --><!-- x -->")]
    [InlineData("<!-- x --><!-- x --><!-- /x -->")]
    public void MarkedSection_MarksNotAsTheyShouldBe_IsRefused(string text)
        => Assert.Throws<InvalidDataException>(() => MarkedSection.Replace(text, "x", "new"));

    [Theory]
    [InlineData("README.md", "benchmarks")]
    [InlineData("docs/tuning.md", "profile")]
    [InlineData("benchmarks/results/README.md", "targets")]
    public void MarkedSection_Documents_HaveTheirMarks(string document, string name)
        => Assert.Contains("new", MarkedSection.Replace(File.ReadAllText(Path.Combine(Repository.Root, document)), name, "new"), StringComparison.Ordinal);

    [Theory]
    [InlineData(new double[] { }, 0)]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 9 }, 3)]
    public void Median_Values_IsTheMiddle(double[] values, double expected) => Assert.Equal(expected, Measured.Median(values));

    [Fact]
    public void Spread_Sizes_ComparesTheDearestWithTheCheapest() => Assert.Equal(
        1.25,
        SweepRuns.Spread(
            [SizeCost.Of(100, new Measured(1, 0, 0)), SizeCost.Of(1_000, new Measured(8, 0, 0)), SizeCost.Of(10, new Measured(0.09, 0, 0))],
            cost => cost.Microseconds),
        precision: 9);

    [Fact]
    public void ProfileText_Profile_GivesEveryBlockAndStagePerRecord()
    {
        var profile = new RunProfile(
            2_000_000,
            "any",
            10,
            8,
            6,
            1_000_000_000,
            [3, 2, 1],
            150,
            new Dictionary<string, TimeSpan> { ["reading"] = TimeSpan.FromSeconds(9) },
            [new BlockCost("match", 2, 2_000, 12, 0.6666, 1.5, 6.75)],
            [new StageCost("Diff", 1.25, 1.5, 42.5)]);

        string text = ProfileText.Of(profile, "Measured here.");

        Assert.Contains("2,000,000 communications, strategy `any`: 10.00 s. Measured here.", text, StringComparison.Ordinal);
        Assert.Contains("| CPU of recon | 8.00 s | 4.00 µs |", text, StringComparison.Ordinal);
        Assert.Contains("| allocated | 1000.0 MB | 500.0 bytes |", text, StringComparison.Ordinal);
        Assert.Contains("| match | 2 | 2000 | 12.00 s | 67 % | 1.5 | 6.8 ms |", text, StringComparison.Ordinal);
        Assert.Contains("| Diff | 1.25 µs | 1.50 µs | 42.5 bytes |", text, StringComparison.Ordinal);
        Assert.Contains("2.50 µs per record.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 200_000, "stage")]
    [InlineData(8, 1, 666_667, "match")]
    public void BlockCosts_Settings_TheSlowestBlockDecides(int writers, int diffs, double pace, string limit)
    {
        ValidPipeline pipeline = DefinitionReader.Read(Path.Combine(Repository.Root, "pipeline.json")).Definition!.Pipelines
            .Single(pipeline => pipeline.Name == "communications")
            .With(block => block switch
            {
                StageBlockDefinition stage => stage with { Writers = writers },
                DiffBlockDefinition diff => diff with { Parallelism = diffs },
                _ => block,
            });
        var costs = new BlockCosts(Read: 1, Match: 3, Parent: 0.5, Diff: 1, Stage: 5);

        Assert.Equal(limit, costs.Limit(pipeline));
        Assert.Equal(pace, costs.RecordsPerSecond(pipeline), tolerance: 1);
    }
}
