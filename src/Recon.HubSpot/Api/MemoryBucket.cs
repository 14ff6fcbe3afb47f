namespace Recon.HubSpot.Api;

/// <summary>
/// The limits as one process knows them: what HubSpot told last, and a pause that it asked for. Enough for a few calls;
/// a push shares a bucket in the database with all others.
/// </summary>
internal sealed class MemoryBucket(TimeProvider clock) : ICallBucket
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private int? _left;
    private int? _max;
    private DateTimeOffset _intervalEnds;
    private DateTimeOffset _pauseUntil;

    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        while (WaitFor() is { } wait)
        {
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    public ValueTask ObserveAsync(RateState state, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _max = state.Max ?? _max;
            if (state.PauseUntil > _pauseUntil)
            {
                _pauseUntil = state.PauseUntil.Value;
            }

            // Answers overtake each other: within an interval only the smallest rest counts.
            if (state.Remaining is { } remaining)
            {
                bool isNew = state.At >= _intervalEnds;
                _left = isNew || _left is null ? remaining : Math.Min(_left.Value, remaining);
                _intervalEnds = isNew ? state.At + (state.Interval ?? s_interval) : _intervalEnds;
            }
        }

        return ValueTask.CompletedTask;
    }

    private TimeSpan? WaitFor()
    {
        lock (_gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (now < _pauseUntil)
            {
                return _pauseUntil - now;
            }

            if (now >= _intervalEnds)
            {
                _left = _max;
            }
            else if (_left <= 0)
            {
                return _intervalEnds - now;
            }

            _left--;
            return null;
        }
    }
}
