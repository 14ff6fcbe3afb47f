using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;

namespace Recon.Postgres.Staging;

/// <summary>
/// Keeps a run that lost its lease from changing anything: the first statement of each of its transactions locks the
/// lease's row while the epoch is its own. Whoever takes over waits for that lock, or ends the session that holds it.
/// </summary>
internal sealed class LeaseFence(StagingTables tables, RunIdentity run)
{
    /// <summary>Holds the lease until the end of the current transaction.</summary>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task HoldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        bool held = await SqlText.Of($"select 1 from {tables.Lease} where pipeline = $1 and epoch = $2 for key share")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.Epoch)) is not null;
        if (!held)
        {
            throw await LostAsync(connection, cancellationToken);
        }
    }

    /// <summary>Why the lease is not this run's any more.</summary>
    public async Task<LeaseLostException> LostAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string? holder = (string?)await SqlText.Of($"select holder from {tables.Lease} where pipeline = $1")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline));
        return holder?.StartsWith(Lease.Releaser, StringComparison.Ordinal) == true
            ? LeaseLostException.Released(run.Pipeline, holder)
            : LeaseLostException.TakenOver(run.Pipeline, holder);
    }

    /// <summary>Like <see cref="HoldAsync"/>, in a transaction whose commit waits for the disk, whatever the server's setting.</summary>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task HoldDurablyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await HoldAsync(connection, cancellationToken);
        await SqlText.Of($"select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'")
            .ExecuteAsync(connection, cancellationToken);
    }

    /// <summary>
    /// Waits until everything that was committed before, by anybody, is on disk and survives a crash of the server.
    /// </summary>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task WaitForDiskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await HoldDurablyAsync(connection, cancellationToken);

        // A transaction that changes nothing does not wait. The row is the heartbeat's, so this one is short.
        await SqlText.Of($"update {tables.Lease} set heartbeat_at = clock_timestamp() where pipeline = $1 and epoch = $2")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.Epoch));
        await transaction.CommitAsync(cancellationToken);
    }
}
