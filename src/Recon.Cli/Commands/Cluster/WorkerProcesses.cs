using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Recon.Cli.Hosting;

namespace Recon.Cli.Commands.Cluster;

/// <summary>The worker processes of a run on this machine. They are this program again, and outlive it if it is killed.</summary>
/// <param name="start">How one is started.</param>
/// <param name="tell">Takes what became of one that ended before the run.</param>
/// <param name="heard">From how many workers the run heard lately, wherever they are.</param>
internal sealed class WorkerProcesses(Func<ProcessStartInfo> start, Action<string> tell, Func<int> heard, TimeProvider clock) : IAsyncDisposable
{
    private const int MostRestarts = 3;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<Process> _processes = [];
    private readonly List<Task> _watches = [];
    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationTokenSource _ends = new();
    private bool _isEnding;
    private bool _areLetGo;
    private int _alive;
    private int _restarts;

    /// <summary>Cancelled when none is left and none is started again, and no other worker is heard of.</summary>
    public CancellationToken Gone => _gone.Token;

    public void Start(int count)
    {
        lock (_gate)
        {
            for (int index = 0; index < count; index++)
            {
                StartOne();
            }
        }
    }

    /// <summary>From here on it is no news that one ends.</summary>
    public void BeginEnd()
    {
        lock (_gate)
        {
            if (_isEnding)
            {
                return;
            }

            _isEnding = true;
        }

        _ends.Cancel();
    }

    /// <summary>They go on without this process, which neither waits for them nor kills any.</summary>
    public void LetGo() => _areLetGo = true;

    /// <summary>Waits for all of them; those that take too long are killed: what they had not committed is others' by then.</summary>
    public async ValueTask DisposeAsync()
    {
        BeginEnd();
        if (_areLetGo)
        {
            return;
        }

        Task all = Task.WhenAll(_watches);
        try
        {
            await all.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            foreach (Process process in _processes)
            {
                Kill(process);
            }

            await all;
        }

        _processes.ForEach(process => process.Dispose());
        _gone.Dispose();
        _ends.Dispose();
    }

    // Under the lock.
    private void StartOne()
    {
        Process process = Process.Start(start())!;
        process.StandardInput.Close();
        _processes.Add(process);
        _alive++;
        _watches.Add(WatchAsync(process));
    }

    // Under the lock. The machine may have no memory for one.
    private void TryStartOne()
    {
        try
        {
            StartOne();
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or IOException)
        {
            tell($"Another worker process cannot be started: {exception.Message}");
        }
    }

    private async Task WatchAsync(Process process)
    {
        await process.WaitForExitAsync();
        int exitCode = process.ExitCode;
        bool isLast;
        lock (_gate)
        {
            _alive--;
            if (_isEnding)
            {
                return;
            }

            bool starts = _alive == 0 && exitCode != ExitCodes.Refused && _restarts < MostRestarts;
            string what = string.Create(CultureInfo.InvariantCulture, $"Worker process {process.Id} has ended with exit code {exitCode}");
            tell(
                _alive > 0 ? string.Create(CultureInfo.InvariantCulture, $"{what}. Its part goes to the {_alive} left.")
                : starts ? string.Create(CultureInfo.InvariantCulture, $"{what}, and none is left. Another one is started ({++_restarts} of {MostRestarts}).")
                : $"{what}, and none is left.");
            if (starts)
            {
                TryStartOne();
            }

            isLast = _alive == 0;
        }

        if (isLast)
        {
            await WaitForOthersAsync();
        }
    }

    // Those of other machines go on without the ones of this machine.
    private async Task WaitForOthersAsync()
    {
        while (heard() > 0 && !_ends.IsCancellationRequested)
        {
            await Task.Delay(s_look, clock, _ends.Token).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        if (!_ends.IsCancellationRequested)
        {
            await _gone.CancelAsync();
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
