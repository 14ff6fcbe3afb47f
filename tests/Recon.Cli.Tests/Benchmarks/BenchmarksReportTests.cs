using System.Xml.Linq;
using Recon.Benchmarks.Reporting;
using Recon.Benchmarks.Results;

namespace Recon.Cli.Tests.Benchmarks;

public sealed class BenchmarksReportTests : IDisposable
{
    private readonly MadeUpResults _results = new();
    private readonly StringWriter _log = new();

    [Fact]
    public void Report_NoResults_SaysSoAndLeavesReadmeAlone()
    {
        string before = File.ReadAllText(_results.Readme);

        Assert.Equal(0, BenchmarksReport.Write(_results.Root, _log));

        Assert.StartsWith("No results are saved in", _log.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_results.Readme));
        Assert.False(File.Exists(_results.Plot));
    }

    [Fact]
    public void Report_AllResults_PutsEveryFigureIntoReadme()
    {
        _results.AddAll();

        BenchmarksReport.Write(_results.Root, _log);

        string readme = File.ReadAllText(_results.Readme);
        Assert.StartsWith("before\n<!-- benchmarks -->\n| whole job |", readme, StringComparison.Ordinal);
        Assert.EndsWith("<!-- /benchmarks -->\nafter\n", readme, StringComparison.Ordinal);
        Assert.Contains("| hand-tuned SQL | 1,000,000 | 10.00 | 1.00 | 0.5 + 15.5 | 1.00 |  |\n", readme, StringComparison.Ordinal);
        Assert.Contains("| DuckDB, and COPY | 1,000,000 | 20.00 | 2.00 | 16.0 + 8.0 | 1.50 | 1600 |\n", readme, StringComparison.Ordinal);
        Assert.Contains("| recon, `any` | 1,000,000 | 4.50 | 0.45 | 4.5 + 5.5 | 0.63 | 150 |\n", readme, StringComparison.Ordinal);
        Assert.Contains("| recon, `auto` | 1,000,000 | 3.25 | 0.33 |", readme, StringComparison.Ordinal);
        Assert.Contains("| recon again, `auto` (native) | 1,000,000 | 1.50 | 0.15 | 1.5 + 0.5 | 0.15 | 140 |\n", readme, StringComparison.Ordinal);
        Assert.Contains("| pandas and psycopg2 (5.5 times recon, `any`) | 500,000 | 12.50 |", readme, StringComparison.Ordinal);
        Assert.Contains("| `any` | 100,000 | 0.73 | 7.25 |", readme, StringComparison.Ordinal);
        Assert.Contains("first committed batch, `any`: 0.38 s; `--version`: 0.06 s.", readme, StringComparison.Ordinal);
        Assert.Contains("recon 0.1.0, .NET 10.0.0, PostgreSQL 17.1 on an OS; a <fast> CPU, 2 cores, 8 GB", readme, StringComparison.Ordinal);
        Assert.Contains("`sweep`: observed in sweep", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_JudgedResults_PutsEveryTargetBesideTheResults()
    {
        _results.AddAll();

        BenchmarksReport.Write(_results.Root, _log);

        string targets = File.ReadAllText(_results.Targets);
        Assert.StartsWith("before\n<!-- targets -->\n| measure | at most | release | native |\n", targets, StringComparison.Ordinal);
        Assert.Contains("| re-run after changes against a full run, `auto`: CPU | 0.20 | 0.25 **miss** | 0.15 pass |\n", targets, StringComparison.Ordinal);
        Assert.Contains("| peak memory, a million records, `any` | 170 MB | | |\n", targets, StringComparison.Ordinal);
        Assert.Equal(Target.All.Count + 2, targets.Split('\n').Count(line => line.StartsWith('|')));
    }

    [Fact]
    public void Report_Twice_ChangesNothing()
    {
        _results.AddAll();
        BenchmarksReport.Write(_results.Root, _log);
        (string Readme, string Plot) first = (File.ReadAllText(_results.Readme), File.ReadAllText(_results.Plot));

        BenchmarksReport.Write(_results.Root, _log);

        Assert.Equal(first, (File.ReadAllText(_results.Readme), File.ReadAllText(_results.Plot)));
    }

    [Fact]
    public void Report_OlderAndNewerResult_ShowsTheNewer()
    {
        _results.AddFull(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), 4.25);
        _results.AddFull(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), 8.75);

        BenchmarksReport.Write(_results.Root, _log);

        Assert.Contains("| 4.25 |", File.ReadAllText(_results.Readme), StringComparison.Ordinal);
        Assert.DoesNotContain("8.75", File.ReadAllText(_results.Readme), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_Plot_IsSvgWithTheNumbersAsTextAndWithoutScripts()
    {
        _results.AddAll();

        BenchmarksReport.Write(_results.Root, _log);

        XElement svg = XElement.Parse(File.ReadAllText(_results.Plot));
        XNamespace ns = "http://www.w3.org/2000/svg";
        string[] texts = [.. svg.Elements(ns + "text").Select(text => text.Value)];
        Assert.Equal(ns + "svg", svg.Name);
        Assert.Contains("hand-tuned SQL (1 million)", texts);
        Assert.Contains("10.0", texts);
        Assert.Contains("pandas, psycopg2 (500,000)", texts);
        Assert.Contains("25.0", texts);
        Assert.Contains("again, auto (native) (1 million)", texts);
        Assert.Contains("wall time, 6.5", texts);
        Assert.Equal(7, svg.Elements(ns + "rect").Count());
        Assert.Equal(6, svg.Elements(ns + "circle").Count());
        Assert.Empty(svg.Descendants(ns + "script"));
        Assert.Contains("prefers-color-scheme: dark", svg.Element(ns + "style")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OneSizeOnly_IsDrawn()
    {
        _results.AddFull(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), 4.25);

        BenchmarksReport.Write(_results.Root, _log);

        Assert.DoesNotContain("NaN", File.ReadAllText(_results.Plot), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("""{ "command": "full", "date": "soon" }""")]
    public void Report_DamagedResult_NamesTheFileAndWritesNothing(string text)
    {
        _results.AddAll();
        string damaged = Path.Combine(_results.Results, "2026-01-03-full-1.json");
        File.WriteAllText(damaged, text);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => BenchmarksReport.Write(_results.Root, _log));

        Assert.StartsWith($"{damaged} is no saved result", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_results.Plot));
    }

    [Fact]
    public void Report_ReadmeWithoutMarks_NamesTheFileAndWritesNothing()
    {
        _results.AddAll();
        File.WriteAllText(_results.Readme, "nothing\n");

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => BenchmarksReport.Write(_results.Root, _log));

        Assert.StartsWith($"{_results.Readme}: <!-- benchmarks --> must be there exactly once", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_results.Plot));
    }

    public void Dispose()
    {
        _results.Dispose();
        _log.Dispose();
    }
}
