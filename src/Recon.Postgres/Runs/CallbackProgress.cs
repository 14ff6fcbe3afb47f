using Recon.Postgres.Runs.Live;

namespace Recon.Postgres.Runs;

/// <summary>Turns the progress of a run, which is asked for, into calls of the hosting program.</summary>
internal sealed class CallbackProgress(ReconciliationOptions options) : IRunProgress
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RunWatch, ITimer> _running = [];

    public void Started(RunWatch run)
    {
        if (options.OnProgress is null)
        {
            return;
        }

        ITimer timer = options.Clock.CreateTimer(
            _ => Tell(run), null, options.ProgressPeriod, options.ProgressPeriod);
        lock (_gate)
        {
            _running[run] = timer;
        }
    }

    public void Finished(RunWatch run)
    {
        ITimer? timer;
        lock (_gate)
        {
            if (!_running.Remove(run, out timer))
            {
                return;
            }
        }

        timer.Dispose();
        Tell(run);
    }

    private void Tell(RunWatch run)
    {
        if (run.State() is { } state)
        {
            options.OnProgress?.Invoke(run.Pipeline, state);
        }
    }
}
