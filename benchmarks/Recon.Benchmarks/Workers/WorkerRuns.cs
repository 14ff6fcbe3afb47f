using System.Globalization;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;
using Recon.Benchmarks.WholeRuns;

namespace Recon.Benchmarks.Workers;

/// <summary>
/// How records a second grow with workers where cores are scarce: each worker is held to a share of a core, the server and the
/// coordinator are not. What counts is from when the workers are warm to the last record. And how long a run stands still whose coordinator is killed.
/// </summary>
/// <param name="rows">Communications.</param>
/// <param name="counts">Numbers of workers, which take turns; the first is what the others are compared with.</param>
/// <param name="share">The share of a core that each worker gets.</param>
/// <param name="rounds">How often they take turns, of which the median counts.</param>
/// <param name="takeOvers">How often a coordinator is killed.</param>
/// <param name="executable">The build of the tool; not a native one, which has no workers.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class WorkerRuns(
    long rows, IReadOnlyList<int> counts, double share, int rounds, int takeOvers, ReconExecutable executable, Findings findings, Action<string> log)
{
    private const string Strategy = "any";

    // Until so many records are committed for each worker, it still compiles what runs often, which costs a slow core many seconds.
    private const long Warm = 100_000;

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        var contender = new Contender(executable, Strategy);
        await new ToolRun(bench, contender).RunAsync(token);
        Dictionary<int, List<SharedRun>> runs = counts.ToDictionary(count => count, _ => new List<SharedRun>());
        for (int round = 1; round <= rounds; round++)
        {
            foreach (int count in counts)
            {
                SharedRun run = await ShareAsync(bench, contender, count, token);
                runs[count].Add(run);
                log(string.Create(CultureInfo.InvariantCulture, $"{round}: {count} workers: {run}"));
            }
        }

        List<TakeOver> takenOver = [];
        for (int time = 1; time <= takeOvers; time++)
        {
            takenOver.Add(await new TakeOverRun(bench, contender).RunAsync(token));
            log(string.Create(CultureInfo.InvariantCulture, $"{time}: coordinator killed: {takenOver[^1]}"));
        }

        JsonObject figures = Figures(runs, takenOver);
        findings.Publish(
            "workers",
            rows,
            figures,
            [.. Target.Judge("workers", rows, Strategy, executable.Name, figures)],
            WorkersText.Lines(figures),
            bench.ServerVersion,
            RunSettings.Of(JobDefinition.Write(bench.Folder, Strategy), [Strategy]),
            log);
        return 0;
    }

    private async Task<SharedRun> ShareAsync(Workbench bench, Contender contender, int workers, CancellationToken token)
    {
        List<CpuShare> shares = [];
        double[] before = [];
        double server = 0;
        try
        {
            await using WorkerFleet fleet = await WorkerFleet.StartAsync(
                bench,
                contender,
                workers,
                joined =>
                {
                    foreach (System.Diagnostics.Process worker in joined.Workers)
                    {
                        shares.Add(CpuShare.Create(string.Create(CultureInfo.InvariantCulture, $"recon-worker-{shares.Count}"), share));
                        shares[^1].Add(worker.Id);
                    }

                    before = Used(joined);
                    server = bench.Clock.Server();
                },
                token);

            // The processes are asked as long as they are there; what they use after the last batch is of no worker's work.
            long began = System.Diagnostics.Stopwatch.GetTimestamp();
            long readBefore = 0;
            double[] used = before;
            double serverUsed = server;
            while (await bench.CountAsync("select coalesce(sum(read), 0)::bigint from staging.reconciliation_ledger where batch > 0 and run_id = (select run_id from staging.reconciliation_lease where pipeline = 'communications')", token) is var read && read < rows)
            {
                if (fleet.Coordinator.HasExited)
                {
                    throw new InvalidOperationException("The coordinator ended before all records were committed.");
                }

                (used, serverUsed) = (Used(fleet), bench.Clock.Server());
                if (readBefore == 0 && read >= Warm * workers)
                {
                    (began, readBefore, before, server) = (System.Diagnostics.Stopwatch.GetTimestamp(), read, used, serverUsed);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, token);
            }

            double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
            double millions = (rows - readBefore) / 1e6;
            await fleet.EndAsync(token);
            return new SharedRun(
                1e6 * millions / seconds,
                (used[0] - before[0]) / millions,
                (used.Skip(1).Sum() - before.Skip(1).Sum()) / millions,
                (serverUsed - server) / millions);
        }
        finally
        {
            shares.ForEach(one => one.Dispose());
        }
    }

    // The coordinator's first.
    private static double[] Used(WorkerFleet fleet)
        => [CpuClock.Process(fleet.Coordinator.Id) ?? 0, .. fleet.Workers.Select(worker => CpuClock.Process(worker.Id) ?? 0)];

    private JsonObject Figures(Dictionary<int, List<SharedRun>> runs, List<TakeOver> takenOver)
    {
        double one = Measured.Median(runs[counts[0]].Select(run => run.RecordsPerSecond)) / counts[0];
        var byWorkers = new JsonObject();
        foreach ((int count, List<SharedRun> done) in runs)
        {
            double rate = Measured.Median(done.Select(run => run.RecordsPerSecond));
            byWorkers[count.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["records_per_second"] = Math.Round(rate),
                ["of_linear"] = Math.Round(rate / (count * one), 3),
                ["worker_cpu_per_million"] = Math.Round(Measured.Median(done.Select(run => run.WorkerCpu)), 2),
                ["coordinator_cpu_per_million"] = Math.Round(Measured.Median(done.Select(run => run.CoordinatorCpu)), 2),
                ["server_cpu_per_million"] = Math.Round(Measured.Median(done.Select(run => run.ServerCpu)), 2),
            };
        }

        var figures = new JsonObject
        {
            ["rows"] = rows,
            ["rounds"] = rounds,
            ["strategy"] = Strategy,
            ["executable"] = executable.Name,
            ["share_of_a_core"] = share,
            ["workers"] = byWorkers,
            ["loss_to_linear"] = Math.Round(1 - byWorkers.Min(of => of.Value!["of_linear"]!.GetValue<double>()), 3),
        };
        if (takenOver.Count > 0)
        {
            figures["take_overs"] = takenOver.Count;
            figures["take_over_seconds"] = Math.Round(Measured.Median(takenOver.Select(one => one.Leads)), 2);
            figures["slowest_take_over_seconds"] = Math.Round(takenOver.Max(one => one.Leads), 2);
            figures["first_batch_seconds"] = Math.Round(Measured.Median(takenOver.Select(one => one.FirstBatch)), 2);
            figures["slowest_first_batch_seconds"] = Math.Round(takenOver.Max(one => one.FirstBatch), 2);
        }

        return figures;
    }

    /// <summary>Figures of warm workers; CPU-seconds are those of a million records.</summary>
    private sealed record SharedRun(double RecordsPerSecond, double CoordinatorCpu, double WorkerCpu, double ServerCpu)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{RecordsPerSecond:0} records/s; CPU-seconds for a million: workers {WorkerCpu:0.00}, coordinator {CoordinatorCpu:0.00}, server {ServerCpu:0.00}");
    }
}
