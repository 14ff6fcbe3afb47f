using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Cli.Tests.Benchmarks;

public sealed class TargetTests
{
    [Fact]
    public void Judge_FiguresOfOneStrategy_TakesItsTargetsAndNoOthers()
    {
        var figures = new JsonObject { ["ratio_to_sql"] = 0.5, ["peak_rss_mb"] = 221.5, ["rows"] = 1 };

        TargetResult[] judged = [.. Target.Judge("full", 1_000_000, "auto", "native", figures)];

        Assert.Equal(
            [
                "MISS  native: full run against the fair SQL, `auto`: wall time: 0.50 (at most 0.45)",
                "MISS  native: peak memory, a million records, `auto`: 222 MB (at most 220 MB)",
            ],
            judged.Select(result => result.ToString()));
    }

    [Fact]
    public void Judge_ExactlyTheTarget_Passes()
        => Assert.True(Assert.Single(Target.Judge("start", 10_000, "any", "release", new JsonObject { ["version_seconds"] = 0.05 })).Passed);

    [Theory]
    [InlineData("full", 200_000, "any")]
    [InlineData("full", 1_000_000, "cache")]
    [InlineData("profile", 1_000_000, "any")]
    public void Judge_WithoutATarget_SaysNothing(string command, long rows, string strategy)
        => Assert.Empty(Target.Judge(command, rows, strategy, "release", new JsonObject { ["ratio_to_sql"] = 9 }));

    [Fact]
    public void All_Measures_AreDistinct()
        => Assert.Equal(Target.All.Count, Target.All.Select(target => target.Measure).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void Of_SavedResult_ReadsWhatWasSaved()
    {
        TargetResult[] judged = [.. Target.Judge("start", 10_000, "any", "release", new JsonObject { ["first_batch_seconds"] = 0.25 })];
        var saved = new SavedResult(
            "start", DateTimeOffset.UnixEpoch, 10_000, new JsonObject { ["targets"] = new JsonArray([.. judged.Select(one => one.ToJson())]) }, [], [], [], "");

        Assert.Equal(judged, TargetResult.Of(saved));
        Assert.Empty(TargetResult.Of(saved with { Figures = [] }));
    }
}
