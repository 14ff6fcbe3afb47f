namespace Recon.Postgres.Runs;

/// <summary>Turns the progress of a run, which is asked for, into calls of the hosting program.</summary>
internal sealed class CallbackProgress(ReconciliationOptions options) : IRunProgress
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (ITimer Timer, Func<RunState> State)> _running = [];

    public void Started(string pipeline, Func<RunState> state)
    {
        if (options.OnProgress is not { } tell)
        {
            return;
        }

        ITimer timer = options.Clock.CreateTimer(
            _ => tell(pipeline, state()), null, options.ProgressPeriod, options.ProgressPeriod);
        lock (_gate)
        {
            _running[pipeline] = (timer, state);
        }
    }

    public void Finished(string pipeline)
    {
        (ITimer Timer, Func<RunState> State) ended;
        lock (_gate)
        {
            if (!_running.Remove(pipeline, out ended))
            {
                return;
            }
        }

        ended.Timer.Dispose();
        options.OnProgress?.Invoke(pipeline, ended.State());
    }
}
