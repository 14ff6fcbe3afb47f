namespace Recon.Dataflow.Telemetry;

/// <summary>What a lookup was asked, and how long its latest answers took; a few calls per batch. Thread-safe.</summary>
internal sealed class LookupMeter(string pipeline, string lookup, ReconMetrics? metrics)
{
    // What is asked of it is how long an answer takes now, not over the whole run.
    private const int Kept = 256;

    private readonly Lock _gate = new();
    private readonly TimeSpan[] _latest = new TimeSpan[Kept];
    private long _answers;
    private long _asked;
    private long _cached;
    private long _remembered;
    private LookupCounts? _told;

    public string Lookup => lookup;

    /// <summary>The server answered.</summary>
    /// <param name="ids">Distinct ids asked for.</param>
    /// <param name="found">How many of them have a HubSpot record.</param>
    public void Answered(int ids, int found, TimeSpan elapsed)
    {
        metrics?.LookedUp(pipeline, lookup, ids, found, elapsed);
        lock (_gate)
        {
            _asked += ids;
            Keep(ids, elapsed);
        }
    }

    /// <summary>A table in memory answered.</summary>
    public void AnsweredFromCache(int ids, TimeSpan elapsed)
    {
        metrics?.LookedUpInCache(pipeline, lookup, ids, elapsed);
        lock (_gate)
        {
            _cached += ids;
            Keep(ids, elapsed);
        }
    }

    /// <summary>Ids were known from earlier batches.</summary>
    public void Remembered(int ids)
    {
        metrics?.Remembered(pipeline, lookup, ids);
        Interlocked.Add(ref _remembered, ids);
    }

    /// <summary>Takes what meters elsewhere counted, all of them together, in place of its own.</summary>
    public void Tell(LookupCounts counts)
    {
        lock (_gate)
        {
            _told = counts;
        }
    }

    public LookupCounts Read()
    {
        lock (_gate)
        {
            if (_told is { } told)
            {
                return told;
            }

            TimeSpan[] latest = _latest[..(int)Math.Min(_answers, Kept)];
            Array.Sort(latest);
            return new LookupCounts(
                _asked, _cached, Interlocked.Read(ref _remembered), Percentile(latest, 0.5), Percentile(latest, 0.95));
        }
    }

    private static TimeSpan? Percentile(TimeSpan[] sorted, double share)
        => sorted.Length == 0 ? null : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private void Keep(int ids, TimeSpan elapsed)
    {
        if (ids > 0)
        {
            _latest[_answers++ % Kept] = elapsed;
        }
    }
}

/// <summary>What a lookup was asked so far: distinct ids of batches.</summary>
/// <param name="Asked">The server was asked for.</param>
/// <param name="Cached">A table in memory was asked for.</param>
/// <param name="Remembered">Known from earlier batches.</param>
/// <param name="Median">Of the latest answers; <see langword="null"/> before the first one.</param>
/// <param name="Slowest">What 95 of 100 of the latest answers did not exceed.</param>
internal readonly record struct LookupCounts(long Asked, long Cached, long Remembered, TimeSpan? Median, TimeSpan? Slowest)
{
    public long Ids => Asked + Cached + Remembered;
}
