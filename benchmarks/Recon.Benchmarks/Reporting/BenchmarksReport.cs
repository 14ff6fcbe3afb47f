using Recon.Benchmarks.Results;
using Recon.Benchmarks.Workers;

namespace Recon.Benchmarks.Reporting;

/// <summary><c>report</c>: makes the plot and the tables from the newest saved results.</summary>
internal static class BenchmarksReport
{
    /// <summary>Writes <c>docs/benchmarks.svg</c>, the table of <c>README.md</c>, that of the targets beside the results, and the figures of workers in <c>docs/scale-out.md</c>.</summary>
    /// <param name="root">The repository's root.</param>
    /// <param name="log">Told what was written.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="InvalidDataException">A saved result or a document's marks are damaged; nothing was written.</exception>
    public static int Write(string root, TextWriter log)
    {
        NewestResults results = NewestResults.Of(SavedResult.ReadAll(SavedResult.FolderOf(root)));
        if (results.All.Count == 0)
        {
            log.WriteLine(
                $"No results are saved in {SavedResult.FolderOf(root)}. Measure with full, rerun, sweep, python or start, and --save.");
            return 0;
        }

        string plot = Path.Combine(root, "docs", "benchmarks.svg");
        string readme = Path.Combine(root, "README.md");
        string targets = Path.Combine(SavedResult.FolderOf(root), "README.md");
        string drawing = new ResultPlot(results).Draw();
        MarkedSection.Refresh(readme, "benchmarks", new ResultTable(results).Write());
        MarkedSection.Refresh(targets, "targets", new TargetTable(results).Write());
        if (results.Workers is { } workers)
        {
            MarkedSection.Refresh(Path.Combine(root, "docs", "scale-out.md"), "workers", WorkersText.Markdown(workers.Figures));
        }

        File.WriteAllText(plot, drawing);
        log.WriteLine(
            $"{plot} and the tables in {readme} and {targets} show the newest of {string.Join(", ", results.All.Select(result => result.Command))}.");
        return 0;
    }
}
