using Npgsql;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// What follows the last batch: folding, indexes, checks and publication, or the log entry of a run that did not get
/// there. Each step can be repeated, so a run that is killed in between is resumed like any other.
/// </summary>
internal sealed class RunCompletion(
    ReconDataSources sources,
    StagingTables tables,
    ValidPipeline pipeline,
    RunLog log,
    TimeProvider clock,
    ReconMetrics? metrics,
    RunTuning tuning,
    RunIdentity run,
    SqlTable attempt,
    bool partial,
    bool repeatable)
{
    private readonly ResiliencePipeline _retry = RetryPolicies.Batches(tuning.Ending, sources.Server, clock);
    private readonly LeaseFence _fence = new(tables, run);

    /// <summary>Completes a run: afterwards readers see its result.</summary>
    /// <returns>What was counted, over all attempts of the run.</returns>
    /// <exception cref="RejectsAboveLimitException">There are too many rejects.</exception>
    /// <exception cref="RowAccountException">Records were lost or invented.</exception>
    public async Task<BatchCounts> FinishAsync(
        RunRequest request,
        ReconciliationPlan plan,
        Action<string> phase,
        long started,
        CancellationToken cancellationToken)
    {
        BatchCounts counts = await SumAsync(cancellationToken);
        if (!request.PublishAnyway)
        {
            RejectLimit.Check(counts, request.MaxRejects ?? pipeline.MaxRejects);
        }

        // Without a filter that saw every row, ids may repeat in the attempt's table, too: trying is the cheapest way to know.
        var publication = new Publication(tables, pipeline);
        phase("indexing");
        bool isUnique = await TryIndexAsync(publication, cancellationToken);
        if (!isUnique || await HasRepeatsAsync(cancellationToken))
        {
            phase("folding");
            BatchCounts after = await FoldAsync(plan, isUnique, cancellationToken);
            metrics?.Folded(pipeline.Name, counts, after);
            counts = after;
        }

        if (!isUnique)
        {
            phase("indexing");
            await RequireIndexAsync(publication, cancellationToken);
        }

        phase("publishing");
        await _retry.ExecuteAsync(
            async token => await PublishAsync(publication, counts, started, token), cancellationToken);
        return counts;
    }

    /// <summary>Logs that the run was stopped; its attempt stays, to be resumed.</summary>
    public Task<RunEnd> CancelledAsync(long started)
        => EndAsync(RunOutcome.Cancelled, null, started, keepAttempt: true);

    /// <summary>Logs that the run failed.</summary>
    /// <param name="keepAttempt">Whether the attempt stays, to be resumed.</param>
    public Task<RunEnd> FailedAsync(Exception exception, long started, bool keepAttempt)
        => EndAsync(RunOutcome.Failed, exception, started, keepAttempt);

    private async Task<bool> HasRepeatsAsync(CancellationToken cancellationToken)
        => await _retry.ExecuteAsync(
            async token =>
            {
                await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(token);
                return await SqlText.Of($"select 1 from {tables.Repeats(attempt)} limit 1").ScalarAsync(connection, token) is not null;
            },
            cancellationToken);

    private async Task<BatchCounts> FoldAsync(ReconciliationPlan plan, bool isUnique, CancellationToken cancellationToken)
    {
        var folder = new RepeatFolder(tables, pipeline, plan);
        await _retry.ExecuteAsync(
            async token => await folder.FoldAsync(sources.Writer, run, attempt, isUnique, token), cancellationToken);
        return await SumAsync(cancellationToken);
    }

    private async Task<BatchCounts> SumAsync(CancellationToken cancellationToken)
        => await _retry.ExecuteAsync(
            async token =>
            {
                await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(token);
                return await log.SumAsync(connection, run, token);
            },
            cancellationToken);

    private async Task<bool> TryIndexAsync(Publication publication, CancellationToken cancellationToken)
        => await _retry.ExecuteAsync(
            async token => await publication.TryIndexAsync(sources.Writer, run, attempt, token), cancellationToken);

    private async Task RequireIndexAsync(Publication publication, CancellationToken cancellationToken)
    {
        if (!await TryIndexAsync(publication, cancellationToken))
        {
            throw new RowAccountException(
                $"Legacy ids still repeat in run {run.RunId} ('{run.Pipeline}') after repeats were folded. Nothing was published. "
                + "This is a fault in recon; please report it.");
        }
    }

    private async Task PublishAsync(
        Publication publication, BatchCounts counts, long started, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await _fence.HoldDurablyAsync(connection, cancellationToken);
        if (await IsPublishedAsync(connection, cancellationToken))
        {
            return;
        }

        await RequireAccountAsync(connection, counts, cancellationToken);
        await publication.PublishAsync(connection, attempt, partial, cancellationToken);
        if (!partial)
        {
            // A partial run leaves most of the published rows as they are, and so what is known of them.
            await ForgetFormerRunsAsync(connection, cancellationToken);
        }

        await log.EndAsync(
            connection, run, "completed", counts, clock.GetElapsedTime(started), null, keepAttempt: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
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

    // What recon itself refuses says why, inside the graph as outside; the rest is understood as a failure of the server or
    // the way to it.
    private string Describe(Exception fault)
    {
        Exception cause = fault is GraphFaultException { InnerException: { } inner } ? inner : fault;
        return cause is InputException or MirrorException or RejectsAboveLimitException or RowAccountException or StagingException
            ? cause.Message
            : PostgresFaults.Classify(fault, sources.Server, FaultPhase.Command).Message;
    }

    private async Task<RunEnd> EndAsync(RunOutcome outcome, Exception? fault, long started, bool keepAttempt)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), clock);
        try
        {
            return await RetryPolicies.Reads(tuning.Start, sources.Server, clock).ExecuteAsync(
                async token => await LogEndAsync(outcome, fault, started, keepAttempt, token), patience.Token);
        }
        catch (LeaseLostException lost)
        {
            // At this point the attempt and its entry in the log belong to whoever took over.
            return new RunEnd(RunOutcome.Failed, new BatchCounts(), fault ?? lost, false, false);
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception) || patience.IsCancellationRequested)
        {
            // At this point the server is gone, too: the log still says "running", which a later run understands.
            return new RunEnd(
                outcome, new BatchCounts(), fault, keepAttempt && !partial && repeatable, fault is RejectsAboveLimitException);
        }
    }

    private async Task<RunEnd> LogEndAsync(
        RunOutcome outcome, Exception? fault, long started, bool keepAttempt, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await _fence.HoldAsync(connection, cancellationToken);
        BatchCounts counts = await log.SumAsync(connection, run, cancellationToken);
        if (await IsPublishedAsync(connection, cancellationToken))
        {
            // Only the reply to the publication's COMMIT was lost.
            return new RunEnd(RunOutcome.Completed, counts, null, false, false);
        }

        bool resumable = keepAttempt && !partial && repeatable && counts.Read > 0;
        if (!resumable)
        {
            await new Attempt(tables).DropAsync(connection, attempt, cancellationToken);
        }

        await log.EndAsync(
            connection,
            run,
            outcome == RunOutcome.Cancelled ? "cancelled" : "failed",
            counts,
            clock.GetElapsedTime(started),
            fault is null ? null : Describe(fault),
            resumable,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RunEnd(outcome, counts, fault, resumable, fault is RejectsAboveLimitException);
    }
}
