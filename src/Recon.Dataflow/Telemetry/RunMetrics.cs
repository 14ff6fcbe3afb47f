using System.Diagnostics;
using System.Diagnostics.Metrics;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Telemetry;

/// <summary>
/// The instruments that tell one run from another: whether it succeeded, what it changed, how long each phase took. Names
/// of pipelines, properties and reasons are the only tags. Thread-safe.
/// </summary>
internal sealed class RunMetrics
{
    /// <summary>The outcome of a run whose result is published.</summary>
    public const string Completed = "completed";

    /// <summary>Bounds for durations of runs and their phases, in seconds: from a moment to a night.</summary>
    public static IReadOnlyList<double> RunBounds { get; } = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800];

    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _phases;
    private readonly Gauge<double> _lastSuccess;
    private readonly Counter<long> _changedRecords;
    private readonly Counter<long> _changedProperties;
    private readonly Counter<long> _rejects;
    private readonly Counter<long> _rejectedValues;
    private readonly Counter<long> _withheldValues;
    private readonly Dictionary<string, InputBytes> _inputs = [];
    private readonly Dictionary<string, Func<TimeSpan>> _heartbeats = [];
    private readonly Dictionary<string, long> _going = [];
    private readonly Lock _gate = new();

    public RunMetrics(Meter meter)
    {
        InstrumentAdvice<double> advice = new() { HistogramBucketBoundaries = RunBounds };
        _active = meter.CreateUpDownCounter<long>("recon.run.active", "{runs}", "Runs going on.");
        _duration = meter.CreateHistogram("recon.run.duration", "s", "Time of a run, by outcome.", null, advice);
        _phases = meter.CreateHistogram("recon.phase.duration", "s", "Time of a phase of a run.", null, advice);
        _lastSuccess = meter.CreateGauge<double>("recon.run.last_success", "s", "When a run was last published, in seconds since 1970.");
        _changedRecords = meter.CreateCounter<long>("recon.records.changed", "{records}", "Published records with something to update.");
        _changedProperties = meter.CreateCounter<long>("recon.properties.changed", "{values}", "Published updates, by property.");
        _rejects = meter.CreateCounter<long>("recon.rejects", "{records}", "Records that a run rejected, by reason; counted at its end.");
        _rejectedValues = meter.CreateCounter<long>("recon.values.rejected", "{values}", "Values that could not be read, by property and reason.");
        _withheldValues = meter.CreateCounter<long>("recon.values.withheld", "{values}", "Differences that were not staged, by reason.");
        meter.CreateObservableCounter("recon.input.read", () => Inputs(input => input.Read), "By", "Bytes of the input that were read.");
        meter.CreateObservableGauge("recon.input.size", () => Inputs(input => input.Size), "By", "Bytes of the input.");
        meter.CreateObservableGauge("recon.process.memory", static () => Environment.WorkingSet, "By", "Memory of the process that is resident.");
        meter.CreateObservableGauge("recon.lease.heartbeat.age", HeartbeatAges, "s", "Time since a run last showed that it is alive.");
    }

    public void Started(string pipeline)
    {
        lock (_gate)
        {
            _going[pipeline] = Stopwatch.GetTimestamp();
        }

        _active.Add(1, Pipeline(pipeline));
    }

    /// <summary>The runs that are going on are cut off: the process ends without them.</summary>
    public void Abandon()
    {
        KeyValuePair<string, long>[] going;
        lock (_gate)
        {
            going = [.. _going];
        }

        foreach ((string pipeline, long started) in going)
        {
            Ended(pipeline, "cancelled", Stopwatch.GetElapsedTime(started), null, default);
        }
    }

    /// <summary>A run ended, in whatever way.</summary>
    /// <param name="outcome"><see cref="Completed"/>, <c>refused</c> (by gates), <c>cancelled</c> or <c>failed</c>.</param>
    /// <param name="counts">What it counted; <see langword="null"/> when it did not get to count.</param>
    public void Ended(string pipeline, string outcome, TimeSpan elapsed, BatchCounts? counts, DateTimeOffset now)
    {
        lock (_gate)
        {
            _ = _going.Remove(pipeline);
        }

        KeyValuePair<string, object?> tag = Pipeline(pipeline);
        _active.Add(-1, tag);
        _duration.Record(elapsed.TotalSeconds, tag, new("outcome", outcome));
        if (counts is not null)
        {
            AddCounts(tag, counts);
        }

        if (outcome == Completed)
        {
            _changedRecords.Add(counts?.WithChanges ?? 0, tag);
            foreach ((string property, long count) in counts?.PropertyChanges ?? [])
            {
                _changedProperties.Add(count, tag, new("property", property));
            }

            _lastSuccess.Record(now.ToUnixTimeMilliseconds() / 1000.0, tag);
        }
    }

    /// <summary>Told when a phase of a run has ended, so that what it measured can be exported.</summary>
    public event Action? PhaseEnded;

    public void Phase(string pipeline, string phase, TimeSpan elapsed)
    {
        _phases.Record(elapsed.TotalSeconds, Pipeline(pipeline), new("phase", phase));
        PhaseEnded?.Invoke();
    }

    /// <summary>Watches how much of a run's input is read, until the result is disposed; what was read then stays.</summary>
    /// <param name="read">Bytes read so far.</param>
    /// <param name="size">Bytes of the input; <see langword="null"/> when nobody knows.</param>
    public IDisposable WatchInput(string pipeline, Func<long> read, long? size)
    {
        lock (_gate)
        {
            long before = _inputs.GetValueOrDefault(pipeline)?.Read ?? 0;
            _inputs[pipeline] = new InputBytes(() => before + read(), size);
        }

        return new Watching(() =>
        {
            long last = _inputs[pipeline].Read ?? 0;
            _inputs[pipeline] = new InputBytes(() => last, size);
        }, _gate);
    }

    /// <summary>Watches the heartbeat of a run until the result is disposed.</summary>
    /// <param name="age">Tells how long ago it was.</param>
    public IDisposable WatchHeartbeat(string pipeline, Func<TimeSpan> age)
    {
        lock (_gate)
        {
            _heartbeats[pipeline] = age;
        }

        return new Watching(() => _heartbeats.Remove(pipeline), _gate);
    }

    private static KeyValuePair<string, object?> Pipeline(string name) => new("pipeline", name);

    private void AddCounts(KeyValuePair<string, object?> tag, BatchCounts counts)
    {
        foreach ((string reason, long count) in counts.ByReason)
        {
            _rejects.Add(count, tag, new("reason", reason));
        }

        foreach ((RejectedValue value, long count) in counts.RejectedValues)
        {
            _rejectedValues.Add(count, tag, new("property", value.Property), new("reason", value.Reason));
        }

        foreach ((string rule, long count) in counts.KeptBack)
        {
            _withheldValues.Add(count, tag, new("reason", rule[(rule.LastIndexOf('/') + 1)..]));
        }
    }

    private List<Measurement<double>> HeartbeatAges()
    {
        lock (_gate)
        {
            return [.. _heartbeats.Select(beat => new Measurement<double>(beat.Value().TotalSeconds, Pipeline(beat.Key)))];
        }
    }

    private List<Measurement<long>> Inputs(Func<InputBytes, long?> value)
    {
        lock (_gate)
        {
            return [.. _inputs.Where(input => value(input.Value) is not null)
                .Select(input => new Measurement<long>(value(input.Value)!.Value, Pipeline(input.Key)))];
        }
    }

    private sealed class Watching(Action end, Lock gate) : IDisposable
    {
        public void Dispose()
        {
            lock (gate)
            {
                end();
            }
        }
    }

    private sealed class InputBytes(Func<long> read, long? size)
    {
        public long? Read => read();

        public long? Size => size;
    }
}
