using Recon.Cli.Hosting;
using Recon.Push.Sending;

namespace Recon.Cli.Rendering.Live;

/// <summary>Tells people how far a push is, until it is disposed: one line that is drawn again, or a line every few seconds.</summary>
internal sealed class PushWatch : IDisposable
{
    // What is over sooner needs no picture.
    private static readonly TimeSpan s_start = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_line = TimeSpan.FromSeconds(5);

    private readonly CliContext _context;
    private readonly PushTally _tally;
    private readonly bool _isUndo;
    private readonly bool _draws;
    private readonly Action<string> _say;
    private readonly long _started;
    private readonly Lock _gate = new();
    private ITimer? _timer;

    private PushWatch(Invocation invocation, PushTally tally, bool isUndo)
    {
        (_context, _tally, _isUndo, _say) = (invocation.Context, tally, isUndo, invocation.Note);
        _draws = _context.HasStatus;
        _started = _context.Clock.GetTimestamp();
    }

    /// <returns>The watch; <see langword="null"/> where nobody wants to know.</returns>
    public static PushWatch? Start(Invocation invocation, PushTally tally, bool isUndo)
    {
        if (invocation.Quiet)
        {
            return null;
        }

        var watch = new PushWatch(invocation, tally, isUndo);
        lock (watch._gate)
        {
            watch._timer = watch._draws
                ? watch._context.Clock.CreateTimer(_ => watch.Tell(), null, s_start, s_redraw)
                : watch._context.Clock.CreateTimer(_ => watch.Tell(), null, s_line, s_line);
        }

        return watch;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            if (_draws)
            {
                _context.Status([]);
            }
        }
    }

    private void Tell()
    {
        lock (_gate)
        {
            // A tick that was on its way when the push ended tells nothing.
            if (_timer is null || PushProgress.Of(_tally, _isUndo, _context.Clock.GetElapsedTime(_started)) is not { } progress)
            {
                return;
            }

            string verb = _isUndo ? "undo" : "push";
            if (_draws)
            {
                _context.Status([PushLine.Draw(verb, progress, CliContext.StatusWidth)]);
            }
            else
            {
                _say(PushLine.Of(verb, progress));
            }
        }
    }
}
