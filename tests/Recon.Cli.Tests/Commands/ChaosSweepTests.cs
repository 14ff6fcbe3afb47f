using System.Diagnostics;
using System.Globalization;
using System.Text;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>
/// Random faults, several in one run: recon killed, asked to stop, put to sleep; its sessions ended, their processes killed,
/// the server stopped at once; connections cut at any message, replies to COMMIT swallowed; a second recon beside it. In the
/// end a resumed run has to have published what an undisturbed one does, and nothing may be left over.
/// </summary>
/// <remarks>
/// RECON_SEEDS names the seeds, as <c>17</c> or <c>1-100</c>. A seed fixes what is done and after how many batches; where in
/// a batch that hits is up to the machine.
/// </remarks>
public sealed class ChaosSweepTests(ITestOutputHelper output)
{
    private const string UsualSeeds = "1-6";
    private const int MostFaults = 4;
    private const int MostStarts = 25;

    // What a run may end with when somebody breaks it: done, resumable, held by another, stopped, killed.
    private static readonly int[] s_ends = [0, 4, 5, 130, 137, 143];

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Recon_RandomFaults_EndsWithTheContentOfAnUndisturbedRun()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are stopped by signals.");
        int[] seeds = [.. Seeds(Environment.GetEnvironmentVariable("RECON_SEEDS") ?? UsualSeeds)];
        await using var server = new ChaosServer();
        await server.StartAsync();
        using TempFolder folder = PublishedContent.SmallBatches();
        await using (CliProcess first = Start(folder, server))
        {
            CliRun undisturbed = await first.EndAsync();
            Assert.True(undisturbed.ExitCode == 0, undisturbed.Error);
        }

        string golden = await PublishedContent.ReadAsync(server.Database);
        Dictionary<string, int> done = [];
        var watch = Stopwatch.StartNew();
        int episodes = 0;
        foreach (int seed in seeds)
        {
            if (Environment.GetEnvironmentVariable("RECON_SEEDS") is null && watch.Elapsed > s_limit)
            {
                break;
            }

            var episode = new Episode(server, folder, seed, done);
            try
            {
                await episode.PlayAsync();
                await PublishedContent.RequireAsync(server.Database, golden, episode.ToString());
            }
            finally
            {
                output.WriteLine(episode.ToString());
            }

            episodes++;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{episodes} of {seeds.Length} episodes in {watch.Elapsed.TotalSeconds:0} s: ")
            + string.Join(", ", done.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => $"{fault.Value} {fault.Key}")));
        Assert.True(episodes >= Math.Min(seeds.Length, 3), $"Only {episodes} episodes in {watch.Elapsed}.");
        Assert.True(done.Values.Sum() >= episodes, "Most runs ended before anything was broken.");
    }

    private static IEnumerable<int> Seeds(string text)
    {
        int[] ends = [.. text.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }

    private static CliProcess Start(TempFolder folder, ChaosServer server, params string[] options)
        => CliProcess.Start(folder.Path, [], ["run", .. PublishedContent.Pipelines, .. options, "--postgres", server.Proxy.ConnectionString]);

    /// <summary>One run, broken and resumed until it is published.</summary>
    private sealed class Episode(ChaosServer server, TempFolder folder, int seed, Dictionary<string, int> done)
    {
        private readonly Random _random = new(seed);
        private readonly StringBuilder _story = new();
        private CliProcess? _recon;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {seed}:{_story}");

        public async Task PlayAsync()
        {
            await server.Database.ExecuteAsync(_random.Next(2) == 0
                ? "drop schema if exists staging cascade"
                : "update staging.companies_reconciliation set notes = 'former'; update staging.communications_reconciliation set notes = 'former'");
            server.Proxy.Arm(new FaultPlan());
            _recon = Start(folder, server);
            try
            {
                for (int fault = _random.Next(1, MostFaults + 1); fault > 0; fault--)
                {
                    await WaitForBatchesAsync(_random.Next(40));
                    if (_recon.HasExited && await EndedAsync())
                    {
                        return;
                    }

                    await BreakAsync();
                }

                for (int start = 0; !await EndedAsync(); start++)
                {
                    Assert.True(start < MostStarts, $"{this}: not published after {MostStarts} starts");
                }
            }
            finally
            {
                await _recon.DisposeAsync();
            }
        }

        private async Task BreakAsync()
        {
            (string Name, Func<Task> Do)[] faults =
            [
                ("killed", KillAsync),
                ("stopped", StopAsync),
                ("asleep", SleepAsync),
                ("sessions ended", () => server.EndSessionsAsync(_random.Next(1, 6))),
                ("backend killed", server.KillSessionAsync),
                ("server stopped at once", server.RestartAsync),
                ("connection cut", () => CutAsync(new FaultPlan { CutAtMessage = _random.Next(1, 200) })),
                ("COMMIT swallowed", () => CutAsync(new FaultPlan { SwallowCommit = _random.Next(1, 10) })),
                ("rival", RivalAsync),
            ];
            (string name, Func<Task> fault) = faults[_random.Next(faults.Length)];
            _story.Append(' ').Append(name).Append(';');
            done[name] = done.GetValueOrDefault(name) + 1;
            await fault();
        }

        private Task KillAsync()
        {
            _recon!.Kill();
            return Task.CompletedTask;
        }

        private Task StopAsync()
        {
            _recon!.Signal(15);
            return Task.CompletedTask;
        }

        // The machine is suspended, and its sessions are gone when it wakes up.
        private async Task SleepAsync()
        {
            _recon!.Signal(19);
            await server.EndSessionsAsync(_random.Next(20));
            _recon.Signal(18);
        }

        private Task CutAsync(FaultPlan plan)
        {
            server.Proxy.Arm(plan);
            return Task.CompletedTask;
        }

        private async Task RivalAsync()
        {
            await using CliProcess rival = Start(folder, server, "--resume");
            CliRun end = await rival.EndAsync();
            Require(end, "the rival");
        }

        // Starts recon again unless it published.
        private async Task<bool> EndedAsync()
        {
            CliRun end = await _recon!.EndAsync();
            Require(end, "recon");
            if (end.ExitCode == 0)
            {
                return true;
            }

            await _recon.DisposeAsync();
            _story.Append(CultureInfo.InvariantCulture, $" exit {end.ExitCode}, resumed;");
            _recon = Start(folder, server, "--resume");
            return false;
        }

        private void Require(CliRun end, string who)
            => Assert.True(s_ends.Contains(end.ExitCode), $"{this}: {who} ended with {end.ExitCode}:\n{end.Error}");

        private async Task WaitForBatchesAsync(int batches)
        {
            long before = await BatchesAsync();
            await Until.TrueAsync(
                "batches, or the end of recon",
                async () => _recon!.HasExited || await BatchesAsync() is var now && (now < before || now >= before + batches),
                TestContext.Current.CancellationToken);
        }

        private async Task<long> BatchesAsync()
            => await server.AskAsync("select count(*) from staging.reconciliation_ledger") ?? 0;
    }
}
