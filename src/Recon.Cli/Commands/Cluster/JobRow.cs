using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Commands.Cluster;

/// <summary>
/// A job's row, as one process sees it that may be its coordinator. What the process asks and changes goes one after the other, so that it
/// does not take its own move to another silo for a take-over by somebody else.
/// </summary>
internal sealed class JobRow(ReconDataSources sources, JobStore store, Guid job) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string _silo = "";

    public Guid Job => job;

    /// <summary>Begins the job, as its first coordinator.</summary>
    public async Task CreateAsync(NpgsqlConnection connection, SharedJob begun, CancellationToken cancellationToken)
    {
        await store.CreateAsync(connection, begun, cancellationToken);
        _silo = begun.Coordinator;
    }

    public async Task<SharedJob?> FindAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        return await store.FindAsync(connection, job, cancellationToken);
    }

    /// <summary>Takes the place of a coordinator that is gone, as a silo.</summary>
    /// <returns>When, by the server's clock; <see langword="null"/> when somebody was faster.</returns>
    public Task<DateTime?> TakeAsync(string former, string silo, CancellationToken cancellationToken) => InTurnAsync(
        async connection =>
        {
            DateTime? taken = await store.TakeOverAsync(connection, job, former, silo, cancellationToken);
            _silo = taken is null ? _silo : silo;
            return taken;
        },
        cancellationToken);

    /// <summary>Shows that the coordinator is alive, and as which silo the others find it.</summary>
    /// <param name="silo">The silo that this process is now; <see langword="null"/> while it is none.</param>
    /// <returns>Whether this process still is the coordinator, as far as the row tells.</returns>
    public Task<bool> KeepAsync(string? silo, CancellationToken cancellationToken) => InTurnAsync(
        async connection =>
        {
            string now = silo ?? _silo;
            if (await store.KeepAsync(connection, job, _silo, now, cancellationToken))
            {
                _silo = now;
                return true;
            }

            // The answer to a change may have been lost, and a job that has ended has no beat.
            if (await store.FindAsync(connection, job, cancellationToken) is not { } found)
            {
                return true;
            }

            _silo = found.Coordinator == now ? now : _silo;
            return found.Coordinator == _silo;
        },
        cancellationToken);

    /// <summary>Leaves the job to whoever takes it; nothing when another process coordinates it, or this one never did.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken) => InTurnAsync(
        async connection => _silo.Length > 0 && await store.LeaveAsync(connection, job, _silo, cancellationToken),
        cancellationToken);

    /// <summary>Ends the job; nothing when another process coordinates it.</summary>
    public Task EndAsync(string outcome, CancellationToken cancellationToken) => InTurnAsync(
        async connection =>
        {
            await store.EndAsync(connection, job, _silo, outcome, cancellationToken);
            return true;
        },
        cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async Task<T> InTurnAsync<T>(Func<NpgsqlConnection, Task<T>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
            return await change(connection);
        }
        finally
        {
            _turn.Release();
        }
    }
}
