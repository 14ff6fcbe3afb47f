namespace Recon.Postgres.Tuning;

/// <summary>Looks every few milliseconds how much memory this process has, and keeps the most that it saw.</summary>
internal sealed class MemoryPeak : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(25);
    private readonly ITimer _timer;
    private long _most = Environment.WorkingSet;

    public MemoryPeak(TimeProvider clock)
        => _timer = clock.CreateTimer(_ => Look(), null, s_period, s_period);

    public long Read()
    {
        Look();
        return Interlocked.Read(ref _most);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long now = Environment.WorkingSet;
        long seen = Interlocked.Read(ref _most);
        while (now > seen)
        {
            long before = Interlocked.CompareExchange(ref _most, now, seen);
            seen = before == seen ? now : before;
        }
    }
}
