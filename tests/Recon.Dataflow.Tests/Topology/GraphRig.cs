using Microsoft.Extensions.Time.Testing;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Topology;

/// <summary>
/// A graph whose blocks do nothing but count, and whatever a test has put in their way: the hook is called by every
/// block, with its name, the batch (0 for the source's end) and the token.
/// </summary>
internal sealed class GraphRig(int batches, ValidPipeline? pipeline = null)
{
    public const string Secret = "jean.dupont@example.org";

    private static readonly SourceColumns s_columns = new(["Id"]);
    private static readonly MirrorRows s_nothing = new([], [], [], [], [], 0, pooled: false);

    private int _read;

    public ValidPipeline Pipeline { get; } = pipeline ?? Chain();

    public Func<string, long, CancellationToken, ValueTask> Hook { get; set; } = (_, _, _) => ValueTask.CompletedTask;

    /// <summary>What the hook of a block stands for, if not for work.</summary>
    public Func<string, WaitFor?> WaitsIn { get; init; } = _ => null;

    public int MaxResidentBatches => 1 + Graph.Blocks.Sum(block => block.Capacity);

    public List<RecordBatch> Batches { get; } = [];

    public List<long> Committed { get; } = [];

    public long CommittedRows { get; private set; }

    public int ValueBytes { get; init; }

    public int ReadSoFar => Volatile.Read(ref _read);

    public ReconMetrics? Metrics { get; init; }

    public FakeTimeProvider Clock { get; } = new();

    public ReconciliationGraph Graph => field ??= new ReconciliationGraph(
        Pipeline,
        new GraphStages(ReadAsync, [.. Pipeline.Lookups.Select(lookup => new Lookup(this, lookup))], Diff, StageAsync),
        Clock,
        Metrics);

    public static ValidPipeline Chain(
        int batch = 2, (int Parallelism, int Capacity)[]? lookups = null, (int, int)? diff = null, (int, int)? stage = null,
        long residentBytes = 32 * 1024 * 1024)
        => ValidPipeline.Of(new PipelineDefinition
        {
            Name = "things",
            Blocks =
            [
                new CsvBlockDefinition { Path = "things.csv", Id = "Id" },
                new BatchBlockDefinition { Capacity = batch, ResidentBytes = residentBytes },
                .. (lookups ?? [(2, 4), (1, 2)]).Select((limits, index) => new LookupBlockDefinition
                {
                    Name = $"lookup{index}",
                    Table = "hubspot.things",
                    Key = "legacy_id",
                    From = index == 0 ? null : "Id",
                    Role = index == 0 ? LookupRole.Match : LookupRole.Parent,
                    Parallelism = limits.Parallelism,
                    Capacity = limits.Capacity,
                }),
                new DiffBlockDefinition { Parallelism = diff?.Item1 ?? 1, Capacity = diff?.Item2 ?? 2 },
                new StageBlockDefinition { Writers = stage?.Item1 ?? 1, Capacity = stage?.Item2 ?? 2 },
            ],
        });

    /// <summary>Runs the graph; a hang ends with the test's own time-out.</summary>
    public Task<bool> RunAsync() => RunAsync(CancellationToken.None, CancellationToken.None);

    public Task<bool> RunStoppableAsync(CancellationToken stopReading) => RunAsync(stopReading, CancellationToken.None);

    public Task<bool> RunAbortableAsync(CancellationToken abort) => RunAsync(CancellationToken.None, abort);

    /// <summary>Waits for a state that is reached whatever the timing; after a minute the test fails with the blocks' states.</summary>
    public Task UntilAsync(Func<bool> reached) => Until.TrueAsync(
        () => $"a state of the graph; it is: read {ReadSoFar}; "
            + string.Join(", ", Graph.Blocks.Select(block => $"{block.Name} {block.Queued}/{block.Capacity}")),
        () => Task.FromResult(reached()),
        TestContext.Current.CancellationToken);

    private Task<bool> RunAsync(CancellationToken stopReading, CancellationToken abort)
        => Graph.RunAsync(stopReading, abort).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    private async ValueTask<RecordBatch?> ReadAsync(IWaits waits, CancellationToken token)
    {
        if (_read == batches)
        {
            await HookAsync("csv", 0, waits, token);
            return null;
        }

        int number = _read + 1;
        await HookAsync("csv", number, waits, token);
        RecordBatch batch = new(number, s_columns, number, 256) { Range = new SourceRange(0, 10 * number, (10 * number) + 9, number, number + 1) };
        for (int row = 0; row < number; row++)
        {
            batch.AddRow(row, row);
            batch.AddField(0, ValueBytes > 0 ? new byte[ValueBytes] : System.Text.Encoding.UTF8.GetBytes(Secret));
        }

        batch.Counts.Read = number;
        Batches.Add(batch);
        Volatile.Write(ref _read, number);
        return batch;
    }

    private ValueTask HookAsync(string block, long batch, IWaits waits, CancellationToken token)
    {
        return WaitsIn(block) is { } what ? WaitAsync() : Hook(block, batch, token);

        async ValueTask WaitAsync()
        {
            using var answer = new WaitScope(waits, WaitFor.Answer);
            using WaitScope? commit = what == WaitFor.Commit ? new WaitScope(waits, WaitFor.Commit) : null;
            await Hook(block, batch, token);
        }
    }

    private void Diff(RecordBatch batch)
    {
        ValueTask hooked = Hook("diff", batch.Number, CancellationToken.None);
        Assert.All(batch.Answers, Assert.NotNull);
        batch.Counts.Unmatched = batch.RowCount;
#pragma warning disable VSTHRD002 // The diff is not asynchronous, and its hook never has anything to wait for but a throw.
        hooked.AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private async ValueTask StageAsync(RecordBatch batch, CancellationToken token)
    {
        await HookAsync("stage", batch.Number, batch.Waits, token);
        lock (Committed)
        {
            Committed.Add(batch.Number);
            CommittedRows += batch.Counts.Staged;
        }
    }

    private sealed class Lookup(GraphRig rig, ValidLookup definition) : ILookup
    {
        public ValidLookup Definition => definition;

        public IReadOnlyList<MirrorColumn> Columns => [];

        public ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
        {
            // Not async: what the hook throws at once, the block gets at once.
            ValueTask hooked = rig.HookAsync(definition.Label, batch.Number, batch.Waits, cancellationToken);
            return AnswerAsync(hooked, batch);
        }

        private static async ValueTask<LookupAnswer> AnswerAsync(ValueTask hooked, RecordBatch batch)
        {
            await hooked;
            using BatchKeys keys = new(batch.RowCount);
            return AnswerJoin.Join(keys, s_nothing, []);
        }
    }
}
