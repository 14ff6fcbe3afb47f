using System.Diagnostics;

namespace Recon.Dataflow.Telemetry;

/// <summary>The phase that a run is in: one after the other, from reading to publishing. One thread changes it, others read it.</summary>
internal sealed class RunPhases(string pipeline, TimeProvider clock, RunMetrics? metrics)
{
    public const string Reading = "reading";

    private readonly Dictionary<string, TimeSpan> _ended = [];
    private long _since = clock.GetTimestamp();
    private Activity? _activity;

    public string Current { get; private set; } = Reading;

    /// <summary>How long the current phase has been going on.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(Interlocked.Read(ref _since));

    /// <summary>Ends the phase before, and begins another.</summary>
    public void Enter(string phase)
    {
        End();
        Current = phase;
        _activity = ReconTrace.StartPhase(pipeline, phase);
    }

    /// <summary>Ends the last phase.</summary>
    public void End()
    {
        _activity?.Dispose();
        _activity = null;
        long now = clock.GetTimestamp();
        TimeSpan elapsed = clock.GetElapsedTime(_since, now);
        _ended[Current] = _ended.GetValueOrDefault(Current) + elapsed;
        metrics?.Phase(pipeline, Current, elapsed);
        Interlocked.Exchange(ref _since, now);
    }

    /// <summary>The phase after the reading that took longest so far; <see langword="null"/> when none began.</summary>
    public string? LongestEnding()
    {
        var all = new Dictionary<string, TimeSpan>(_ended);
        all[Current] = all.GetValueOrDefault(Current) + clock.GetElapsedTime(_since);
        all.Remove(Reading);
        return all.Count == 0 ? null : all.MaxBy(phase => phase.Value).Key;
    }
}
