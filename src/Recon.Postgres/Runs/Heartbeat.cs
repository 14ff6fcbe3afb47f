using Npgsql;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>Shows every second that the run is alive, and ends it when another run took over.</summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;

    public Heartbeat(
        NpgsqlDataSource source, Lease lease, TimeSpan beat, TimeProvider clock, CancellationToken abort)
    {
        _ended = CancellationTokenSource.CreateLinkedTokenSource(abort);
        _beating = BeatAsync(source, lease, beat, clock);
    }

    /// <summary>Cancelled when the lease is lost, and when the run is aborted.</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>Why <see cref="Token"/> was cancelled, when it was because another run took over.</summary>
    public LeaseLostException? Lost { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
        _ended.Dispose();
    }

    private async Task BeatAsync(NpgsqlDataSource source, Lease lease, TimeSpan beat, TimeProvider clock)
    {
        NpgsqlConnection? connection = null;
        try
        {
            while (true)
            {
                await Task.Delay(beat, clock, _stop.Token);
                try
                {
                    connection ??= await source.OpenConnectionAsync(_stop.Token);
                    await lease.BeatAsync(connection, _stop.Token);
                }
                catch (Exception exception) when (PostgresFaults.IsBroken(exception))
                {
                    // A beat may be missed: the server decides after many of them, and batches are fenced by the epoch.
                    if (connection is not null)
                    {
                        await connection.DisposeAsync();
                        connection = null;
                    }
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
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }
}
