using System.Diagnostics.Metrics;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;

namespace Recon.Benchmarks.Profiling;

/// <summary>Looks every few milliseconds at the queues of a running graph, and at the phase of its run.</summary>
internal sealed class QueueWatch : IRunProgress, IAsyncDisposable
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<string, long> _waiting = [];
    private readonly Dictionary<string, TimeSpan> _phases = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly MeterListener _listener = new();
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly Task _watching;
    private RunWatch? _run;
    private long _glances;
    private bool _streaming;

    /// <summary>Starts watching.</summary>
    /// <param name="metrics">The metrics of the run.</param>
    public QueueWatch(ReconMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == metrics.Meter && instrument.Name == "recon.block.queue")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        _listener.Start();
        _watching = WatchAsync();
    }

    /// <summary>How long each phase of the run took, in their order.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Phases => _phases;

    /// <summary>How many batches waited for a block, on average while batches were read and written.</summary>
    /// <param name="block">The block's name.</param>
    public double MeanWaiting(string block) => _glances == 0 ? 0 : (double)_waiting.GetValueOrDefault(block) / _glances;

    /// <inheritdoc/>
    public void Started(RunWatch run) => Volatile.Write(ref _run, run);

    /// <inheritdoc/>
    public void Finished(RunWatch run) => Volatile.Write(ref _run, null);

    /// <summary>Stops watching. The figures can be read then.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(s_glance, _clock);
        long last = _clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _streaming = false;
                _listener.RecordObservableInstruments();
                _glances += _streaming ? 1 : 0;
                long now = _clock.GetTimestamp();
                string phase = Volatile.Read(ref _run)?.State()?.Phase ?? "opening and closing";
                _phases[phase] = _phases.GetValueOrDefault(phase) + _clock.GetElapsedTime(last, now);
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach ((string key, object? name) in tags)
        {
            if (key == "block")
            {
                _streaming = true;
                _waiting[(string)name!] = _waiting.GetValueOrDefault((string)name!) + value;
            }
        }
    }
}
