using System.Runtime.InteropServices;
using Recon.Cli.Hosting;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Rendering.Live;

/// <summary>Progress on a terminal: the picture of the run as its last lines, drawn a few times a second, and keys.</summary>
internal sealed class LiveProgress(CliContext context, ReadingPause pause) : IRunProgress
{
    // What is over sooner needs no picture.
    private static readonly TimeSpan s_start = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private volatile bool _details;

    public void Opened(RunWatch run)
    {
        lock (_gate)
        {
            _timer = context.Clock.CreateTimer(_ => Tick(run), null, s_start, s_period);
        }
    }

    public void Finished(RunWatch run)
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            context.Status([]);
        }
    }

    private void Tick(RunWatch run)
    {
        try
        {
            Obey(context.Key?.Invoke());
            lock (_gate)
            {
                // A tick that was on its way when the pipeline ended draws nothing.
                if (_timer is not null)
                {
                    context.Status(LiveView.Draw(run.Snapshot(), CliContext.StatusWidth, CliContext.StatusHeight, _details, Keys));
                }
            }
        }
#pragma warning disable CA1031 // Who watches a run must not end it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Finished(run);
            context.ErrorLine($"{run.Pipeline}: the picture of the run has ended ({failure.GetType().Name}); the run goes on.");
        }
    }

    private string Keys => context.Key is null ? ""
        : context.Signals.ExitCode is not null ? "Ctrl-C stop now"
        : $"d {(_details ? "less" : "details")}   p {(pause.IsOn ? "go on reading" : "pause reading")}   q drain and stop";

    private void Obey(char? key)
    {
        switch (key)
        {
            case 'd' or 'D':
                _details = !_details;
                break;
            case 'p' or 'P' when context.Signals.ExitCode is null:
                pause.Toggle();
                break;
            case 'q' or 'Q' when context.Signals.ExitCode is null:
                // What it cancels ends the pipeline, and must not do so under this timer.
                ThreadPool.QueueUserWorkItem(_ => context.Signals.Receive(PosixSignal.SIGINT));
                break;
            default:
                break;
        }
    }
}
