using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Benchmarks.Scaling;

/// <summary><c>scale</c>: how the graph scales where every block has a core, and what <c>recon tune</c> makes of that.</summary>
internal static class ScaleCommand
{
    // A round of tune finds what limits now; what limits then is found by the next one.
    private const int MostSearches = 4;

    /// <summary>Runs it.</summary>
    /// <param name="cores">Cores that <c>recon tune</c> is told of.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(int cores, CancellationToken token)
    {
        // A comparison that only waits holds a thread without using a core.
        ThreadPool.SetMinThreads(64, 64);
        ValidPipeline pipeline = DefinitionReader.Read(Path.Combine(Workbench.Root, "pipeline.json")).Definition!
            .Pipelines.Single(pipeline => pipeline.Name == "communications");
        BlockCosts costs = BlockCosts.Measured;
        TuneSettings shipped = TuneSettings.Of(pipeline);
        Console.WriteLine("| lookups | diffs | writers | model, records a second | limited by | graph, records a second | graph of model |\n|---|---|---|---|---|---|---|");
        foreach (TuneSettings settings in (TuneSettings[])
        [
            shipped,
            shipped with { Writers = 4 },
            shipped with { Writers = 4, Parallelism = 4 },
            shipped with { Writers = 8, Parallelism = 4 },
            shipped with { Writers = 8, Parallelism = 4, Diffs = 2 },
            shipped with { Writers = 16, Parallelism = 8, Diffs = 4 },
        ])
        {
            await ShowAsync(pipeline, costs, settings, token);
        }

        for (int search = 1; search <= MostSearches; search++)
        {
            TuneReport report = await new TuneSearch(
                new DelayedTrials(pipeline, costs),
                pipeline,
                new TuneOptions { Cores = cores, Repeat = 3, LeastWarmUp = TimeSpan.Zero },
                NullLogger.Instance).SearchAsync(token);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"\nrecon tune, {cores} cores, round {search}: {Text(report.Recommended.Changes(pipeline))}; saves {100 * report.Gain:0} %"));
            if (report.Recommended == report.Present)
            {
                break;
            }

            pipeline = report.Recommended.Apply(pipeline);
        }

        return 0;
    }

    private static async Task ShowAsync(ValidPipeline pipeline, BlockCosts costs, TuneSettings settings, CancellationToken token)
    {
        ValidPipeline tried = settings.Apply(pipeline);
        Trial trial = await new DelayedTrials(pipeline, costs).RunAsync(settings, token);
        double model = costs.RecordsPerSecond(tried);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {string.Join(", ", tried.Lookups.Select(lookup => lookup.Parallelism))} | {tried.Diff.Parallelism} | {tried.Stage.Writers} | {model:N0} | {costs.Limit(tried)} | {trial.RecordsPerSecond:N0} | {trial.RecordsPerSecond / model:0.00} |"));
    }

    private static string Text(IReadOnlyList<DefinitionChange> changes) => changes.Count == 0
        ? "nothing to change"
        : string.Join(", ", changes.Where(change => change.Key != "capacity").Select(change => $"{change.Block}.{change.Key} {change.Json}"));
}
