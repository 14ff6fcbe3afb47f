using System.Runtime.InteropServices;

namespace Recon.Cli.Hosting;

/// <summary>
/// What SIGINT and SIGTERM do: the first one ends reading, so that what is in flight is committed; the second one, or
/// <see cref="Patience"/> after the first, ends everything at once; the third signal is left to the system, which kills
/// the process.
/// </summary>
internal sealed class RunSignals(TimeProvider clock) : IDisposable
{
    /// <summary>
    /// How long what is in flight may take after the first signal. Together with what an aborted run waits for its server
    /// (10 seconds for the log, 5 for the lease) it stays within the 30 seconds that service managers commonly grant.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <summary>
    /// When the process ends, whatever it waits for: a server or a network that neither answers nor refuses holds up even a cancellation.
    /// What it leaves is what a kill leaves, and is resumed in the same way.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(28);

    /// <summary>The same, counted from the second signal.</summary>
    public static readonly TimeSpan LimitAfterSecond = TimeSpan.FromSeconds(5);

    /// <summary>How long <see cref="Ending"/> may take.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    // For as long as the process lives: one that is collected no longer keeps a signal from killing it.
    private static readonly List<PosixSignalRegistration> s_listening = [];

    private readonly CancellationTokenSource _stopReading = new();
    private readonly CancellationTokenSource _abort = new();
    private CancellationTokenRegistration _embedding;
    private bool _ended;
    private ITimer? _patience;
    private ITimer? _limit;
    private readonly Lock _gate = new();
    private int _received;
    private int? _exitCode;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken StopReading => _stopReading.Token;

    /// <summary>Cancelled by the second signal, or when the patience after the first one is over.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>128 plus the number of the first signal; <see langword="null"/> while there was none.</summary>
    public int? ExitCode
    {
        get
        {
            lock (_gate)
            {
                return _exitCode;
            }
        }
    }

    /// <summary>What is said, where it is not a run that is stopped.</summary>
    public SignalWords Words { get; set; } = SignalWords.OfRun;

    /// <summary>Told about each signal, for people.</summary>
    public Action<string>? Say { get; set; }

    /// <summary>Ends the process with an exit code, when the limit is reached; nothing by default.</summary>
    public Action<int>? EndProcess { get; set; }

    /// <summary>What is done before that, and given up after <see cref="LastWords"/>; <see langword="null"/> for nothing.</summary>
    public Func<Task>? Ending { get; set; }

    /// <summary>Told before the system kills the process.</summary>
    public Action? Killed { get; set; }

    /// <summary>Listens to the signals of this process.</summary>
    public static RunSignals OfProcess()
    {
        var signals = new RunSignals(TimeProvider.System) { EndProcess = Environment.Exit };
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            s_listening.Add(PosixSignalRegistration.Create(signal, signals.OnSignal));
        }

        return signals;
    }

    /// <summary>Takes a token's cancellation for the first SIGINT.</summary>
    public static RunSignals Of(TimeProvider clock, CancellationToken token)
    {
        var signals = new RunSignals(clock);
        signals._embedding = token.Register(() => signals.Receive(PosixSignal.SIGINT));
        return signals;
    }

    /// <summary>
    /// Ends the command's part. A process listens on until it is gone: it has its exit code, and a late signal must not put
    /// another one in its place.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
        }

        _embedding.Dispose();

        _patience?.Dispose();
        _limit?.Dispose();
        _stopReading.Dispose();
        _abort.Dispose();
    }

    private void LosePatience()
    {
        if (!_abort.IsCancellationRequested)
        {
            Say?.Invoke(Words.TooLong);
            Cancel(_abort);
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended by now.
        }
    }

    private void ReachLimit()
    {
        Say?.Invoke(Words.Exit);
        if (Ending is { } ending)
        {
            _ = EndAfterAsync(ending);
        }
        else
        {
            EndProcess?.Invoke(ExitCode ?? 130);
        }
    }

    private async Task EndAfterAsync(Func<Task> ending)
    {
        await Task.WhenAny(Task.Run(ending), Task.Delay(LastWords, clock));
        EndProcess?.Invoke(ExitCode ?? 130);
    }

    private void OnSignal(PosixSignalContext context) => context.Cancel = Receive(context.Signal);

    /// <returns>Whether the signal has been dealt with; the system's way of dealing with it is to kill.</returns>
    internal bool Receive(PosixSignal signal)
    {
        int received;
        lock (_gate)
        {
            if (_ended)
            {
                return true;
            }

            received = ++_received;
            _exitCode ??= signal == PosixSignal.SIGTERM ? 143 : 130;
        }

        if (received == 1)
        {
            Say?.Invoke(Words.Stop);
            _limit = clock.CreateTimer(_ => ReachLimit(), null, Limit, Timeout.InfiniteTimeSpan);
            _patience = clock.CreateTimer(_ => LosePatience(), null, Patience, Timeout.InfiniteTimeSpan);
            Cancel(_stopReading);
        }
        else if (received == 2)
        {
            Say?.Invoke("Stopping now.");
            _limit?.Change(LimitAfterSecond, Timeout.InfiniteTimeSpan);
            Cancel(_abort);
        }

        else
        {
            Killed?.Invoke();
        }

        return received <= 2;
    }
}
