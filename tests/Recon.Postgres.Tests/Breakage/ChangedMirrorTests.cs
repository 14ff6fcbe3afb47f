using Recon.Dataflow;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>A mirror that somebody reloads, exchanges or keeps up to date while a run reads it.</summary>
public sealed class ChangedMirrorTests(PostgresServer server)
{
    // Bytes of empty lines, more than what is read before the first record is looked up.
    private const int MuchRead = 2 << 20;

    private const string Reload = """
        create temporary table kept as select * from hubspot.things;
        truncate hubspot.things;
        insert into hubspot.things select * from kept
        """;

    private const string Exchange = """
        alter table hubspot.things rename to former;
        create table hubspot.things (like hubspot.former including all);
        insert into hubspot.things select * from hubspot.former
        """;

    [Theory]
    [InlineData("truncate hubspot.things", "hubspot.things was truncated, or filled anew")]
    [InlineData(Reload, "hubspot.things was truncated, or filled anew")]
    [InlineData(Reload + "; analyze hubspot.things", "hubspot.things was truncated, or filled anew")]
    [InlineData("truncate hubspot.parents", "hubspot.parents was truncated, or filled anew")]
    [InlineData(Exchange, "hubspot.things was exchanged for another table")]
    [InlineData("delete from hubspot.things where hs_object_id % 5 <> 0; select pg_stat_force_next_flush()", "hubspot.things lost more than half of its rows: of about ")]
    public async Task Run_MirrorExchangedWhileItIsRead_PublishesNothing(string change, string says)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        await world.RunAsync();
        string before = await world.ContentAsync();

        PipelineResult result = await RunAsync(world, change);

