using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs.Shared;

namespace Recon.Postgres.Runs.Live;

/// <summary>Tells how far a run is, from what its parts know of themselves. Asked at any time, from any thread.</summary>
/// <param name="started">When the run began, as a timestamp of the context's clock.</param>
internal sealed class RunWatch(RunContext context, Guid runId, RunInput input, long started, CancellationToken stopReading, bool dryRun = false)
{
    private readonly ProgressHistory _history = new();
    private volatile Parts? _parts;
    private volatile Told? _told;
    private Guid _runId = runId;

    public string Pipeline => context.Pipeline.Name;

    /// <summary>Records that earlier processes committed, when the run is resumed.</summary>
    public long RecordsBefore { get; private set; }

    /// <summary>Whether the server works alone, so that it is the one to ask.</summary>
    public bool WaitsForServer => _parts is { } parts && PhaseWaits.Of(parts.Phase) is not null;

    /// <summary>What the server says that it waits for itself; <see langword="null"/> for nothing in particular.</summary>
    public string? ServerTells
    {
        set => _told = value is null || _parts is not { } parts ? null : new Told(parts.Phase, value);
    }

    /// <summary>Records are read from now on; told again when an attempt is continued.</summary>
    /// <param name="phases">Tells what follows the reading; <see langword="null"/> when nothing does.</param>
    public void Reads(IBatchGraph graph, MirrorSession mirror, CommittedBatches committed, RunPhases? phases)
        => _parts = new Parts(graph, mirror, committed, phases, committed.Read().Account.Read);

    /// <summary>An attempt is resumed, under its own id.</summary>
    /// <param name="before">Records that it had committed.</param>
    public void Resumes(Guid run, long before) => (_runId, RecordsBefore) = (run, before);

    /// <summary>The course of the graph up to now, in the moments at which somebody looked.</summary>
    public IReadOnlyList<GraphMoment> Course()
    {
        if (_parts is not { } parts)
        {
            return [];
        }

        (TimeSpan window, BlockTimes[] times) = parts.Graph.Times.Read();
        return parts.Course.Until(parts.Moment(window, parts.Committed.Read().Account.Read, times));
    }

    /// <summary>What a hosting program is told, once records are read.</summary>
    public RunState? State()
    {
        if (_parts is not { } parts)
        {
            return null;
        }

        BatchCounts counts = parts.Committed.Counts;
        long bytes = BytesOf(parts);
        return new RunState(parts.Phase, bytes, input.Reader.TotalBytes, counts.Read)
        {
            Blocks = parts.Graph.Blocks,
            Counts = counts,
            RecordsCommittedBefore = RecordsBefore,
            Share = ShareOf(parts, bytes),
        };
    }

    public RunProgress Snapshot()
    {
        TimeSpan elapsed = context.Clock.GetElapsedTime(started);
        RunProgress opening = new()
        {
            Pipeline = Pipeline,
            RunId = _runId,
            Phase = PhaseWaits.Opening,
            WaitsFor = PhaseWaits.Of(PhaseWaits.Opening),
            Seconds = Rounded(elapsed),
            PhaseSeconds = Rounded(elapsed),
            Paused = context.Pause?.IsOn == true,
            Stopping = stopReading.IsCancellationRequested,
            BytesTotal = input.Reader.TotalBytes,
            MemoryBytes = Environment.WorkingSet,
            DryRun = dryRun,
        };
        return _parts is { } parts ? Reading(opening, parts, elapsed) : opening;
    }

