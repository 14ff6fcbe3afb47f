using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Tuning;

/// <summary>
/// What trials write to: a table like a run's attempt, with entries in ledger and rejects, under the pipeline's lease. All
/// of it goes when the trials end. A log entry stands for it meanwhile, so that what a killed process leaves behind is
/// found like the attempt of a killed run; it is marked as partial, so that no run tries to resume it.
/// </summary>
internal sealed class TrialStaging : IAsyncDisposable
{
    private readonly RunContext _context;
    private readonly StagingTables _tables;
    private readonly Lease _lease;
    private readonly Heartbeat _heartbeat;
    private readonly SqlTable _name;

    private TrialStaging(RunContext context, Lease lease, CancellationToken cancellationToken)
    {
        (_context, _tables, _lease) = (context, context.Tables, lease);
        _name = _tables.Attempt(context.Pipeline.Stage, lease.Run.RunId);
        _heartbeat = new Heartbeat(
            context.Sources, lease, context.Tuning.Lease, context.Clock, context.Logger, cancellationToken);
    }

    /// <summary>The table that takes the rows.</summary>
    public AttemptTable Table { get; private set; } = null!;

    /// <summary>Under which ledger and rejects are entered.</summary>
    public RunIdentity Run => _lease.Run;

    /// <summary>Cancelled when the lease is lost, and when the trials are stopped.</summary>
    public CancellationToken Token => _heartbeat.Token;

    /// <summary>Why <see cref="Token"/> was cancelled, when it was because a run took over.</summary>
    public LeaseLostException? Lost => _heartbeat.Lost;

    /// <summary>Takes the lease and makes the table; the staging schema, too, where there is none yet.</summary>
    /// <exception cref="StagingException">The staging schema is not usable, or an unfinished run is in the way.</exception>
    /// <exception cref="PipelineHeldException">A run holds the pipeline.</exception>
    public static async Task<TrialStaging> OpenAsync(
        RunContext context, bool willChangeDefinition, CancellationToken cancellationToken)
    {
        (ValidPipeline pipeline, StagingTables tables) = (context.Pipeline, context.Tables);
        await using NpgsqlConnection connection = await context.Sources.Control.OpenConnectionAsync(cancellationToken);
        var schema = new StagingSchema(tables);
        await schema.CreateAsync(connection, [pipeline], cancellationToken);
        if (await schema.LacksColumnsAsync(connection, pipeline, cancellationToken))
        {
            throw new StagingException(
                $"{tables.Published(pipeline.Stage).Display} lacks columns that the definition has, and trials change no table. "
                + "Add them with 'recon setup', then tune.");
        }

        Lease lease = await Lease.TakeAsync(
            connection,
            context.Sources.Control,
            tables,
            pipeline.Name,
            Guid.CreateVersion7(context.Clock.GetUtcNow()),
            $"{RunHolder.Describe()} (recon tune)",
            context.Tuning.Lease,
            context.Clock,
            cancellationToken);
#pragma warning disable CA2000 // The caller disposes it, and the handler below when it does not get that far.
        var staging = new TrialStaging(context, lease, cancellationToken);
#pragma warning restore CA2000
        try
        {
            await staging.CreateAsync(connection, willChangeDefinition);
            return staging;
        }
        catch
        {
            await staging.DisposeAsync();
            throw;
        }
    }

    /// <summary>Empties the table, the ledger and the rejects: every trial begins like a run.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _context.Sources.Control.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(_tables, Run).HoldAsync(connection, cancellationToken);
        await SqlText.Of($"truncate {_name}, {_tables.Repeats(_name)}").ExecuteAsync(connection, cancellationToken);
        await ForgetAsync(connection, [_tables.Ledger, _tables.Rejects], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Removes everything, also after a failure, and gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), _context.Clock);
        try
        {
            await RemoveAsync(patience.Token);
        }
        catch (Exception exception) when (
            PostgresFaults.IsBroken(exception) || exception is LeaseLostException || patience.IsCancellationRequested)
        {
            _context.Logger.TrialsNotRemoved(Run.Pipeline);
        }
        finally
        {
            await _heartbeat.DisposeAsync();
            await LeaseEnd.ReleaseAsync(
                _context.Sources, _lease, _context.Tuning.Lease, _context.Clock, _context.Logger);
        }
    }

    // The table and its entry in the log are there together, or not at all.
    private async Task CreateAsync(NpgsqlConnection connection, bool willChangeDefinition)
    {
        ValidPipeline pipeline = _context.Pipeline;
        var log = new RunLog(_tables);
        if (willChangeDefinition && await log.FindUnfinishedAsync(connection, pipeline.Name, Token) is { } unfinished)
        {
            throw new StagingException(
                $"The run {unfinished.RunId} of '{pipeline.Name}' is unfinished, and could not be resumed under a changed definition. Finish it "
                + $"with 'recon run {pipeline.Name} --resume', or discard it with 'recon clear {pipeline.Name} --attempts'; or tune without --write.");
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Token);
        await new LeaseFence(_tables, Run).HoldAsync(connection, Token);
        Table = await new Attempt(_tables).CreateAsync(connection, pipeline, Run.RunId, isPartial: false, names: null, Token);
        await log.StartAsync(connection, Run, new RunFingerprints("recon tune", "recon tune", _context.ToolVersion), _name, true, isResumed: false, "{}", new RunWay(RunWay.Whole, "a trial"), Token);
        await SqlText.Of($"update {_tables.Log} set message = 'trials of recon tune' where run_id = $1 and pipeline = $2")
            .ExecuteAsync(connection, Token, SqlValue.Of(Run.RunId), SqlValue.Of(Run.Pipeline));
        await transaction.CommitAsync(Token);
    }

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _context.Sources.Control.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(_tables, Run).HoldAsync(connection, cancellationToken);
        await new Attempt(_tables).DropAsync(connection, _name, cancellationToken);
        await ForgetAsync(connection, [_tables.Ledger, _tables.Rejects, _tables.Log], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ForgetAsync(NpgsqlConnection connection, SqlTable[] kept, CancellationToken cancellationToken)
    {
        foreach (SqlTable table in kept)
        {
            await SqlText.Of($"delete from {table} where run_id = $1 and pipeline = $2")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(Run.RunId), SqlValue.Of(Run.Pipeline));
        }
    }
}
