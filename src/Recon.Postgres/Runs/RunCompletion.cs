using Npgsql;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Decisions;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Reruns;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// What follows the last batch: folding, indexes, settling claims, checks and publication, or the log entry of a run that did not get
/// there. Each step can be repeated, so a run that is killed in between is resumed like any other.
/// </summary>
internal sealed class RunCompletion(
    RunContext context,
    RunIdentity run,
    AttemptTable filled,
    GateJudge gates,
    MirrorJudge mirror,
    PipelineDecisions decided,
    Func<IReadOnlyList<BlockStats>> blocks,
    bool repeatable,
    long started)
{
    /// <summary>The phase that keeps two connections busy.</summary>
    public const string Indexing = "indexing";

    private readonly SqlTable _attempt = filled.Name;
    private readonly RunLog _log = new(context.Tables);
    private readonly ResiliencePipeline _retry = context.EndingRetry();
    private readonly HashStore _hashes = new(context.Tables);
    private readonly LeaseFence _fence = new(context.Tables, run);
    private long? _counted;
    private IReadOnlyList<ExceededGate> _passed = [];
    private MirrorVerdict _mirror = MirrorVerdict.Unchanged;
    private DecisionTally _tally = DecisionTally.None;
    private bool _isLate;
    private int _left;

    /// <summary>How the run comes to its result.</summary>
    public required RerunChoice Choice { get; init; }

    /// <summary>Whether it leaves hashes for the next run.</summary>
    public required bool IsHashed { get; init; }

    /// <summary>The course of the graph so far.</summary>
    public required Func<IReadOnlyList<GraphMoment>> Course { get; init; }

    /// <summary>What workers did so far; nobody for a run of one process.</summary>
    public Func<IReadOnlyList<LoggedWorker>> Workers { get; init; } = static () => [];

    private Rerun? Rerun => Choice.Rerun;

    /// <summary>Completes a run: afterwards readers see its result.</summary>
    /// <param name="claimsMayMeet">Whether several legacy records may be matched with one HubSpot record.</param>
    /// <returns>What was counted, over all attempts of the run, and the gates that it passed only because it may.</returns>
    /// <exception cref="GateException">It exceeds gates.</exception>
    /// <exception cref="RowAccountException">Records were lost or invented.</exception>
    /// <exception cref="StagingException">The staging table refuses a row.</exception>
    public async Task<RunEnd> FinishAsync(
        ReconciliationPlan plan, bool claimsMayMeet, Action<string> phase, CancellationToken cancellationToken)
    {
        BatchCounts loaded = await SumAsync(cancellationToken);
        IReadOnlyList<ExceededGate> exceeded = await gates.JudgeAsync(loaded, cancellationToken);
        if (exceeded.Any(gate => !gate.Gate.NeedsFinalCounts))
        {
            await PassAsync(exceeded, cancellationToken);
        }

        BatchCounts counts = loaded;

        // Without a filter that saw every row, ids may repeat in the attempt's table, too: trying is the cheapest way to know.
        var publication = new Publication(context.Tables, context.Pipeline, filled.Layout);
        phase(Indexing);
        await _retry.ExecuteAsync(
            async token => await new Attempt(context.Tables).CompleteAsync(context.Sources.Writer, run, _attempt, token), cancellationToken);
        bool isUnique = await TryIndexAsync(publication, cancellationToken);
        if (!isUnique || await HasRepeatsAsync(cancellationToken))
        {
            phase("folding");
            counts = Corrected(counts, await FoldAsync(plan, isUnique, cancellationToken));
        }

        if (!isUnique)
        {
            phase(Indexing);
            await RequireIndexAsync(publication, cancellationToken);
        }

        ClaimSettlement? claims = claimsMayMeet ? new ClaimSettlement(context.Tables, context.Pipeline) : null;
        if (claims is not null && !context.Request.IsPartial)
        {
            phase("settling");
            await _retry.ExecuteAsync(
                async token => await claims.SettleAsync(context.Sources.Writer, run, _attempt, token), cancellationToken);
            counts = Corrected(counts, await SumAsync(cancellationToken));
        }

        // Gates that ask what was matched refuse only when folding and claims have settled it.
        await PassAsync(ReferenceEquals(counts, loaded) ? exceeded : await gates.JudgeAsync(counts, cancellationToken), cancellationToken);

        phase("publishing");
        try
        {
            await _retry.ExecuteAsync(
                async token => await publication.FitAsync(context.Sources.Writer, run, _attempt, context.Request.IsPartial || Rerun is not null, token), cancellationToken);
            await _retry.ExecuteAsync(
                async token => await PublishAsync(publication, counts, claims, token), cancellationToken);
        }
        catch (PostgresException failure) when (RefusedRow.MayExplain(failure))
        {
            phase("searching");
            StagingException? refusal = await new RefusedRow(context.Tables, filled.Layout)
                .ExplainAsync(context.Sources.Writer, _attempt, failure, context.Mask, cancellationToken);
            if (refusal is null)
            {
                throw;
            }

            throw refusal;
        }

        // The claims of a partial run are settled with those of the published rows, while it is published.
        counts = _isLate || (claims is not null && context.Request.IsPartial) ? Corrected(counts, await SumAsync(cancellationToken)) : counts;
        return new RunEnd(RunOutcome.Completed, counts, null, false) { Gates = Passed, Warnings = _mirror.Warnings, Former = gates.Former, Written = Written(counts), Decisions = _tally, DecisionsLeft = _left };
    }

    /// <summary>Logs that the run was stopped; its attempt stays, to be resumed.</summary>
    public Task<RunEnd> CancelledAsync() => EndAsync(RunOutcome.Cancelled, null, keepAttempt: true);

    /// <param name="keepAttempt">Whether the attempt stays, to be resumed.</param>
    public Task<RunEnd> FailedAsync(Exception exception, bool keepAttempt)
        => EndAsync(RunOutcome.Failed, exception, keepAttempt);

    private IReadOnlyList<ExceededGate> Passed => [.. _passed, .. _mirror.Gates];

    private BatchCounts Corrected(BatchCounts before, BatchCounts after)
    {
        context.Metrics?.Corrected(context.Pipeline.Name, before, after);
        return after;
    }

    // A mirror that was changed meanwhile explains that less is found.
    private async Task PassAsync(IReadOnlyList<ExceededGate> exceeded, CancellationToken cancellationToken)
    {
        _passed = exceeded;
        if (exceeded.Count > 0 && !context.Request.PublishAnyway)
        {
            IReadOnlyList<ExceededGate> changes = (await mirror.JudgeAsync(cancellationToken)).Gates;
            IReadOnlyList<ExceededGate> told = changes.Count == 0 ? exceeded : [.. changes, .. exceeded.Where(gate => gate.Name != "maxMatchLoss")];
            throw new GateException(GateText.Refusal(told), told);
        }
    }

    private async Task<bool> HasRepeatsAsync(CancellationToken cancellationToken)
        => await context.OnControlAsync(
            _retry,
            (connection, token) => SqlText.Of($"select 1 from {context.Tables.Repeats(_attempt)} limit 1").ScalarAsync(connection, token),
            cancellationToken) is not null;

    private async Task<BatchCounts> FoldAsync(ReconciliationPlan plan, bool isUnique, CancellationToken cancellationToken)
    {
        var folder = new RepeatFolder(context.Tables, context.Pipeline, plan, filled.Layout, decided.Kept);
        await _retry.ExecuteAsync(
            async token => await folder.FoldAsync(context.Sources.Writer, run, _attempt, isUnique, token), cancellationToken);
        return await SumAsync(cancellationToken);
    }

    private Task<BatchCounts> SumAsync(CancellationToken cancellationToken)
        => context.OnControlAsync(_retry, (connection, token) => _log.SumAsync(connection, run, token), cancellationToken);

    private async Task<bool> TryIndexAsync(Publication publication, CancellationToken cancellationToken)
        => await _retry.ExecuteAsync(
            async token => await publication.TryIndexAsync(context.Sources.Writer, run, _attempt, token), cancellationToken);

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
        Publication publication, BatchCounts counts, ClaimSettlement? claims, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await context.Sources.Control.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await _fence.HoldDurablyAsync(connection, cancellationToken);
        if (await IsPublishedAsync(connection, cancellationToken))
        {
            return;
        }

        await new DecisionStore(context.Tables).LockAsync(connection, run.Pipeline, cancellationToken);
        await RequireAccountAsync(connection, counts, cancellationToken);
        _mirror = await mirror.JudgeAsync(connection, cancellationToken);
        if (_mirror.Gates.Count > 0 && !context.Request.PublishAnyway)
        {
            throw new GateException(GateText.Refusal(_mirror.Gates), _mirror.Gates);
        }

        var replaced = new ReplacedRows(context.Tables, context.Pipeline.Stage, run) { Keeps = context.Request.Definition.Staging.KeepFormer };
        BatchCounts changes = Rerun is null
            ? await publication.PublishAsync(connection, _attempt, context.Request.IsPartial, claims, replaced, cancellationToken)
            : await MergeAsync(connection, publication, Rerun, counts, replaced, cancellationToken);
        if (changes.Contested > 0)
        {
            await _log.EnterCorrectionAsync(connection, run, RunLog.Settlement, changes, cancellationToken);
        }

        changes.Add(counts);
        await KeepHashesAsync(connection, changes, cancellationToken);
        await ApplyLateDecisionsAsync(connection, changes, cancellationToken);
        if (!context.Request.IsPartial)
        {
            // A partial run leaves most of the published rows as they are, and so what is known of them.
            await ForgetFormerRunsAsync(connection, cancellationToken);
        }

        await _log.EndAsync(
            connection,
            run,
            "completed",
            changes,
            context.Clock.GetElapsedTime(started),
            Passed.Count == 0 ? null : GateText.Passed(Passed),
            keepAttempt: false,
            ExceededGate.NamesOf(Passed),
            blocks(),
            Course(),
            Workers(),
            Written(changes),
            cancellationToken);
        if (decided.Count > 0 || _isLate)
        {
            StagedTable table = await StagedTable.RequireAsync(connection, context.Tables, context.Pipeline.Stage, cancellationToken);
            _tally = await DecisionTally.EnterAsync(connection, context.Tables, table, run, !context.Request.IsPartial, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    // What was decided since the run read the decisions was applied to the result that it replaces.
    private async Task ApplyLateDecisionsAsync(NpgsqlConnection connection, BatchCounts counts, CancellationToken cancellationToken)
    {
        var deciding = new DecidingContext(
            context.Sources, context.Request.Definition, context.Request.BaseDirectory, context.Pipeline, context.Clock);
        var late = new LateDecisions(deciding, run);
        BatchCounts changes = await late.ApplyAsync(connection, cancellationToken);
        (_isLate, _left) = (changes.Any || late.Left > 0, late.Left);
        if (changes.Any)
        {
            await _log.EnterCorrectionAsync(connection, run, RunLog.Deciding, changes, cancellationToken);
            counts.Add(changes);
        }
    }

    private long Written(BatchCounts counts) => counts.Staged - (Rerun?.Unchanged ?? 0);

    // The rows that stay are those that recon published, and no others are there: then the result is the one of a whole run.
    private async Task<BatchCounts> MergeAsync(
        NpgsqlConnection connection,
        Publication publication,
        Rerun rerun,
        BatchCounts counts,
        ReplacedRows replaced,
        CancellationToken cancellationToken)
    {
        await publication.MergeChangesAsync(connection, _attempt, [.. rerun.Former.Touched()], replaced, cancellationToken);
        (long rows, long foreign, _counted) = await _hashes.CountAsync(connection, rerun.Published, context.Pipeline.Stage, cancellationToken);
        return rows == counts.Staged && foreign == 0 ? new BatchCounts() : throw new WholeRunNeededException(
            "the published rows are not those that were published: somebody changed them or decided about records, or was changing something all the while");
    }

    private Task KeepHashesAsync(NpgsqlConnection connection, BatchCounts counts, CancellationToken cancellationToken)
        => IsHashed && Choice.Seed is { } seed
            ? _hashes.PublishAsync(
                connection, run, context.Pipeline.Stage, seed, counts.Staged, Choice.Traced, Rerun?.Published, Rerun is { IsAnew: false } ? Rerun.Former.WriteGone() : [], Rerun is { IsAnew: false }, _counted, cancellationToken)
            : _hashes.ForgetAsync(connection, run.Pipeline, cancellationToken);

    /// <summary>Removes everything that the attempt has left; its entry in the log stays for the one that follows.</summary>
    public Task DiscardAsync(CancellationToken cancellationToken)
        => context.OnControlAsync(
            _retry,
            async (connection, token) =>
            {
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(token);
                await _fence.HoldAsync(connection, token);
                await new Attempt(context.Tables).DropAsync(connection, _attempt, token);
                foreach (SqlTable table in (SqlTable[])[context.Tables.Ledger, context.Tables.Rejects, context.Tables.Hashes])
                {
                    await SqlText.Of($"delete from {table} where run_id = $1 and pipeline = $2")
                        .ExecuteAsync(connection, token, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline));
                }

                await transaction.CommitAsync(token);
                return true;
            },
            cancellationToken);

    // A publication whose COMMIT reply was lost is found here when it is tried again.
    private async Task<bool> IsPublishedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => (string?)await SqlText.Of($"select outcome from {context.Tables.Log} where run_id = $1 and pipeline = $2")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline)) == "completed";

    private async Task RequireAccountAsync(
        NpgsqlConnection connection, BatchCounts counts, CancellationToken cancellationToken)
    {
        long rows = (long)(await SqlText.Of($"select count(*) from {_attempt}").ScalarAsync(connection, cancellationToken))!;
        if (!counts.Balances || rows + (Rerun?.Unchanged ?? 0) != counts.Staged)
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
        foreach (SqlTable table in (SqlTable[])[context.Tables.Ledger, context.Tables.Rejects])
        {
            await SqlText.Of($"delete from {table} where pipeline = $1 and run_id <> $2 and run_id in (select run_id from {context.Tables.Log} where pipeline = $1 and attempt_table is null)")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId));
        }
    }

    // What recon itself refuses says why, inside the graph as outside; the rest is understood as a failure of the server or
    // the way to it.
    private string Describe(Exception fault)
    {
        Exception cause = fault is GraphFaultException { InnerException: { } inner } ? inner : fault;
        return cause is InputException or InputUnavailableException or MirrorException or GateException or RowAccountException or StagingException
            or WorkerFaultException
            ? cause.Message
            : PostgresFaults.Classify(fault, context.Sources.Server, FaultPhase.Command).Message;
    }

    private async Task<RunEnd> EndAsync(RunOutcome outcome, Exception? fault, bool keepAttempt)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), context.Clock);
        try
        {
            return await context.StartRetry().ExecuteAsync(
                async token => await LogEndAsync(outcome, fault, keepAttempt, token), patience.Token);
        }
        catch (LeaseLostException lost)
        {
            // The attempt and its entry in the log belong to whoever took over.
            return new RunEnd(RunOutcome.Failed, new BatchCounts(), fault ?? lost, false);
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception) || patience.IsCancellationRequested)
        {
            // The server is gone, too: the log still says "running", which a later run understands.
            return new RunEnd(outcome, new BatchCounts(), fault, keepAttempt && !context.Request.IsPartial && Rerun is null && repeatable);
        }
    }

    private async Task<RunEnd> LogEndAsync(
        RunOutcome outcome, Exception? fault, bool keepAttempt, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await context.Sources.Control.OpenConnectionAsync(cancellationToken);
        await using CancellationTokenRegistration giveUp = ConnectionBreaker.BreakWhen(connection, cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await _fence.HoldAsync(connection, cancellationToken);
        BatchCounts counts = await _log.SumAsync(connection, run, cancellationToken);
        if (await IsPublishedAsync(connection, cancellationToken))
        {
            // Only the reply to the publication's COMMIT was lost.
            return new RunEnd(RunOutcome.Completed, counts, null, false);
        }

        bool resumable = keepAttempt && !context.Request.IsPartial && Rerun is null && repeatable && counts.Read > 0;
        if (!resumable)
        {
            await new Attempt(context.Tables).DropAsync(connection, _attempt, cancellationToken);
        }

        await _log.EndAsync(
            connection,
            run,
            outcome == RunOutcome.Cancelled ? "cancelled" : "failed",
            counts,
            context.Clock.GetElapsedTime(started),
            fault is null ? null : Describe(fault),
            resumable,
            ExceededGate.NamesOf((fault as GateException)?.Gates ?? []),
            blocks(),
            Course(),
            Workers(),
            written: null,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RunEnd(outcome, counts, fault, resumable);
    }
}
