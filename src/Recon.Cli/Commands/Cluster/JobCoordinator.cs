using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cluster;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Commands.Cluster;

/// <summary>
/// What this process has to do with the coordination of a job: it coordinates from the beginning, or takes over when the coordinator is
/// gone, by the job's row. Wrong about that, it does no harm: of two coordinators, the pipeline's lease lets one commit.
/// </summary>
internal sealed class JobCoordinator : ICoordinatorHost, IAsyncDisposable
{
    /// <summary>A coordinator that was heard of since is alive, whatever led here.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(5);

    // Workers report once a second.
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);

    private readonly JobRow _row;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Func<SharedJob, SharingTerms, Task<int?>>? _run;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _leaves = new();

    // Once it is cancelled, this process takes nothing over any more.
    private readonly CancellationTokenSource _resigned;
    private State _state = State.Idle;
    private CancellationTokenSource _displaced = new();
    private Task _taking = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;

    /// <param name="run">
    /// Goes on with a job, and tells the exit code that its end has; <see langword="null"/> to hand it over to others. Where there is none, this
    /// process takes nothing over.
    /// </param>
    /// <param name="stop">Once it is cancelled, this process takes nothing over any more.</param>
    public JobCoordinator(
        JobRow row, TimeProvider clock, ILogger logger, Func<SharedJob, SharingTerms, Task<int?>>? run, CancellationToken stop)
    {
        (_row, _clock, _logger, _run) = (row, clock, logger, run);
        _resigned = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Workers = new HeardWorkers(Desk, clock);
    }

    private enum State
    {
        Idle,
        Looking,
        Coordinating,
        Replaced,
        Ended,
    }

    /// <summary>Where the workers find the run.</summary>
    public RunDesk Desk { get; } = new();

    /// <summary>The workers of the run, while this process coordinates it.</summary>
    public HeardWorkers Workers { get; }

    /// <summary>The process's part in the cluster, once it has one.</summary>
    public ClusterMember? Member { get; set; }

    /// <summary>Whether another process coordinates the job that this one began.</summary>
    public bool IsReplaced => Is(State.Replaced);

    /// <summary>
    /// Cancelled when this process takes the job over no more, because it was stopped or could not do it. Others are led to it for as long as
    /// it is there, so it leaves.
    /// </summary>
    public CancellationToken Resigned => _resigned.Token;

    /// <summary>Begins a job, as its first coordinator.</summary>
    public async Task<SharingTerms> BeginAsync(NpgsqlConnection connection, SharedJob begun, CancellationToken token)
    {
        await _row.CreateAsync(connection, begun, token);
        return Start();
    }

    /// <summary>Finds out whether another process has taken the job over in the meantime.</summary>
    /// <returns>Whether one has, as far as can be found out.</returns>
    public async Task<bool> LookAsync()
    {
        try
        {
            if (!IsReplaced && await _row.KeepAsync(Member?.Silo, _leaves.Token))
            {
                return false;
            }

            Replace();
            return true;
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception))
        {
            // Then nobody else can work with the server either.
            return IsReplaced;
        }
    }

    /// <summary>Ends the job, unless another process coordinates it by now.</summary>
    public async Task EndAsync(string outcome)
    {
        if (IsReplaced)
        {
            return;
        }

        try
        {
            await _row.EndAsync(outcome, _leaves.Token);
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception))
        {
            // Nobody goes on with it when it is forgotten; who tries before finds what was committed.
            _logger.JobNotEnded(exception.Message);
        }

        Set(State.Ended);
        Desk.End();
    }

    /// <summary>
    /// Waits for a moment until every worker knows that the job has ended: who asks later looks for a process that is gone.
    /// </summary>
    public async Task SayFarewellAsync(CancellationToken abort)
    {
        long began = _clock.GetTimestamp();
        while (Is(State.Ended) && Workers.Alive > 0 && !abort.IsCancellationRequested && _clock.GetElapsedTime(began) < s_farewell)
        {
            await PauseAsync(s_glance);
        }
    }

    /// <summary>How the job ended, once it has, whoever coordinates it.</summary>
    public async Task<string?> OutcomeAsync(CancellationToken token)
    {
        while (true)
        {
            try
            {
                SharedJob? found = await _row.FindAsync(token);
                if (found is not { Outcome: null, Silence: var silence } || silence > JobStore.Forgotten)
                {
                    return found?.Outcome;
                }
            }
            catch (Exception exception) when (PostgresFaults.IsBroken(exception))
            {
                // It will be there again.
            }

            await Task.Delay(s_beat, _clock, token);
        }
    }

    /// <summary>How the job ended; <see langword="null"/> while it goes on, or where that cannot be asked now.</summary>
    public async Task<string?> LastOutcomeAsync()
    {
        try
        {
            return (await _row.FindAsync(_leaves.Token))?.Outcome;
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception))
        {
            return null;
        }
    }

    public IRunExchange? Coordinate()
    {
        lock (_gate)
        {
            bool mayTake = _run is not null && !_resigned.IsCancellationRequested;
            if (_state == State.Replaced)
            {
                _state = mayTake ? State.Idle : State.Replaced;
                return null;
            }

            if (_state == State.Idle && _run is not null)
            {
                if (!mayTake)
                {
                    return null;
                }

                if (_taking.IsCompleted)
                {
                    _state = State.Looking;
                    _taking = Task.Run(TakeOverAsync);
                }
            }

            return Workers;
        }
    }

    public async Task<string?> CoordinatorAsync() => (await _row.FindAsync(_leaves.Token))?.Coordinator;

    /// <summary>Waits until this process coordinates nothing any more, and takes nothing over from now on.</summary>
    public async Task FinishAsync()
    {
        await _resigned.CancelAsync();
        await TakingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await FinishAsync();
        await _leaves.CancelAsync();
        await _beating;
        _resigned.Dispose();
        _displaced.Dispose();
        _leaves.Dispose();
    }

    private Task TakingAsync()
    {
        lock (_gate)
        {
            return _taking;
        }
    }

    private async Task TakeOverAsync()
    {
        while (!_resigned.IsCancellationRequested)
        {
            try
            {
                if (await TryTakeAsync() is not { } taken || await GoOnAsync(taken.Job, taken.Sharing))
                {
                    return;
                }

                break;
            }
            catch (OperationCanceledException) when (_resigned.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (PostgresFaults.IsBroken(exception))
            {
                _logger.TakeOverFailed(exception.Message);
                await PauseAsync(s_beat);
            }
#pragma warning disable CA1031 // Whatever keeps it from coordinating, another process does it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _logger.NotTakenOver(exception.Message);
                break;
            }
        }

        await HandOverAsync();
    }

    // Null where there is nothing to take: the job has ended, or its coordinator is alive.
    private async Task<(SharedJob Job, SharingTerms Sharing)?> TryTakeAsync()
    {
        long began = _clock.GetTimestamp();
        while (_clock.GetElapsedTime(began) < s_patience)
        {
            SharedJob? found = await _row.FindAsync(_resigned.Token);
            if (found is not { Outcome: null })
            {
                Set(State.Ended);
                Desk.End();
                return null;
            }

            if (Member?.Silo is { } silo && (found.Coordinator.Length == 0 || found.Coordinator == silo || found.Silence >= s_silence)
                && await _row.TakeAsync(found.Coordinator, silo, _resigned.Token) is { } takenOverAt)
            {
                _logger.TakenOver(_row.Job, found.StartedBy);
                return (found, Start() with { IsTakeOver = true, TakenOverAt = takenOverAt });
            }

            await Task.Delay(s_look, _clock, _resigned.Token);
        }

        Set(State.Replaced);
        return null;
    }

    // Whether the job has ended, or is another's by now; not where somebody else has to go on with it.
    private async Task<bool> GoOnAsync(SharedJob job, SharingTerms sharing)
    {
        int? exitCode = await _run!(job, sharing);
        if (sharing.Displaced.IsCancellationRequested || (exitCode != ExitCodes.Done && await LookAsync()))
        {
            return true;
        }

        if (exitCode is { } code)
        {
            await EndAsync(JobOutcome.Of(code));
        }

        return exitCode is not null;
    }

    private async Task HandOverAsync()
    {
        Set(State.Replaced);
        using var patience = new CancellationTokenSource(s_lastWords, _clock);
        try
        {
            await _row.LeaveAsync(patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException || PostgresFaults.IsBroken(exception))
        {
            // Its silence tells them.
        }

        await _resigned.CancelAsync();
    }

    private SharingTerms Start()
    {
        lock (_gate)
        {
            _state = State.Coordinating;
            _displaced.Dispose();
            _displaced = new CancellationTokenSource();
            Task former = _beating;
            _beating = Task.Run(() => BeatAsync(former));
            CancellationToken displaced = _displaced.Token;
            return new SharingTerms(Desk)
            {
                Displaced = displaced,
                IsDisplacedAsync = async () => displaced.IsCancellationRequested || await LookAsync(),
            };
        }
    }

    private async Task BeatAsync(Task former)
    {
        await former;
        while (Is(State.Coordinating))
        {
            try
            {
                if (!await _row.KeepAsync(Member?.Silo, _leaves.Token) && Is(State.Coordinating))
                {
                    Replace();
                    return;
                }
            }
            catch (OperationCanceledException) when (_leaves.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (PostgresFaults.IsBroken(exception))
            {
                // A server that is gone for long ends the run; for a moment, nobody takes it over either.
            }

            await PauseAsync(s_beat);
        }
    }

    private Task PauseAsync(TimeSpan time) => Task.Delay(time, _clock, _leaves.Token).ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private void Replace()
    {
        CancellationTokenSource displaced;
        lock (_gate)
        {
            if (_state == State.Replaced)
            {
                return;
            }

            _state = State.Replaced;
            displaced = _displaced;
        }

        _logger.Replaced(_row.Job);
        displaced.Cancel();
    }

    private bool Is(State state)
    {
        lock (_gate)
        {
            return _state == state;
        }
    }

    private void Set(State state)
    {
        lock (_gate)
        {
            _state = state;
        }
    }
}