    private RunProgress Reading(RunProgress opening, Parts parts, TimeSpan elapsed)
    {
        string phase = parts.Phase;
        (TimeSpan window, BlockTimes[] times) = parts.Graph.Times.Read();
        (RowAccount account, IReadOnlyDictionary<string, long> rejects, long commits, long copied) = parts.Committed.Read();
        parts.Course.Add(parts.Moment(window, account.Read, times));
        long bytes = BytesOf(parts);
        long[] queued = [.. parts.Graph.Blocks.Select(block => block.Queued)];
        IReadOnlyList<ProgressSample> samples = _history.Add(new ProgressSample(elapsed, account.Read, bytes, copied, queued));
        Verdict verdict = Verdict.Of(
            context.Pipeline, parts.Graph.Blocks, new RunParts(TimeSpan.Zero, window, TimeSpan.Zero, null) { Paused = parts.Graph.Paused }, parts.Graph.Processors);
        return opening with
        {
            Phase = phase,
            WaitsFor = PhaseWaits.Of(phase) is { } waits && _told is { } told && told.Phase == phase ? $"{waits}: {told.Text}"
                : PhaseWaits.Of(phase) ?? parts.Shared?.WaitsFor,
            PhaseSeconds = Rounded(parts.Phases?.Elapsed ?? window),
            BytesRead = bytes,
            Share = ShareOf(parts, bytes),
            EtaSeconds = phase == RunPhases.Reading ? Eta(samples) : null,
            RowsPerSecond = Math.Round(ProgressHistory.Speed(samples, sample => sample.Records), 1),
            MeanRowsPerSecond = window > TimeSpan.Zero ? Math.Round(account.Read / window.TotalSeconds, 1) : 0,
            RecordsBefore = RecordsBefore,
            Commits = commits,
            CopiedBytes = copied,
            CopyBytesPerSecond = Math.Round(ProgressHistory.Speed(samples, sample => sample.Copied)),
            Account = account,
            Rejects = rejects,
            Blocks = [.. parts.Graph.Blocks.Select((block, index) => Block(block, times[index], queued[index], [.. samples.Select(sample => sample.Queued[index])]))],
            Lookups = [.. parts.Mirror.Meters.Zip(parts.Mirror.Tallies, (meter, tally) => Lookup(meter, tally.Tally.Asked, tally.Tally.Found))],
            Workers = parts.Shared?.Workers,
            Verdict = verdict.Block is null ? null : VerdictProgress.Of(verdict),
        };
    }

    // What was read ahead for workers says nothing of how far they are.
    private long BytesOf(Parts parts) => parts.Shared?.BytesDone ?? input.Reader.BytesRead;

    private double? ShareOf(Parts parts, long bytes)
        => parts.Shared is null ? input.Share : input.Reader.TotalBytes is > 0 and { } total ? Math.Min(1, (double)bytes / total) : null;

    private static BlockProgress Block(BlockStats block, BlockTimes times, long queued, long[] history) => new(
        block.Name,
        block.Kind,
        block.Workers,
        Rounded(times.Busy),
        Rounded(times.Waiting),
        Rounded(times.Idle),
        Rounded(times.Blocked),
        block.Batches,
        queued,
        block.Capacity,
        block.Capacity == 0 ? null : history);

    private static LookupProgress Lookup(LookupMeter meter, long records, long hits)
    {
        LookupCounts counts = meter.Read();
        return new LookupProgress(
            meter.Lookup,
            counts.Ids,
            counts.Remembered,
            counts.Cached,
            records,
            hits,
            counts.Median is { } median ? Rounded(median) : null,
            counts.Slowest is { } slowest ? Rounded(slowest) : null);
    }

    // Of a limit, or of input whose size nobody knows, bytes say nothing.
    private double? Eta(IReadOnlyList<ProgressSample> samples)
    {
        double speed = ProgressHistory.Speed(samples, sample => sample.Bytes);
        return context.Request.Limit is null && input.Reader.TotalBytes is { } total && speed > 0
            ? Math.Round(Math.Max(0, total - samples[^1].Bytes) / speed)
            : null;
    }

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 6);

    private sealed record Told(string Phase, string Text);

    /// <param name="Before">Records that were committed before the graph began.</param>
    private sealed record Parts(IBatchGraph Graph, MirrorSession Mirror, CommittedBatches Committed, RunPhases? Phases, long Before)
    {
        public GraphCourse Course { get; } = new();

        public SplitGraph? Shared => Graph as SplitGraph;

        public string Phase => Phases?.Current ?? RunPhases.Reading;

        public GraphMoment Moment(TimeSpan window, long read, BlockTimes[] times) => new(window, read - Before, times);
    }
}
