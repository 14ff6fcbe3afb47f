using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// Who may commit which split: a row for each that was handed out, whose epoch grows each time. A worker's batch commits only while
/// it holds that row, with the epoch of its ticket, by a lock that it shares with other batches of the split; whoever changes the row
/// waits for them. Everything here happens under the lease's fence.
/// </summary>
internal sealed class SplitStore(RunContext context, RunIdentity run)
{
    private readonly StagingTables _tables = context.Tables;
    private readonly LeaseFence _fence = new(context.Tables, run);
    private long _firstEpoch = 1;

    /// <summary>Removes what a run before this one, or this one, handed out; batches of it that are being committed are waited for.</summary>
    /// <exception cref="Faults.LeaseLostException">Another run took over.</exception>
    public Task ClearAsync(CancellationToken cancellationToken)
    {
        // A ticket from before is none of the same split afterwards.
        _firstEpoch += 1L << 32;
        return ChangeAsync(
            (connection, token) => SqlText.Of($"delete from {_tables.Splits} where pipeline = $1")
                .ExecuteAsync(connection, token, SqlValue.Of(run.Pipeline)),
            cancellationToken);
    }

    /// <summary>Hands out splits.</summary>
    /// <returns>Their epochs, in which nobody else has had them.</returns>
    /// <exception cref="Faults.LeaseLostException">Another run took over.</exception>
    public async Task<IReadOnlyDictionary<long, long>> GiveAsync(IReadOnlyList<long> splits, string worker, CancellationToken cancellationToken)
        => (await ChangeAsync(
            (connection, token) => SqlText.Of($"""
                insert into {_tables.Splits} as s (pipeline, split, run_id, epoch, worker)
                select $1, split, $2, $5, $3 from unnest($4) split order by split
                on conflict (pipeline, split) do update set
                    run_id = excluded.run_id, epoch = s.epoch + 1, worker = excluded.worker, given_at = clock_timestamp()
                returning split, epoch
                """).ListAsync(
                    connection,
                    row => KeyValuePair.Create(row.GetInt64(0), row.GetInt64(1)),
                    token,
                    SqlValue.Of(run.Pipeline),
                    SqlValue.Of(run.RunId),
                    SqlValue.Of(worker),
                    SqlValue.Numbers([.. splits]),
                    SqlValue.Of(_firstEpoch)),
            cancellationToken)).ToDictionary();

    /// <summary>
    /// Takes splits back. Afterwards nothing of them commits under the epoch that they had: what was about to is committed, or its
    /// session has been ended.
    /// </summary>
    /// <exception cref="Faults.LeaseLostException">Another run took over.</exception>
    public Task TakeBackAsync(IReadOnlyList<long> splits, CancellationToken cancellationToken)
        => ChangeAsync(
            (connection, token) => SqlText.Of($"""
                update {_tables.Splits} set epoch = epoch + 1, worker = null where pipeline = $1 and split = any($2)
                """).ExecuteAsync(connection, token, SqlValue.Of(run.Pipeline), SqlValue.Numbers([.. splits])),
            cancellationToken);

    private async Task<T> ChangeAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> change, CancellationToken cancellationToken)
    {
        // Whoever ends sessions needs one of the few of Control while others wait. Where a worker of the same process writes batches over
        // these, it holds each for a batch, and waits for none that this one has to wait for.
        await using NpgsqlConnection connection = await context.Sources.Writer.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);

        // What a worker was told must outlive a crash of the server.
        await _fence.HoldDurablyAsync(connection, cancellationToken);
        int session = (int)(await SqlText.Of($"select pg_backend_pid()").ScalarAsync(connection, cancellationToken))!;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<T> changing = change(connection, giveUp.Token);
        try
        {
            // Only workers that commit batches of these splits are in the way: whoever takes the pipeline over waits for this transaction.
            await StalledSessions.EndAsync(
                changing, session, context.Sources.Control, context.Tuning.Lease.Beat, static (_, _) => Task.FromResult(true), cancellationToken);
        }
        finally
        {
            await giveUp.CancelAsync();
            await changing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        T changed = await changing;
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }
}
