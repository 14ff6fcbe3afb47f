using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>
/// Keeps a worker from committing what was given to another one: each batch locks the row of its split while the epoch is that of
/// the worker's ticket. Whoever gives the split away raises the epoch, and so waits for that lock.
/// </summary>
/// <param name="of">The split of a batch, and the epoch of its ticket.</param>
internal sealed class SplitFence(Func<RecordBatch, (long Split, long Epoch)> of)
{
    /// <summary>What <see cref="Holding"/> finds, behind the fence of the lease.</summary>
    public static SqlText Source { get; } = SqlText.Of($", ticket");

    /// <summary>The row of the split, with the run and its pipeline as the first parameters and <see cref="AddTo"/>'s behind the ledger's.</summary>
    public static SqlText Holding(StagingTables tables) => SqlText.Of($"""
        ,
        ticket as (select 1 from {tables.Splits} where pipeline = $2 and run_id = $1 and split = $16 and epoch = $17 for share)
        """);

    /// <summary>Holds the split of a batch until the end of the current transaction.</summary>
    /// <exception cref="SplitTakenException">Another worker has it.</exception>
    public async Task HoldAsync(
        NpgsqlConnection connection, StagingTables tables, RunIdentity run, RecordBatch batch, CancellationToken cancellationToken)
    {
        (long split, long epoch) = of(batch);
        bool held = await SqlText.Of($"select 1 from {tables.Splits} where pipeline = $1 and run_id = $2 and split = $3 and epoch = $4 for share")
            .ScalarAsync(
                connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId), SqlValue.Of(split), SqlValue.Of(epoch)) is not null;
        if (!held)
        {
            throw new SplitTakenException(batch);
        }
    }

    public void AddTo(NpgsqlBatchCommand command, RecordBatch batch)
    {
        (long split, long epoch) = of(batch);
        command.Parameters.Add(SqlValue.Of(split));
        command.Parameters.Add(SqlValue.Of(epoch));
    }
}
