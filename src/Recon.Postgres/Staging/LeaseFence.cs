using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;

namespace Recon.Postgres.Staging;

/// <summary>
/// Keeps a run that lost its lease from changing anything: the first statement of each of its transactions locks the
/// lease's row while the epoch is its own. Whoever takes over waits for that lock, or ends the session that holds it.
/// </summary>
/// <param name="tables">The staging names.</param>
/// <param name="run">The run and its epoch.</param>
internal sealed class LeaseFence(StagingTables tables, RunIdentity run)
{
    /// <summary>Holds the lease until the end of the current transaction.</summary>
    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task HoldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        bool held = await SqlText.Of($"select 1 from {tables.Lease} where pipeline = $1 and epoch = $2 for key share")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.Epoch)) is not null;
        if (!held)
        {
            throw LeaseLost.Of(run.Pipeline);
        }
    }
}
