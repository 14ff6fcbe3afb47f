using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Staging;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// What follows the last batch: folding, indexes, checks and publication, or the log entry of a run that did not get
/// there. Each step can be repeated, so a run that is killed in between is resumed like any other.
/// </summary>
internal sealed class RunEnding(
    ReconDataSources sources,
    StagingTables tables,
    PipelineDefinition pipeline,
    RunLog log,
    TimeProvider clock,
    ReconMetrics? metrics,
    RunIdentity run,
    SqlTable attempt,
    bool partial)
{
    /// <summary>Completes a run: afterwards readers see its result.</summary>
    /// <returns>What was counted, over all attempts of the run.</returns>
    /// <exception cref="RejectsAboveLimitException">There are too many rejects.</exception>
    /// <exception cref="RowAccountException">Records were lost or invented.</exception>
    public async Task<BatchCounts> FinishAsync(
        RunRequest request, ReconciliationPlan plan, Action<string> phase, long started, CancellationToken cancellationToken)
    {
        BatchCounts counts = await SumAsync(cancellationToken);
        if (!request.PublishAnyway)
        {
            RejectLimit.Check(counts, request.MaxRejects ?? pipeline.MaxRejects);
        }

        var publication = new Publication(tables, pipeline);
        phase("indexing");
        if (!await TryIndexAsync(publication, cancellationToken))
        {
            phase("folding");
            long folded = await new RepeatFolder(tables, pipeline, plan)
                .FoldAsync(sources.Writer, run, attempt, cancellationToken);
            metrics?.Folded(pipeline.Name, folded);
            counts = await SumAsync(cancellationToken);
            phase("indexing");
            await publication.IndexAsync(sources.Writer, attempt, cancellationToken);
        }

        phase("publishing");
        await RetryPolicies.Batches(new RetrySettings { MaxRetries = 20 }, sources.Server, clock).ExecuteAsync(
            async token => await PublishAsync(publication, counts, started, token), cancellationToken);
        return counts;
    }

    /// <summary>Logs that the run was stopped; its attempt stays, to be resumed.</summary>
    public Task<RunEnd> CancelledAsync(long started)
        => EndAsync(RunOutcome.Cancelled, null, started, keepAttempt: true);

    /// <summary>Logs that the run failed.</summary>
    /// <param name="exception">What failed.</param>
    /// <param name="started">When this process began.</param>
    /// <param name="keepAttempt">Whether the attempt stays, to be resumed.</param>
    public Task<RunEnd> FailedAsync(Exception exception, long started, bool keepAttempt)
        => EndAsync(RunOutcome.Failed, exception, started, keepAttempt);

    private async Task<BatchCounts> SumAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        return await log.SumAsync(connection, run, cancellationToken);
    }

    // False when the file repeats legacy ids: trying the unique index is the cheapest way to find out.
    private async Task<bool> TryIndexAsync(Publication publication, CancellationToken cancellationToken)
    {
        try
        {
            await publication.IndexAsync(sources.Writer, attempt, cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    private async Task PublishAsync(
        Publication publication, BatchCounts counts, long started, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FenceAsync(connection, cancellationToken);
        if (await IsPublishedAsync(connection, cancellationToken))
        {
            return;
        }

        await RequireAccountAsync(connection, counts, cancellationToken);
        await publication.PublishAsync(connection, attempt, partial, cancellationToken);
        await ForgetFormerRunsAsync(connection, cancellationToken);
        await log.EndAsync(
            connection, run, "completed", counts, clock.GetElapsedTime(started), null, keepAttempt: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task FenceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        bool held = await SqlText.Of($"select 1 from {tables.Lease} where pipeline = $1 and epoch = $2 for key share")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.Epoch)) is not null;
        if (!held)
        {
            throw LeaseLost.Of(run.Pipeline);
        }
    }

    // A publication whose COMMIT reply was lost is found here when it is tried again.
    private async Task<bool> IsPublishedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => (string?)await SqlText.Of($"select outcome from {tables.Log} where run_id = $1 and pipeline = $2")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline)) == "completed";

    private async Task RequireAccountAsync(
        NpgsqlConnection connection, BatchCounts counts, CancellationToken cancellationToken)
    {
        long rows = (long)(await SqlText.Of($"select count(*) from {attempt}").ScalarAsync(connection, cancellationToken))!;
        if (!counts.Balances || rows != counts.Staged)
        {
            throw new RowAccountException(
                $"The row account of run {run.RunId} ('{run.Pipeline}') does not balance: read {counts.Read}, staged "
                + $"{counts.Staged} ({rows} in the table), folded {counts.Folded}, filtered {counts.Filtered}, rejected "
                + $"{counts.Rejected}. Nothing was published. This is a fault in recon; please report it.");
        }
    }

    // What is not the published result any more: the ledger and rejects of the runs before.
    private async Task ForgetFormerRunsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (SqlTable table in (SqlTable[])[tables.Ledger, tables.Rejects])
        {
            await SqlText.Of($"delete from {table} where pipeline = $1 and run_id <> $2 and run_id in (select run_id from {tables.Log} where pipeline = $1 and attempt_table is null)")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId));
        }
    }

    private async Task<RunEnd> EndAsync(RunOutcome outcome, Exception? fault, long started, bool keepAttempt)
    {
        var counts = new BatchCounts();
        bool resumable = false;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);
        try
        {
            await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(patience.Token);
            counts = await log.SumAsync(connection, run, patience.Token);
            resumable = keepAttempt && !partial && counts.Read > 0;
            if (!resumable)
            {
                await SqlText.Of($"drop table if exists {attempt}").ExecuteAsync(connection, patience.Token);
            }

            await log.EndAsync(
                connection,
                run,
                outcome == RunOutcome.Cancelled ? "cancelled" : "failed",
                counts,
                clock.GetElapsedTime(started),
                fault is null ? null : PostgresFaults.Classify(fault, sources.Server, FaultPhase.Command).Message,
                resumable,
                patience.Token);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // At this point the server is gone, too: the log still says "running", which a later run understands.
            resumable = keepAttempt && !partial;
        }

        return new RunEnd(outcome, counts, fault, resumable, fault is RejectsAboveLimitException);
    }
}
