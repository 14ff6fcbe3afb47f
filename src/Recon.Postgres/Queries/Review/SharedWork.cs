namespace Recon.Postgres.Queries.Review;

/// <summary>Work that is done once for all who wait for it, and ended soon after the last of them has left. Thread-safe.</summary>
/// <param name="work">What is done; its token tells it to end.</param>
internal sealed class SharedWork<T>(Func<CancellationToken, Task<T>> work, TimeProvider clock)
{
    /// <summary>A page that does not wait any longer has a part of it ask again: until then nobody waits.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Running? _running;

    /// <summary>Waits for what is being done, or for what begins with this.</summary>
    public async Task<T> WaitAsync(CancellationToken token)
    {
        Running running;
        lock (_gate)
        {
            if (_running is null or { Result.IsCompleted: true })
            {
                _running = new Running(work);
            }

            running = _running;
            running.Waiting++;
        }

        try
        {
            return await running.Result.WaitAsync(token);
        }
        finally
        {
            bool isLast;
            lock (_gate)
            {
                isLast = --running.Waiting == 0;
            }

            if (isLast && !running.Result.IsCompleted)
            {
                _ = EndAsync(running);
            }
        }
    }

    private async Task EndAsync(Running running)
    {
        if (running.Result == await Task.WhenAny(running.Result, Task.Delay(Grace, clock)))
        {
            return;
        }

        lock (_gate)
        {
            if (running.Waiting > 0 || running.Result.IsCompleted)
            {
                return;
            }

            if (_running == running)
            {
                _running = null;
            }
        }

        await running.Stop.CancelAsync();
    }

    private sealed class Running
    {
        public Running(Func<CancellationToken, Task<T>> work) => Result = Task.Run(() => work(Stop.Token), CancellationToken.None);

        // Without a timer and a handle it holds nothing that must be freed.
        public CancellationTokenSource Stop { get; } = new();

        public Task<T> Result { get; }

        /// <summary>How many wait.</summary>
        public int Waiting { get; set; }
    }
}
