using Recon.Cli.Hosting;
using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>Progress on a terminal: one line, with a bar where there is room for it, drawn by the owner of the terminal.</summary>
internal sealed class BarProgress(CliContext context) : IRunProgress
{
    private const int Cells = 20;
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private ITimer? _timer;

    public void Started(string pipeline, Func<RunState> state)
    {
        long start = context.Clock.GetTimestamp();
        lock (_gate)
        {
            _timer = context.Clock.CreateTimer(_ => Draw(pipeline, state, start), null, TimeSpan.Zero, s_period);
        }
    }

    public void Finished(string pipeline)
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            context.Status("");
        }
    }

    private static string Bar(RunState state)
    {
        int done = (int)(Cells * (state.Phase == "reading" ? state.Share ?? 0 : 1));
        return new string('━', done) + new string('─', Cells - done);
    }

    private void Draw(string pipeline, Func<RunState> state, long start)
    {
        lock (_gate)
        {
            // A tick that was on its way when the pipeline ended draws nothing.
            if (_timer is not null)
            {
                RunState now = state();
                string text = ProgressText.Of(pipeline, now, context.Clock.GetElapsedTime(start));
                context.Status(Cells + 1 + text.Length <= CliContext.StatusWidth ? $"{Bar(now)} {text}" : text);
            }
        }
    }
}
