namespace Recon.Dataflow.Telemetry;

/// <summary>The phase that a run is in: one after the other, from reading to publishing. One thread changes it, others read it.</summary>
internal sealed class RunPhases(string pipeline, TimeProvider clock, RunMetrics? metrics)
{
    public const string Reading = "reading";

    private long _since = clock.GetTimestamp();

    public string Current { get; private set; } = Reading;

    /// <summary>Ends the phase before, and begins another.</summary>
    public void Enter(string phase)
    {
        End();
        Current = phase;
    }

    /// <summary>Ends the last phase.</summary>
    public void End()
    {
        long now = clock.GetTimestamp();
        metrics?.Phase(pipeline, Current, clock.GetElapsedTime(_since, now));
        _since = now;
    }
}
