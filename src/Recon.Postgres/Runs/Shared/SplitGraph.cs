using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Live;

namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// The graph of a run that workers share: this process reads the input ahead to cut it into splits, and workers read, compare and
/// commit them. It ends when every batch is committed, as workers tell.
/// </summary>
internal sealed class SplitGraph : IBatchGraph, ISplitTally
{
    // What ends the run must not wait long for a server that is gone.
    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(10);

    private readonly RunContext _context;
    private readonly SharingTerms _sharing;
    private readonly RunInput _input;
    private readonly SplitStore _store;
    private readonly SplitPlanner _planner;
    private readonly SharedLookups _lookups;
    private readonly Func<CommittedEntry, long> _commit;
    private readonly RunTerms _terms;
    private readonly PauseWatch _pause;
    private readonly WorkerSums _sums;
    private readonly GraphTimes _reading;
    private SplitBoard? _board;
    private long _bytesBefore;

    /// <param name="repeats">Has to see every batch of the input; without it, no row is set apart as a repeat.</param>
    /// <param name="idColumn">The column of the legacy id.</param>
    /// <param name="commit">Counts a batch that a worker tells of. Returns its records, or 0 for one that was counted before.</param>
    public SplitGraph(
        RunContext context,
        SharingTerms sharing,
        RunInput input,
        RunTerms terms,
        SplitStore store,
        SharedLookups lookups,
        RepeatFilter? repeats,
        int idColumn,
        Func<CommittedEntry, long> commit)
    {
        (_context, _sharing, _input, _terms, _store, _lookups, _commit) = (context, sharing, input, terms, store, lookups, commit);
        Blocks = ReconciliationGraph.Describe(context.Pipeline);
        _sums = new WorkerSums(Blocks);
        _reading = new GraphTimes([ReconciliationGraph.Describe(context.Pipeline)[0]], context.Clock);
        Times = new SplitTimes(_reading, _sums, Blocks);
        _pause = new PauseWatch(context.Pause, context.Clock);
        _planner = new SplitPlanner(ReadAsync, IsWhole, sharing.BatchesPerSplit, repeats, idColumn);
    }

    public IReadOnlyList<BlockStats> Blocks { get; }

    public IGraphTimes Times { get; }

    /// <summary>Not known: they are those of the workers' machines.</summary>
    public ProcessorUse Processors => ProcessorUse.Unknown;

    public TimeSpan Paused => _pause.Paused;

    /// <summary>The most that each worker held, added up.</summary>
    public long MostResidentBatches => _sums.MostResidentBatches;

    /// <summary>What the run waits for while nobody works; <see langword="null"/> while somebody does.</summary>
    public string? WaitsFor => _board?.WaitsFor;

    /// <summary>Bytes of the input that are committed, of those that were read, as batches are much alike.</summary>
    public long BytesDone => _bytesBefore + (long)((_input.Reader.BytesRead - _bytesBefore) * (_board?.Share ?? 0));

    /// <summary>What the workers do and did.</summary>
    public IReadOnlyList<WorkerProgress> Workers => _board?.Workers() ?? [];

    public async Task<bool> RunAsync(CancellationToken stopReading, CancellationToken abort)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopReading, _sharing.Gone);
        return await RunUntilAsync(stop.Token, abort);
    }

    public long Commit(CommittedEntry entry) => _commit(entry);

    public void Tell(BoardWorker worker, WorkerFigures figures)
    {
        _sums.Tell(worker, figures);
        _lookups.Tell(worker, figures.Lookups);
    }

    public void Leave(BoardWorker worker)
    {
        _sums.Leave(worker);
        _lookups.Leave(worker);
    }

    public async ValueTask<bool> IsInputChangedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _input.RequireUnchangedAsync(cancellationToken);
            return false;
        }
        catch (InputException)
        {
            return true;
        }
    }

    private async Task<bool> RunUntilAsync(CancellationToken stopReading, CancellationToken abort)
    {
        await _context.EndingRetry().ExecuteAsync(async token => await _store.ClearAsync(token), abort);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(abort);
        SplitBoard board = _board = new SplitBoard(_context, _sharing, _terms, _store, this, ending.Token);
        _bytesBefore = _input.Reader.BytesRead;
        _context.Metrics?.Watch(Blocks);
        _reading.Start();
        TellWholeFiles();
        Task working = Task.WhenAll(PlanAsync(board, stopReading, ending.Token), WatchAsync(board, ending.Token));
        _sharing.Desk.Open(board);
        try
        {
            await using CancellationTokenRegistration stopping = stopReading.Register(board.Stop);
            return await board.Ended.WaitAsync(abort);
        }
        finally
        {
            _sharing.Desk.Close(board);
            _ = board.Ended.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
            await ending.CancelAsync();
            await working;
            await board.Changing;
            await EndSplitsAsync();
            _reading.Stop();
            _context.Metrics?.Unwatch(Blocks);
        }
    }

    private bool IsWhole(int file) => _input.Reader.Files[file].Kind == InputKind.Gzip;

    private void TellWholeFiles()
    {
        foreach (SourceFile file in _input.Reader.Files.Where(file => file.Kind == InputKind.Gzip))
        {
            _context.Logger.FileNotDivided(_context.Pipeline.Name, file.Name);
        }
    }

    private async Task PlanAsync(SplitBoard board, CancellationToken stopReading, CancellationToken cancellationToken)
    {
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopReading);
        try
        {
            await foreach (IReadOnlyList<SplitBatch> split in _planner.CutAsync(wanted.Token))
            {
                await board.OfferAsync(split, wanted.Token);
            }

            _reading.EndInput();
            board.EndPlanning();
        }
        catch (OperationCanceledException) when (wanted.IsCancellationRequested)
        {
            // What was read and not offered is read again when the run is resumed.
        }
#pragma warning disable CA1031 // A fault of the reader ends the run, as a fault of a block does.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            board.Fail(new GraphFaultException(Blocks[0].Name, "the next batch", exception));
        }
    }

    private static async Task WatchAsync(SplitBoard board, CancellationToken cancellationToken)
    {
        try
        {
            await board.WatchAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        await _pause.WaitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        long started = _context.Clock.GetTimestamp();
        _reading.Take(0);
        RecordBatch? batch = null;
        try
        {
            batch = await _input.ReadAsync(_reading.WaitsOf(0), cancellationToken);
        }
        finally
        {
            if (batch is null)
            {
                _reading.Drop(0);
            }
            else
            {
                _reading.PassOn(0);
                Blocks[0].Finish();
                _context.Metrics?.Worked(Blocks[0], _context.Clock.GetElapsedTime(started));
            }
        }

        return batch;
    }

    // Whatever ended the graph, nothing that workers still have in flight commits afterwards.
    private async Task EndSplitsAsync()
    {
        using var patience = new CancellationTokenSource(s_ending, _context.Clock);
        try
        {
            await _context.StartRetry().ExecuteAsync(async token => await _store.ClearAsync(token), patience.Token);
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception) || exception is OperationCanceledException or LeaseLostException)
        {
            // The server is gone, or the pipeline is somebody else's: the lease's epoch keeps them out.
            return;
        }
    }
}
