using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Live;

public sealed class RunProgressTests(PostgresServer server)
{
    [Fact]
    public async Task Snapshot_AtAnyMoment_AddsUp()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 3000);
        using Looker looker = new();
        world.Progress = looker;

        PipelineResult result = await world.RunAsync();
        IReadOnlyList<RunProgress> seen = await looker.SeenAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Contains(seen, run => run.Phase == "opening");
        Assert.Contains(seen, run => run.Phase == "reading" && run.Account.Read > 0);
        Assert.Contains(seen, run => run.Phase is "indexing" or "folding" or "publishing");
        Assert.All(seen, AssertAddsUp);
        RunProgress last = seen[^1];
        Assert.Equal(result.Counts.Read, last.Account.Read);
        Assert.Equal(result.Counts.ByReason, last.Rejects);
        Assert.Equal(["csv", "batch", "match", "parent", "diff", "stage"], last.Blocks.Select(block => block.Name));
        Assert.Equal(["match", "parent"], last.Lookups.Select(lookup => lookup.Name));
        Assert.All(last.Lookups, lookup => Assert.True(lookup is { Ids: > 0, Hits: > 0, P50Seconds: > 0 }, lookup.ToString()));
        Assert.Equal(last.Blocks[^1].Batches, last.Commits);
        Assert.True(last.CopiedBytes > 0);
        Assert.NotNull(last.Verdict);
    }

    [Fact]
    public async Task Snapshot_DryRun_IsToldFromTheSameBlocks()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 300);
        using Looker looker = new();
        world.Progress = looker;

        DryRunResult result = await world.DryRunAsync();

        RunProgress last = (await looker.SeenAsync())[^1];
        Assert.Equal(result.Counts.Read, last.Account.Read);
        Assert.Equal(0, last.CopiedBytes);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"pipeline": "things", "run_id": "01a21ab9-0f5e-7000-8000-000000000001"}""")]
    public void Parse_WhatIsNoProgress_IsNull(string json) => Assert.Null(RunProgress.Parse(json));

    [Fact]
    public void Parse_OfAnotherVersion_HasWhatItKnows()
    {
        RunProgress? run = RunProgress.Parse(
            """{"pipeline": "things", "run_id": "01a21ab9-0f5e-7000-8000-000000000001", "phase": "reading", "seconds": 3, "news": [1]}""");

        Assert.NotNull(run);
        Assert.Equal(3, run.Seconds);
        Assert.Empty(run.Blocks);
        Assert.Empty(run.Rejects);
        Assert.Equal(RowAccount.None, run.Account);
    }

    private static void AssertAddsUp(RunProgress run)
    {
        RowAccount account = run.Account;
        Assert.Equal(account.Read, account.Staged + account.Folded + account.Filtered + account.Rejected);
        Assert.Equal(account.Staged, account.Matched + account.Unmatched + account.Ambiguous + account.Conflict);
        Assert.Equal(account.Rejected, run.Rejects.Values.Sum());
        Assert.InRange(run.BytesRead, 0, run.BytesTotal!.Value);
        Assert.InRange(run.Share ?? 0, 0, 1);

        // All workers have worked for the same time, whatever they did in it.
        double[] perWorker = [.. run.Blocks.Where(block => block.Workers > 0).Select(block =>
            (block.BusySeconds + block.WaitingSeconds + block.IdleSeconds + block.BlockedSeconds) / block.Workers)];
        Assert.All(perWorker, seconds => Assert.Equal(perWorker[0], seconds, 0.00001));
        Assert.All(perWorker, seconds => Assert.InRange(seconds, 0, run.Seconds));
        Assert.All(run.Blocks.Where(block => block.Capacity > 0), block => Assert.InRange(block.Queued, 0, block.Capacity));
        Assert.All(run.Lookups, lookup => Assert.InRange(lookup.Hits, 0, lookup.Records));
        Assert.All(run.Lookups, lookup => Assert.InRange(lookup.Remembered + lookup.Cached, 0, lookup.Ids));
        Assert.Equal(run.WaitsFor is null, run.Phase == "reading");
        string json = run.ToJson();
        Assert.Equal(json, RunProgress.Parse(json)!.ToJson());
    }

    // Looks all the while, from a thread of its own, and once more at the end.
    private sealed class Looker : IRunProgress, IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly List<RunProgress> _seen = [];
        private Task _looking = Task.CompletedTask;
        private RunProgress? _last;

        public void Opened(RunWatch run)
        {
            _seen.Add(run.Snapshot());
            _looking = Task.Run(async () =>
            {
                while (!_end.IsCancellationRequested)
                {
                    _seen.Add(run.Snapshot());
                    await Task.Yield();
                }
            });
        }

        public void Finished(RunWatch run)
        {
            _end.Cancel();
            _last = run.Snapshot();
        }

        public async Task<IReadOnlyList<RunProgress>> SeenAsync()
        {
            await _looking;
            _seen.Add(_last!);
            return _seen;
        }

        public void Dispose() => _end.Dispose();
    }
}
