using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// Shows every second that the run is alive and how far it is, and ends it when another run took over. Every few seconds it
/// asks the server which of the run's sessions it still knows.
/// </summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private const int BeatsBetweenLooks = 5;

    private readonly CancellationTokenSource _ended;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private readonly TimeProvider _clock;
    private readonly RunWatch? _watch;
    private long _last;
    private NpgsqlConnection? _connection;

    /// <param name="watch">Tells how far the run is; <see langword="null"/> for what is no run.</param>
    public Heartbeat(
        ReconDataSources sources, Lease lease, LeaseTiming timing, TimeProvider clock, ILogger logger, CancellationToken abort, RunWatch? watch = null)
    {
        _ended = CancellationTokenSource.CreateLinkedTokenSource(abort);
        (_clock, _watch, _last) = (clock, watch, clock.GetTimestamp());
        _beating = BeatAsync(sources, lease, timing, clock, logger);
    }

    /// <summary>Cancelled when the lease is lost, and when the run is aborted.</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>Why <see cref="Token"/> was cancelled, when it was because another run took over.</summary>
    public LeaseLostException? Lost { get; private set; }

    /// <summary>The time since the server last took a sign of life.</summary>
    public TimeSpan Age => _clock.GetElapsedTime(Interlocked.Read(ref _last));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
        _ended.Dispose();
    }

    private async Task BeatAsync(
        ReconDataSources sources, Lease lease, LeaseTiming timing, TimeProvider clock, ILogger logger)
    {
        try
        {
            for (int beats = 1; ; beats++)
            {
                await Task.Delay(timing.Beat, clock, _stop.Token);
                try
                {
                    await BeatOnceAsync(sources, lease, timing, clock, logger, looks: beats % BeatsBetweenLooks == 0);
                }
                catch (Exception exception) when (
                    PostgresFaults.IsBroken(exception) || (exception is OperationCanceledException && !_stop.IsCancellationRequested))
                {
                    // A beat may be missed: the server decides after many of them, and batches are fenced by the epoch.
                    await CloseAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (LeaseLostException lost)
        {
            Lost = lost;
            await _ended.CancelAsync();
        }
        finally
        {
            await CloseAsync();
        }
    }

    // A beat that gets no answer is given up while there is time for others: its connection may be dead.
    private async Task BeatOnceAsync(
        ReconDataSources sources, Lease lease, LeaseTiming timing, TimeProvider clock, ILogger logger, bool looks)
    {
        using var patience = new CancellationTokenSource(timing.Expiry / 3, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        _connection ??= await sources.Control.OpenConnectionAsync(either.Token);
        await using CancellationTokenRegistration giveUp = ConnectionBreaker.BreakWhen(_connection, patience.Token);
        if (_watch is { WaitsForServer: true })
        {
            _watch.ServerTells = await ServerWaits.AskAsync(_connection, sources.Sessions.Processes, either.Token);
        }

        await lease.BeatAsync(_connection, _watch?.Snapshot().ToJson(), either.Token);
        Interlocked.Exchange(ref _last, clock.GetTimestamp());
        int lost = looks ? await sources.Sessions.BreakLostAsync(_connection, either.Token) : 0;
        if (lost > 0)
        {
            logger.SessionsLost(lease.Run.Pipeline, lost);
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }
}