        Assert.Equal((RunOutcome.Failed, false), (result.Outcome, result.Resumable));
        Assert.Equal(["onMirrorChange"], result.ExceededGates);
        Assert.Contains($"{says}", Assert.IsType<GateException>(result.Fault).Message, StringComparison.Ordinal);
        Assert.Contains("while the run read it", result.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, await world.ContentAsync());
    }

    [Theory]
    [InlineData("vacuum full hubspot.things")]
    [InlineData("cluster hubspot.things using things_pkey")]
    [InlineData("vacuum analyze hubspot.things")]
    [InlineData("update hubspot.things set name = name || '!'")]
    [InlineData("insert into hubspot.things select 9000000000 + i, 'x' || i from generate_series(1, 2000) i")]
    [InlineData("delete from hubspot.things where hs_object_id % 5 = 0; select pg_stat_force_next_flush()")]
    [InlineData("begin; delete from hubspot.things; insert into hubspot.things select 9000000000 + i, i::text from generate_series(1, 300) i; commit; select pg_stat_force_next_flush()")]
    [InlineData("begin; delete from hubspot.things; rollback; select pg_stat_force_next_flush()")]
    [InlineData("alter table hubspot.things add column more text; create index on hubspot.things (name)")]
    public async Task Run_MirrorKeptUpToDateWhileItIsRead_IsPublished(string change)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 300);

        PipelineResult result = await RunAsync(world, change);

        Assert.Null(result.Fault);
        Assert.Equal((RunOutcome.Completed, 0), (result.Outcome, result.ExceededGates.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_ChangedMirrorThatMayBe_IsPublishedAndToldOf(bool byDefinition)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.PipelineKeys = byDefinition ? "\"onMirrorChange\": \"warn\"," : "";

        PipelineResult result = await RunAsync(world, "truncate hubspot.parents", request => request with { PublishAnyway = !byDefinition });

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Contains(
            "hubspot.parents was truncated, or filled anew while the run read it",
            string.Join('\n', result.Told().Warnings),
            StringComparison.Ordinal);
        Assert.Equal(byDefinition ? 0 : 1, result.ExceededGates.Count);
    }

    [Theory]
    [InlineData("create view hubspot.things as select * from hubspot.base", "truncate hubspot.base", "hubspot.base was truncated")]
    [InlineData("create view hubspot.things as select * from hubspot.base", "vacuum full hubspot.base", null)]
    [InlineData("create materialized view hubspot.things as select * from hubspot.base", "refresh materialized view hubspot.things", "hubspot.things was truncated, or filled anew")]
    [InlineData("create materialized view hubspot.things as select * from hubspot.base", "truncate hubspot.base", null)]
    [InlineData(Partitioned, "alter table hubspot.things detach partition hubspot.high", "hubspot.high no longer belongs to hubspot.things")]
    [InlineData(Partitioned, "truncate hubspot.high", "hubspot.high was truncated")]
    [InlineData(Partitioned, "vacuum full hubspot.high", null)]
    public async Task Run_MirrorOfSeveralRelations_IsWatchedInAllOfThem(string setUp, string change, string? says)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.Database.ExecuteAsync("alter table hubspot.things rename to base;" + setUp);

        PipelineResult result = await RunAsync(world, change);

        Assert.Equal(says is null ? RunOutcome.Completed : RunOutcome.Failed, result.Outcome);
        Assert.Contains(says ?? "", result.Fault?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_IntoASinkOfTheProgram_TellsOfTheChangedMirror()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);

        PipelineResult result = await RunAsync(world, Reload, request => request with { Sink = new Nowhere() });

        Assert.Equal((RunOutcome.Completed, "onMirrorChange"), (result.Outcome, Assert.Single(result.ExceededGates)));
    }

    [Fact]
    public async Task Resume_MirrorReloadedSinceTheRunBegan_IsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.Parallelism = 1;
        await world.RunAsync();
        await world.RefuseLaterBatchesAsync();
        await world.RunAsync();
        await world.AcceptBatchesAsync();
        await world.Database.ExecuteAsync(Reload);

        StagingException refused = await Assert.ThrowsAsync<StagingException>(() => world.RunAsync(request => request with { Resume = true }));
        PipelineResult anyway = await world.RunAsync(request => request with { Resume = true, PublishAnyway = true });

        Assert.Contains("cannot be resumed: hubspot.things was truncated, or filled anew", refused.Message, StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Completed, anyway.Outcome);
        Assert.Equal(["onMirrorChange"], anyway.ExceededGates);
    }

    private const string Partitioned = """
        create table hubspot.things (like hubspot.base including defaults) partition by range (hs_object_id);
        create table hubspot.low partition of hubspot.things for values from (minvalue) to (6000000000);
        create table hubspot.high partition of hubspot.things for values from (6000000000) to (maxvalue);
        insert into hubspot.things select * from hubspot.base
        """;

    private static async Task<PipelineResult> RunAsync(SmallWorld world, string change, Func<RunRequest, RunRequest>? settings = null)
    {
        await world.Database.ExecuteAsync("select pg_stat_force_next_flush()");
        byte[] csv = await File.ReadAllBytesAsync(world.CsvPath, TestContext.Current.CancellationToken);
        int half = 1 + csv.AsSpan(0, csv.Length / 2).LastIndexOf((byte)'\n');
        await using var halves = new TwoHalves(
            [.. csv[..half], .. Enumerable.Repeat((byte)'\n', MuchRead)], csv[half..], () => world.Database.ExecuteAsync(change));
        PipelineResult result = await world.RunAsync(request =>
        {
            RunRequest changed = request with { Input = "-", StandardInput = halves };
            return settings?.Invoke(changed) ?? changed;
        });
        Assert.True(halves.HasActed);
        return result;
    }

    private sealed class Nowhere : IRecordSink
    {
        public ValueTask WriteAsync(ReconciledBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    /// <summary>Standard input that does something between its halves.</summary>
    private sealed class TwoHalves(byte[] first, byte[] second, Func<Task> act) : Stream
    {
        private int _read;

        public bool HasActed { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_read == first.Length)
            {
                await act();
                HasActed = true;
            }

            ReadOnlyMemory<byte> left = _read < first.Length ? first.AsMemory(_read) : second.AsMemory(_read - first.Length);
            int count = Math.Min(buffer.Length, left.Length);
            left[..count].CopyTo(buffer);
            _read += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
