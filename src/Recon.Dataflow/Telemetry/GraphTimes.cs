using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Telemetry;

/// <summary>
/// Keeps the time of the workers of a graph: busy, waiting, idle, blocked. Told when a block takes a batch, waits, and is
/// done with it; a few calls per batch, none per row. Thread-safe.
/// </summary>
/// <remarks>
/// TPL blocks do not tell when a batch leaves one for the next, and move some only when a worker of the next one is free.
/// So it is not asked where a batch lies. A worker that is free has nothing to take (idle), or does not take what is there:
/// because the block is full of finished batches (blocked), or, where it has room, because no processor came to it yet,
/// which is its work like any other wait for a processor (busy). Outputs are not ordered, so no finished batch waits for
/// an earlier one.
/// </remarks>
internal sealed class GraphTimes : IGraphTimes
{
    private readonly TimeProvider _clock;
    private readonly Account[] _accounts;
    private readonly Account[] _workers;
    private readonly IWaits[] _waits;
    private readonly Lock _gate = new();
    private bool _runs;
    private long _window;

    /// <param name="blocks">The blocks in order, source first; their times are kept here from now on.</param>
    public GraphTimes(IReadOnlyList<BlockStats> blocks, TimeProvider clock)
    {
        _clock = clock;
        Blocks = blocks;
        _accounts = [.. blocks.Select((block, index) => new Account(block.Workers, block.Capacity, index == 0))];
        _workers = [.. _accounts.Where(account => account.Workers > 0)];
        _waits = [.. _accounts.Select(account => new Waits(this, account))];
        for (int index = 0; index < blocks.Count; index++)
        {
            blocks[index].Bind(this, index);
        }
    }

    public IReadOnlyList<BlockStats> Blocks { get; }

    /// <summary>When it was started, as a timestamp of the clock.</summary>
    public long StartedAt { get; private set; }

    /// <summary>From start to stop, or to now.</summary>
    public TimeSpan Window
    {
        get
        {
            lock (_gate)
            {
                Advance();
                return new TimeSpan(_window);
            }
        }
    }

    public void Start()
    {
        lock (_gate)
        {
            StartedAt = _clock.GetTimestamp();
            _runs = true;
            Settle();
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            Advance();
            _runs = false;
        }
    }

    /// <summary>A worker takes a batch, or begins to read one.</summary>
    public void Take(int block) => Change(_accounts[block], static account =>
    {
        account.Taken++;
        account.Running++;
    });

    /// <summary>A worker is done with a batch, which goes on to the next block.</summary>
    public void PassOn(int block) => Change(_accounts[block], static account =>
    {
        account.Passed++;
        account.Running--;
    });

    /// <summary>A worker is done without a batch: it failed, or the input is at its end.</summary>
    public void Drop(int block) => Change(_accounts[block], static account => account.Running--);

    /// <summary>The source will read no more.</summary>
    public void EndInput() => Change(_accounts[0], static account => account.HasInput = false);

    /// <summary>What a block tells of its waits.</summary>
    public IWaits WaitsOf(int block) => _waits[block];

    /// <summary>The time of a block's workers so far.</summary>
    public BlockTimes Of(int block)
    {
        lock (_gate)
        {
            Advance();
            return TimesOf(_accounts[block]);
        }
    }

    /// <summary>The times of all blocks at one moment, in their order.</summary>
    public (TimeSpan Window, BlockTimes[] Times) Read()
    {
        lock (_gate)
        {
            Advance();
            return (new TimeSpan(_window), [.. _accounts.Select(TimesOf)]);
        }
    }

    private static BlockTimes TimesOf(Account account) => new(
        new(account.Busy), new(account.WaitingTime), new(account.Idle), new(account.Blocked), new(account.CommittingTime));

    private void Change(Account account, Action<Account> change)
    {
        lock (_gate)
        {
            Advance();
            change(account);
            Settle();
        }
    }

    private void Advance()
    {
        if (!_runs)
        {
            return;
        }

        // Ticks since the start, so that what is lost by rounding does not add up.
        long now = _clock.GetElapsedTime(StartedAt).Ticks;
        long passed = now - _window;
        _window = now;
        foreach (Account account in _workers)
        {
            account.Add(passed);
        }
    }

    // Finds what the free workers of each block do.
    private void Settle()
    {
        Account? before = null;
        foreach (Account account in _workers)
        {
            account.Arrived = before is null ? 0 : before.Passed - account.Taken;
            if (before is not null)
            {
                before.Settle(account.Arrived);
            }

            before = account;
        }

        before?.Settle(0);
    }

    private sealed class Account(int workers, int capacity, bool isSource)
    {
        private readonly bool _isSource = isSource;
        private long _busyNow;
        private long _idleNow;
        private long _blockedNow;

        /// <summary>Whether there is more to read, where blocks have batches to take.</summary>
        public bool HasInput { get; set; } = isSource;

        public int Workers { get; } = workers;

        public long Taken { get; set; }

        public long Passed { get; set; }

        public int Running { get; set; }

        public int WaitingNow { get; set; }

        public int CommittingNow { get; set; }

        /// <summary>Batches that the block before is done with, and this one has not taken.</summary>
        public long Arrived { get; set; }

        public long Busy { get; private set; }

        public long WaitingTime { get; private set; }

        public long Idle { get; private set; }

        public long Blocked { get; private set; }

        public long CommittingTime { get; private set; }

        /// <param name="behind">Batches that it is done with, and the next block has not taken.</param>
        public void Settle(long behind)
        {
            long free = Workers - Running;
            long able = HasInput ? free : Math.Clamp(Arrived, 0, free);
            long room = _isSource ? 0 : Math.Clamp(capacity - Running - behind, 0, able);
            _busyNow = Running - WaitingNow + room;
            _blockedNow = able - room;
            _idleNow = free - able;
        }

        public void Add(long passed)
        {
            Busy += passed * _busyNow;
            WaitingTime += passed * WaitingNow;
            Idle += passed * _idleNow;
            Blocked += passed * _blockedNow;
            CommittingTime += passed * CommittingNow;
        }
    }

    private sealed class Waits(GraphTimes times, Account account) : IWaits
    {
        public void Begin(WaitFor what) => Count(what, 1);

        public void End(WaitFor what) => Count(what, -1);

        private void Count(WaitFor what, int change)
        {
            lock (times._gate)
            {
                times.Advance();
                if (what == WaitFor.Commit)
                {
                    account.CommittingNow += change;
                }
                else
                {
                    account.WaitingNow += change;
                    times.Settle();
                }
            }
        }
    }
}
