using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Cluster;
using Recon.Postgres.Cluster;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Cluster;

/// <summary>
/// What this process has to do with the coordination of a job: it coordinates from the beginning, or takes over when the coordinator is
/// gone, by the job's row. Wrong about that, it does no harm: of two coordinators, the pipeline's lease lets one commit.
/// </summary>
/// <param name="run">Goes on with a job, and tells the exit code that its end has; <see langword="null"/> to hand it over to others.</param>
internal sealed class JobCoordinator(
    ReconDataSources sources,
    JobStore store,
    Guid job,
    TimeProvider clock,
    ILogger logger,
    Func<SharedJob, SharingTerms, Task<int?>>? run) : ICoordinatorHost, IAsyncDisposable
{
    /// <summary>A coordinator that was heard of since is alive, whatever led here.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _leaves = new();
    private State _state = State.Idle;
    private string _silo = "";
    private Task _taking = Task.CompletedTask;
    private Task _beating = Task.CompletedTask;

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

    /// <summary>The process's part in the cluster, once it has one.</summary>
    public ClusterMember? Member { get; private set; }

    /// <summary>Whether another process coordinates the job that this one began.</summary>
    public bool IsReplaced => Is(State.Replaced);

    public void Joined(ClusterMember member)
    {
        Member = member;
        member.Rejoined = MoveAsync;
    }

    /// <summary>Begins a job, as its first coordinator.</summary>
    public async Task BeginAsync(NpgsqlConnection connection, SharedJob begun, CancellationToken token)
    {
        await store.CreateAsync(connection, begun, token);
        Start(begun.Coordinator);
    }

    /// <summary>Ends the job, unless another process coordinates it by now.</summary>
    public async Task EndAsync(string outcome)
    {
        try
        {
            await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(_leaves.Token);
            await store.EndAsync(connection, job, _silo, outcome, _leaves.Token);
        }
        catch (NpgsqlException exception)
        {
            // Nobody goes on with it when it is forgotten; who tries before finds what was committed.
            logger.JobNotEnded(exception.Message);
        }

        Set(State.Ended);
        Desk.End();
    }

    /// <summary>Removes what is of no use any more once the last process has left the job's cluster, as this one has.</summary>
    public async Task ForgetAsync()
    {
        try
        {
            await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(CancellationToken.None);
            await ClusterSchema.ForgetAsync(connection, job, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The next job does it.
        }
    }

    /// <summary>How the job ended, once it has, whoever coordinates it.</summary>
    public async Task<string?> OutcomeAsync(CancellationToken token)
    {
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(token);
                if (await store.FindAsync(connection, job, token) is not { Outcome: null, Silence: var silence } || silence > JobStore.Forgotten)
                {
                    return (await store.FindAsync(connection, job, token))?.Outcome;
                }
            }
            catch (NpgsqlException)
            {
                // It will be there again.
            }

            await Task.Delay(s_beat, clock, token);
        }
    }

    public IRunExchange? Coordinate()
    {
        lock (_gate)
        {
            if (_state == State.Replaced)
            {
                _state = run is null ? State.Replaced : State.Idle;
                return null;
            }

            if (_state == State.Idle && run is not null && _taking.IsCompleted)
            {
                _state = State.Looking;
                _taking = Task.Run(TakeOverAsync);
            }

            return Desk;
        }
    }

    public async Task<string?> CoordinatorAsync()
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(_leaves.Token);
        return (await store.FindAsync(connection, job, _leaves.Token))?.Coordinator;
    }

    /// <summary>Waits until this process coordinates nothing any more.</summary>
    public Task FinishAsync() => _taking;

    public async ValueTask DisposeAsync()
    {
        await _leaves.CancelAsync();
        await _taking;
        await _beating;
        _leaves.Dispose();
    }

    private async Task TakeOverAsync()
    {
        while (!_leaves.IsCancellationRequested)
        {
            try
            {
                if (await TryTakeAsync() is { } taken)
                {
                    await GoOnAsync(taken);
                }

                return;
            }
            catch (OperationCanceledException) when (_leaves.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever kept it from coordinating, it is tried again, or another process does it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.TakeOverFailed(exception.Message);
                await Task.Delay(s_beat, clock, _leaves.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    // Null where there is nothing to take: the job has ended, or its coordinator is alive.
    private async Task<SharedJob?> TryTakeAsync()
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(_leaves.Token);
        long began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < s_patience)
        {
            SharedJob? found = await store.FindAsync(connection, job, _leaves.Token);
            if (found is not { Outcome: null })
            {
                Set(State.Ended);
                Desk.End();
                return null;
            }

            if (Member?.Silo is { } silo && (found.Coordinator.Length == 0 || found.Coordinator == silo || found.Silence >= s_silence)
                && await store.TakeOverAsync(connection, job, found.Coordinator, silo, _leaves.Token))
            {
                logger.TakenOver(job, found.StartedBy);
                Start(silo);
                return found;
            }

            await Task.Delay(s_look, clock, _leaves.Token);
        }

        Set(State.Replaced);
        return null;
    }

    private async Task GoOnAsync(SharedJob taken)
    {
        int? exitCode = await run!(taken, new SharingTerms(Desk) { IsTakeOver = true });
        if (IsReplaced)
        {
            return;
        }

        if (exitCode is { } code)
        {
            await EndAsync(JobOutcome.Of(code));
            return;
        }

        Set(State.Replaced);
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(_leaves.Token);
        await store.TakeOverAsync(connection, job, _silo, "", _leaves.Token);
    }

    private void Start(string silo)
    {
        lock (_gate)
        {
            (_silo, _state) = (silo, State.Coordinating);
            _beating = _beating.IsCompleted ? Task.Run(BeatAsync) : _beating;
        }
    }

    private async Task BeatAsync()
    {
        while (Is(State.Coordinating))
        {
            try
            {
                await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(_leaves.Token);
                if (!await store.BeatAsync(connection, job, _silo, _leaves.Token) && await IsOthersAsync(connection))
                {
                    Replace();
                    return;
                }

                await Task.Delay(s_beat, clock, _leaves.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NpgsqlException)
            {
                // A server that is gone for long ends the run; for a moment, nobody takes it over either.
                await Task.Delay(s_beat, clock, CancellationToken.None);
            }
        }
    }

    // It may have moved between the two questions.
    private async Task<bool> IsOthersAsync(NpgsqlConnection connection)
        => await store.FindAsync(connection, job, _leaves.Token) is { Outcome: null } found && found.Coordinator != _silo;

    // It has joined the cluster again: the others look for it as the silo that it is now.
    private async Task MoveAsync(string silo)
    {
        if (!Is(State.Coordinating))
        {
            return;
        }

        try
        {
            await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(_leaves.Token);
            string former = _silo;
            _silo = silo;
            if (!await store.TakeOverAsync(connection, job, former, silo, _leaves.Token))
            {
                Replace();
            }
        }
        catch (NpgsqlException exception)
        {
            logger.TakeOverFailed(exception.Message);
        }
    }

    private void Replace()
    {
        logger.Replaced(job);
        Set(State.Replaced);
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
