using Recon.Benchmarks.WholeRuns;

namespace Recon.Cli.Tests.Benchmarks;

public sealed class ReconExecutableTests
{
    private static readonly string s_here = typeof(ReconExecutableTests).Assembly.Location;

    [Fact]
    public void Parse_NamesAndPaths_KeepsTheirOrder()
    {
        IReadOnlyList<ReconExecutable> parsed = ReconExecutable.Parse($"native={s_here}, {s_here}");

        Assert.Equal([new("native", s_here), new("Recon.Cli.Tests", s_here)], parsed);
        Assert.Null(ReconExecutable.Problem(parsed));
    }

    [Fact]
    public void Problem_SameNameTwice_IsTold()
        => Assert.Contains("each executable once", ReconExecutable.Problem(ReconExecutable.Parse($"a={s_here},a={s_here}")), StringComparison.Ordinal);

    [Fact]
    public void Problem_MissingFile_IsNamed()
        => Assert.StartsWith(Path.GetFullPath("nowhere"), ReconExecutable.Problem(ReconExecutable.Parse("a=nowhere")), StringComparison.Ordinal);

    [Fact]
    public void Name_SeveralBuilds_AreToldApart()
    {
        IReadOnlyList<ReconExecutable> builds = [new("release", "a"), new("native", "b")];

        Assert.Equal(["any, release", "auto, release", "any, native", "auto, native"], Contender.Of(builds, ["any", "auto"]).Select(one => one.Name(builds)));
        Assert.Equal("any", new Contender(builds[0], "any").Name([builds[0]]));
    }
}
