using System.Diagnostics;
using System.Diagnostics.Metrics;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Telemetry;

/// <summary>
/// The meter <c>Recon</c>. Names and units follow the OpenTelemetry conventions: seconds and <c>{records}</c>; no tag
/// ever holds a value of a record.
/// </summary>
public sealed class ReconMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Recon";

    /// <summary>Bounds for durations of batches, in seconds: the default ones are made for milliseconds.</summary>
    public static IReadOnlyList<double> DurationBounds { get; } =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _read;
    private readonly UpDownCounter<long> _staged;
    private readonly Counter<long> _folded;
    private readonly Counter<long> _filtered;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _lookupIds;
    private readonly Histogram<double> _blockDuration;
    private readonly Histogram<double> _batchDuration;
    private readonly Histogram<double> _lookupDuration;
    private readonly Histogram<double> _copyDuration;
    private readonly BlockTimeMeter _blockTimes;
    private readonly List<BlockStats> _blocks = [];
    private readonly Dictionary<(string Pipeline, string Block), long> _capacities = [];
    private readonly Lock _blocksLock = new();

    /// <summary>Creates the instruments.</summary>
    public ReconMetrics()
    {
        InstrumentAdvice<double> advice = new() { HistogramBucketBoundaries = DurationBounds };
        _read = _meter.CreateCounter<long>("recon.records.read", "{records}", "Records read from the input.");
        _staged = _meter.CreateUpDownCounter<long>(
            "recon.records.staged", "{records}", "Records staged, by status; folding repeats takes some away.");
        _folded = _meter.CreateCounter<long>("recon.records.folded", "{records}", "Repeats folded into another record.");
        _filtered = _meter.CreateCounter<long>("recon.records.filtered", "{records}", "Records left out, by filter.");
        _rejected = _meter.CreateCounter<long>("recon.records.rejected", "{records}", "Records rejected, by reason.");
        _batches = _meter.CreateCounter<long>("recon.batches.committed", "{batches}", "Batches committed.");
        _retries = _meter.CreateCounter<long>("recon.retries", "{retries}", "Database calls tried again, by phase.");
        _lookupIds = _meter.CreateCounter<long>("recon.lookup.ids", "{ids}", "Distinct ids of batches that were looked up, by result.");
        _blockDuration = _meter.CreateHistogram("recon.block.duration", "s", "Time a block works on one batch.", null, advice);
        _batchDuration = _meter.CreateHistogram("recon.batch.duration", "s", "Time of a batch from read to commit.", null, advice);
        _lookupDuration = _meter.CreateHistogram("recon.lookup.duration", "s", "Time of one lookup query.", null, advice);
        _copyDuration = _meter.CreateHistogram("recon.copy.duration", "s", "Time of one COPY into staging.", null, advice);
        _meter.CreateObservableGauge(
            "recon.block.queue", Queues, "{batches}", "Batches that wait for a block or for the one after it.");
        _meter.CreateObservableGauge(
            "recon.block.capacity", Capacities, "{batches}", "Batches that a block holds at most.");
        _blockTimes = new BlockTimeMeter(_meter);
        Runs = new RunMetrics(_meter);
        Push = new PushMetrics(_meter);
    }

    /// <summary>The instruments of whole runs.</summary>
    internal RunMetrics Runs { get; }

    /// <summary>The instruments of calls to HubSpot.</summary>
    internal PushMetrics Push { get; }

    /// <summary>The meter, for tests that listen to one of several.</summary>
    internal Meter Meter => _meter;

    internal void Committed(string pipeline, BatchCounts counts)
    {
        var tag = new KeyValuePair<string, object?>("pipeline", pipeline);
        _batches.Add(1, tag);
        _read.Add(counts.Read, tag);
        AddStatus(tag, "matched", counts.Matched);
        AddStatus(tag, "unmatched", counts.Unmatched);
        AddStatus(tag, "ambiguous", counts.Ambiguous);
        AddStatus(tag, "conflict", counts.Conflict);
        foreach ((string filter, long count) in counts.ByFilter)
        {
            _filtered.Add(count, tag, new("filter", filter));
        }

        foreach ((string reason, long count) in counts.ByReason)
        {
            _rejected.Add(count, tag, new("reason", reason));
        }
    }

    /// <summary>Repeats were folded, or claims settled, at the end of a run.</summary>
    /// <param name="before">What was counted before.</param>
    /// <param name="after">What is counted now.</param>
    internal void Corrected(string pipeline, BatchCounts before, BatchCounts after)
    {
        var tag = new KeyValuePair<string, object?>("pipeline", pipeline);
        _folded.Add(after.Folded - before.Folded, tag);
        AddStatus(tag, "matched", after.Matched - before.Matched);
        AddStatus(tag, "unmatched", after.Unmatched - before.Unmatched);
        AddStatus(tag, "ambiguous", after.Ambiguous - before.Ambiguous);
        AddStatus(tag, "conflict", after.Conflict - before.Conflict);
    }

    /// <summary>A database call is tried again.</summary>
    /// <param name="phase">What it was for: <c>lookup</c>, <c>stage</c> or <c>control</c>.</param>
    internal void Retried(string phase) => _retries.Add(1, new KeyValuePair<string, object?>("phase", phase));

    /// <summary>The server answered a lookup.</summary>
    /// <param name="ids">Distinct ids asked for.</param>
    /// <param name="found">How many of them have a HubSpot record.</param>
    internal void LookedUp(string pipeline, string lookup, int ids, int found, TimeSpan elapsed)
    {
        TagList tags = new() { { "pipeline", pipeline }, { "lookup", lookup } };
        AddIds(tags, "found", found);
        AddIds(tags, "missing", ids - found);
        _lookupDuration.Record(elapsed.TotalSeconds, tags);
    }

    /// <summary>A lookup was answered from a table in memory.</summary>
    internal void LookedUpInCache(string pipeline, string lookup, int ids, TimeSpan elapsed)
    {
        TagList tags = new() { { "pipeline", pipeline }, { "lookup", lookup } };
        AddIds(tags, "cached", ids);
        _lookupDuration.Record(elapsed.TotalSeconds, tags);
    }

    /// <summary>Parents were known from earlier batches.</summary>
    internal void Remembered(string pipeline, string lookup, int ids)
        => AddIds(new TagList { { "pipeline", pipeline }, { "lookup", lookup } }, "remembered", ids);

    internal void Copied(string pipeline, TimeSpan elapsed)
        => _copyDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("pipeline", pipeline));

    internal void Worked(BlockStats block, TimeSpan elapsed)
        => _blockDuration.Record(
            elapsed.TotalSeconds, new TagList { { "pipeline", block.Pipeline }, { "block", block.Name } });

    /// <summary>A batch passed its last block.</summary>
    /// <param name="elapsed">How long that took since it was read.</param>
    internal void Finished(string pipeline, TimeSpan elapsed)
        => _batchDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("pipeline", pipeline));

    /// <summary>Watches the queues of a running graph.</summary>
    internal void Watch(IReadOnlyList<BlockStats> blocks)
    {
        _blockTimes.Watch(blocks);
        lock (_blocksLock)
        {
            _blocks.AddRange(blocks);
            foreach (BlockStats block in blocks)
            {
                _capacities[(block.Pipeline, block.Name)] = block.Capacity;
            }
        }
    }

    /// <summary>Stops watching the queues of a graph that ended. What its blocks can hold is still told: it may end before anybody asks.</summary>
    internal void Unwatch(IReadOnlyList<BlockStats> blocks)
    {
        _blockTimes.Unwatch(blocks);
        lock (_blocksLock)
        {
            foreach (BlockStats block in blocks)
            {
                _blocks.Remove(block);
            }
        }
    }

    /// <summary>Ends the meter.</summary>
    public void Dispose() => _meter.Dispose();

    private void AddStatus(KeyValuePair<string, object?> tag, string status, long count)
    {
        if (count != 0)
        {
            _staged.Add(count, tag, new("status", status));
        }
    }

    private void AddIds(TagList tags, string result, int ids)
    {
        if (ids != 0)
        {
            tags.Add("result", result);
            _lookupIds.Add(ids, tags);
        }
    }

    private List<Measurement<long>> Queues()
    {
        lock (_blocksLock)
        {
            return [.. _blocks.Select(block => OfBlock(block.Pipeline, block.Name, block.Queued))];
        }
    }

    private List<Measurement<long>> Capacities()
    {
        lock (_blocksLock)
        {
            return [.. _capacities.Select(block => OfBlock(block.Key.Pipeline, block.Key.Block, block.Value))];
        }
    }

    private static Measurement<long> OfBlock(string pipeline, string block, long value)
        => new(value, new TagList { { "pipeline", pipeline }, { "block", block } });
}
