namespace Recon.Dataflow.Topology;

/// <summary>Holds a reader while a pause is on, and counts how long. One reader waits at a time; anybody asks.</summary>
/// <param name="pause">Holds the reader; <see langword="null"/> where nobody does.</param>
internal sealed class PauseWatch(ReadingPause? pause, TimeProvider clock)
{
    private long _ticks;
    private long _since;

    /// <summary>How long the reader has been held.</summary>
    public TimeSpan Paused
    {
        get
        {
            long since = Volatile.Read(ref _since);
            return TimeSpan.FromTicks(Volatile.Read(ref _ticks)) + (since == 0 ? TimeSpan.Zero : clock.GetElapsedTime(since));
        }
    }

    /// <summary>Waits until no pause is on.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (pause is not { IsOn: true })
        {
            return;
        }

        long since = clock.GetTimestamp();
        Volatile.Write(ref _since, since);
        try
        {
            await pause.WaitAsync(cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _since, 0);
            _ = Interlocked.Add(ref _ticks, clock.GetElapsedTime(since).Ticks);
        }
    }
}
