using System.Diagnostics;
using System.Threading.Tasks.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Topology;

/// <summary>
/// One chain of bounded blocks, wired from a pipeline's definition; a message is a batch.
/// <code>csv ──► batch ──► lookup … ──► diff ──► stage</code>
/// </summary>
/// <remarks>
/// The source is a plain loop that sends with backpressure. Every block has the graph's token; nothing is ordered,
/// because batches carry their number. Memory is bounded: one batch (read, and waiting for room in the first block) and
/// the capacities of all blocks are in the graph at most. A capacity counts what waits for a block, what it works on, and
/// what waits for the next one.
/// </remarks>
/// <param name="metrics">Receives durations and queue lengths; <see langword="null"/> disables it.</param>
/// <param name="pause">Holds the reader between two batches; <see langword="null"/> where nobody does.</param>
internal sealed class ReconciliationGraph(
    ValidPipeline pipeline, GraphStages stages, TimeProvider clock, ReconMetrics? metrics = null, ReadingPause? pause = null)
    : IBatchGraph
{
    private static readonly DataflowLinkOptions s_propagate = new() { PropagateCompletion = true };

    private readonly PauseWatch _pause = new(pause, clock);
    private readonly ResidentBytes _bytes = new(pipeline.Batch.ResidentBytes);
    private long _resident;
    private long _mostResident;
    private ProcessorWatch? _processors;
    private ProcessorUse _used = ProcessorUse.Unknown;

    /// <summary>The blocks, in the order in which a batch passes them.</summary>
    public IReadOnlyList<BlockStats> Blocks => Times.Blocks;

    /// <summary>Where the time of the blocks' workers goes.</summary>
    public GraphTimes Times { get; } = new(Describe(pipeline), clock);

    IGraphTimes IBatchGraph.Times => Times;

    /// <summary>What of the processors was in use while the graph ran, or is in use so far.</summary>
    public ProcessorUse Processors => _processors?.Read(Times.Window) ?? _used;

    /// <summary>How long somebody has held the reader.</summary>
    public TimeSpan Paused => _pause.Paused;

    /// <summary>The most batches that were between reader and commit at one time.</summary>
    public long MostResidentBatches => Interlocked.Read(ref _mostResident);

    /// <summary>The blocks of a pipeline, without running it.</summary>
    /// <returns>The blocks, in the order in which a batch passes them.</returns>
    public static IReadOnlyList<BlockStats> Describe(ValidPipeline pipeline)
        => [.. pipeline.Blocks.Select(block => block switch
        {
            BatchBlockDefinition batch => new BlockStats(pipeline.Name, batch.Label, batch.Kind, 1, batch.Capacity),
            LookupBlockDefinition lookup =>
                new BlockStats(pipeline.Name, lookup.Label, lookup.Kind, lookup.Parallelism, lookup.Capacity),
            DiffBlockDefinition diff => new BlockStats(pipeline.Name, diff.Label, diff.Kind, diff.Parallelism, diff.Capacity),
            StageBlockDefinition stage => new BlockStats(pipeline.Name, stage.Label, stage.Kind, stage.Writers, stage.Capacity),
            _ => new BlockStats(pipeline.Name, block.Label, block.Kind, 1, 0),
        })];

    /// <summary>Runs the graph until the input ends, somebody stops it, or something fails.</summary>
    /// <param name="stopReading">Ends reading; what is in flight is still committed.</param>
    /// <param name="abort">Ends everything at once; batches in flight are not committed.</param>
    /// <returns><see langword="true"/> when the whole input was committed, <see langword="false"/> when reading was stopped.</returns>
    /// <exception cref="GraphFaultException">A block failed; what it had committed stays in the ledger.</exception>
    /// <exception cref="OperationCanceledException">The graph was aborted.</exception>
    /// <exception cref="TimeoutException">A block ignored its cancellation for 30 seconds.</exception>
    public async Task<bool> RunAsync(CancellationToken stopReading, CancellationToken abort)
    {
        using var guard = new GraphGuard(abort);
        (ITargetBlock<RecordBatch> head, List<IDataflowBlock> blocks) = Wire(guard);
        metrics?.Watch(Blocks);
        _processors = ProcessorWatch.Start();
        Times.Start();
        try
        {
            bool complete = await ReadAllAsync(head, guard, stopReading);
            Times.EndInput();
            head.Complete();
            await GraphShutdown.WaitAsync(blocks, Blocks, guard, clock);
            guard.ThrowIfEndedEarly();
            return complete;
        }
        finally
        {
            Times.Stop();
            _used = Processors;
            _processors = null;
            metrics?.Unwatch(Blocks);
        }
    }

    private (ITargetBlock<RecordBatch> Head, List<IDataflowBlock> Blocks) Wire(GraphGuard guard)
    {
        var queue = new BufferBlock<RecordBatch>(new DataflowBlockOptions
        {
            BoundedCapacity = Blocks[1].Capacity,
            CancellationToken = guard.Token,
            EnsureOrdered = false,
        });
        Blocks[1].QueueLength = () => queue.Count;
        List<IDataflowBlock> blocks = [queue];
        ISourceBlock<RecordBatch> last = queue;
        for (int index = 0; index < stages.Lookups.Count; index++)
        {
            int answer = index;
            ILookup lookup = stages.Lookups[index];
            last = Append(last, blocks, guard, async (batch, token) =>
                batch.Answers[answer] = await lookup.FindAsync(batch, token));
        }

        last = Append(last, blocks, guard, (batch, _) =>
        {
            stages.Diff(batch);
            return ValueTask.CompletedTask;
        });
        int position = blocks.Count + 1;
        BlockStats stats = Blocks[position];
        var stage = new ActionBlock<RecordBatch>(
            async batch =>
            {
                await WorkAsync(position, batch, guard, stages.Stage);
                metrics?.Finished(pipeline.Name, clock.GetElapsedTime(batch.ReadAt));
                batch.Dispose();
                _bytes.Leave(batch);
                Interlocked.Decrement(ref _resident);
            },
            Options(stats, guard.Token));
        stats.QueueLength = () => stage.InputCount;
        last.LinkTo(stage, s_propagate);
        blocks.Add(stage);
        return (queue, blocks);
    }

    private TransformBlock<RecordBatch, RecordBatch> Append(
        ISourceBlock<RecordBatch> source,
        List<IDataflowBlock> blocks,
        GraphGuard guard,
        Func<RecordBatch, CancellationToken, ValueTask> work)
    {
        int position = blocks.Count + 1;
        BlockStats stats = Blocks[position];
        var block = new TransformBlock<RecordBatch, RecordBatch>(
            async batch =>
            {
                await WorkAsync(position, batch, guard, work);
                _bytes.Count(batch);
                return batch;
            },
            Options(stats, guard.Token));
        stats.QueueLength = () => block.InputCount + block.OutputCount;
        source.LinkTo(block, s_propagate);
        blocks.Add(block);
        return block;
    }

    private static ExecutionDataflowBlockOptions Options(BlockStats stats, CancellationToken token) => new()
    {
        BoundedCapacity = stats.Capacity,
        MaxDegreeOfParallelism = stats.Parallelism,
        CancellationToken = token,
        EnsureOrdered = false,
    };

    private Task WorkAsync(
        int position, RecordBatch batch, GraphGuard guard, Func<RecordBatch, CancellationToken, ValueTask> work)
        => guard.RunAsync(Blocks[position].Name, batch, async token =>
        {
            BlockStats stats = Blocks[position];
            using Activity? activity = ReconTrace.StartBlock(stats, batch);
            Times.Take(position);
            long started = clock.GetTimestamp();
            batch.Waits = Times.WaitsOf(position);
            try
            {
                await work(batch, token);
            }
            catch
            {
                Times.Drop(position);
                if (activity is not null)
                {
                    activity.SetStatus(ActivityStatusCode.Error);
                    batch.Trace?.SetStatus(ActivityStatusCode.Error).Dispose();
                }

                throw;
            }

            Times.PassOn(position);
            TimeSpan elapsed = clock.GetElapsedTime(started);
            stats.Finish();
            metrics?.Worked(stats, elapsed);
        });

    private async Task<bool> ReadAllAsync(
        ITargetBlock<RecordBatch> head, GraphGuard guard, CancellationToken stopReading)
    {
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, stopReading);
        try
        {
            while (!stopReading.IsCancellationRequested)
            {
                (RecordBatch? batch, bool stopped) = await ReadAsync(guard, wanted.Token);
                if (batch is null)
                {
                    return !stopped;
                }

                while (batch.Answers.Count < stages.Lookups.Count)
                {
                    batch.Answers.Add(null);
                }

                ReconTrace.StartBatch(batch, pipeline.Name);
                long resident = Interlocked.Increment(ref _resident);
                InterlockedMax(ref _mostResident, resident);
                _bytes.Enter(batch);
                if (!await head.SendAsync(batch, guard.Token))
                {
                    // The graph is down; the guard knows why.
                    return false;
                }
            }

            return false;
        }
        catch (Exception exception) when (exception is GraphFaultException or OperationCanceledException
            && guard.Token.IsCancellationRequested)
        {
            return false;
        }
    }

    // No batch at the end of the input, and when reading was stopped in the middle of one: a pipe may be silent for long.
    private async Task<(RecordBatch? Batch, bool Stopped)> ReadAsync(GraphGuard guard, CancellationToken wanted)
    {
        BlockStats source = Blocks[0];
        RecordBatch? batch = null;
        bool stopped = false;
        await guard.RunAsync(source.Name, "the next batch", async token =>
        {
            long started;
            try
            {
                await _pause.WaitAsync(wanted);
                await _bytes.WaitForRoomAsync(wanted);
                started = clock.GetTimestamp();
                batch = await ReadNextAsync(wanted);
            }
            catch (OperationCanceledException) when (wanted.IsCancellationRequested && !token.IsCancellationRequested)
            {
                stopped = true;
                return;
            }

            if (batch is not null)
            {
                batch.ReadAt = clock.GetTimestamp();
                TimeSpan elapsed = clock.GetElapsedTime(started, batch.ReadAt);
                source.Finish();
                metrics?.Worked(source, elapsed);
            }
        });
        return (batch, stopped);
    }

    private async ValueTask<RecordBatch?> ReadNextAsync(CancellationToken wanted)
    {
        RecordBatch? batch = null;
        Times.Take(0);
        try
        {
            return batch = await stages.Read(Times.WaitsOf(0), wanted);
        }
        finally
        {
            if (batch is null)
            {
                Times.Drop(0);
            }
            else
            {
                Times.PassOn(0);
            }
        }
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen = Interlocked.Read(ref target);
        while (value > seen)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen) is var before && before == seen ? value : before;
        }
    }
}
