using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>Changes to staging tables before, beside and after runs.</summary>
public sealed class StagingUpkeepTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly StagingTables s_tables = new("staging");
    private SmallWorld _world = null!;
    private ReconDataSources _sources = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ValidPipeline Pipeline => _world.Read().Definition!.Pipelines[0];

    private StagingUpkeep Upkeep => new(_sources, s_tables, TimeProvider.System, NullLogger.Instance);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _world = await SmallWorld.CreateAsync(server);
        _sources = ReconDataSources.ForConnectionString(_world.Database.ConnectionString, new DataSourceOptions());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sources.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Clear_WhileARunHoldsThePipeline_IsRefused()
    {
        await _world.RunAsync();
        await HoldAsync();

        await Assert.ThrowsAsync<PipelineHeldException>(() => Upkeep.ClearAsync(Pipeline, Token));

        Assert.Equal(96, await _world.CountAsync("select count(*) from staging.things"));
    }

    [Fact]
    public async Task Clear_BesideAnUnfinishedAttempt_LeavesItToBeResumed()
    {
        _world.Parallelism = 1;
        await _world.RunAsync();
        string expected = await _world.ContentAsync();
        string rejects = await _world.RejectsAsync();
        await FailHalfwayAsync();
        Assert.True(await _world.CountAsync("""
            select count(*) from staging.reconciliation_rejects
            where run_id = (select run_id from staging.reconciliation_log where outcome = 'failed')
            """) > 0);

        Assert.Equal(96, await Upkeep.ClearAsync(Pipeline, Token));
        Assert.Equal(0, await _world.CountAsync("select count(*) from staging.things"));
        PipelineResult resumed = await _world.RunAsync(request => request with { Resume = true });

        Assert.Equal(RunOutcome.Completed, resumed.Outcome);
        Assert.Equal(expected, await _world.ContentAsync());
        Assert.Equal(rejects, await _world.RejectsAsync());
    }

    [Fact]
    public async Task Clear_TableThatAForeignKeyRefersTo_IsEmptied()
    {
        await _world.RunAsync();
        await _world.Database.ExecuteAsync("create table public.reviews (id text references staging.things_rows (legacy_id))");

        Assert.Equal(96, await Upkeep.ClearAsync(Pipeline, Token));

        Assert.Equal(0, await _world.CountAsync("select count(*) from staging.things"));
    }

    [Fact]
    public async Task Clear_NothingSetUp_RemovesNothing()
        => Assert.Equal(0, await Upkeep.ClearAsync(Pipeline, Token));

    [Fact]
    public async Task DropAttempts_OfAFailedRun_LeavesNothingOfItAndTheResultStays()
    {
        await _world.RunAsync();
        string expected = await _world.ContentAsync();
        await FailHalfwayAsync();

        Assert.Equal(1, await Upkeep.DropAttemptsAsync(Pipeline, Token));

        Assert.Equal(expected, await _world.ContentAsync());
        Assert.Equal(0, await _world.CountAttemptsAsync());
        Assert.Equal(0, await _world.CountAsync(
            "select count(*) from staging.reconciliation_ledger where run_id in (select run_id from staging.reconciliation_log where outcome = 'failed')"));
        Assert.Equal(RunOutcome.Completed, (await _world.RunAsync()).Outcome);
    }

    [Fact]
    public async Task DropAttempts_WhileARunHoldsThePipeline_IsRefused()
    {
        await FailHalfwayAsync();
        await HoldAsync();

        await Assert.ThrowsAsync<PipelineHeldException>(() => Upkeep.DropAttemptsAsync(Pipeline, Token));

        Assert.Equal(1, await _world.CountAsync("select count(*) from staging.reconciliation_log where attempt_table is not null"));
    }

    [Fact]
    public async Task SetUp_ColumnMissing_IsAddedUnderTheLeaseOnly()
    {
        await _world.RunAsync();
        await _world.Database.ExecuteAsync("alter table staging.things_rows drop column amount cascade");
        Lease held = await HoldAsync();

        await Assert.ThrowsAsync<PipelineHeldException>(() => Upkeep.SetUpAsync([Pipeline], Token));
        Assert.Equal(0, await CountAmountAsync());
        await using (NpgsqlConnection connection = await _sources.Control.OpenConnectionAsync(Token))
        {
            await held.ReleaseAsync(connection, Token);
        }

        await Upkeep.SetUpAsync([Pipeline], Token);
        Assert.Equal(1, await CountAmountAsync());
    }

    [Fact]
    public async Task Run_ColumnMissing_IsFilledAnew()
    {
        await _world.RunAsync();
        string expected = await _world.ContentAsync();
        await _world.Database.ExecuteAsync("alter table staging.things_rows drop column amount cascade");

        await _world.RunAsync();

        Assert.Equal(expected, await _world.ContentAsync());
    }

    [Fact]
    public async Task Run_HeldPipeline_IsToldBeforeTheMirrorIsRead()
    {
        await _world.RunAsync();
        await HoldAsync();
        await _world.Database.ExecuteAsync("drop table hubspot.things");

        await Assert.ThrowsAsync<PipelineHeldException>(() => _world.RunAsync());
    }

    [Fact]
    public async Task Run_MirrorMissing_GivesTheLeaseBack()
    {
        await _world.RunAsync();
        await _world.Database.ExecuteAsync("drop table hubspot.things");

        await Assert.ThrowsAsync<MirrorException>(() => _world.RunAsync());

        Assert.Equal(0, await _world.CountAsync("select count(*) from staging.reconciliation_lease where run_id is not null"));
    }

    [Fact]
    public async Task Publish_ColumnsAndChecksAddedSinceTheAttemptBegan_AreOnTheNewResultToo()
    {
        await _world.RunAsync();
        await FailHalfwayAsync();
        await _world.Database.ExecuteAsync("""
            alter table staging.things_rows add column "Reviewed by" text not null default 'nobody', add column plain varchar(9),
                add constraint sane check ("Reviewed by" <> '');
            """);

        PipelineResult resumed = await _world.RunAsync(request => request with { Resume = true });

        Assert.Null(resumed.Fault);
        Assert.Equal(96, await _world.CountAsync("select count(*) from staging.things where \"Reviewed by\" = 'nobody' and plain is null"));
    }

    [Fact]
    public async Task Publish_CheckOnTheStagingTable_Survives()
    {
        await _world.RunAsync();
        string expected = await _world.ContentAsync();
        await _world.Database.ExecuteAsync("alter table staging.things_rows add constraint sane check (legacy_id <> '')");

        PipelineResult first = await _world.RunAsync();
        PipelineResult second = await _world.RunAsync();

        Assert.Null(first.Fault);
        Assert.Null(second.Fault);
        Assert.Equal(expected, await _world.ContentAsync());
        Assert.Equal(2, await _world.CountAsync("select count(*) from pg_constraint where conname = 'sane'"));
    }

    [Fact]
    public async Task Create_LegacyIdColumnRenamed_SaysWhatToDo()
    {
        await _world.RunAsync();
        await _world.Database.ExecuteAsync("alter table staging.things_rows rename column legacy_id to former_id");

        StagingException refused = await Assert.ThrowsAsync<StagingException>(() => _world.RunAsync());

        Assert.Contains(
            "alter table \"staging\".\"things_rows\" rename column \"former_id\" to \"legacy_id\";", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WhileABatchIsBeingCommitted_DoesNotWait()
    {
        await Upkeep.SetUpAsync([Pipeline], Token);
        await using NpgsqlConnection batch = await _sources.Writer.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await batch.BeginTransactionAsync(Token);
        await using var locking = new NpgsqlCommand(
            "lock table staging.reconciliation_rejects, staging.reconciliation_ledger, staging.reconciliation_log in row exclusive mode", batch);
        await locking.ExecuteNonQueryAsync(Token);
        await using var impatient = ReconDataSources.ForConnectionString(
            new NpgsqlConnectionStringBuilder(_world.Database.ConnectionString) { Options = "-c lock_timeout=500" }.ConnectionString,
            new DataSourceOptions());
        await using NpgsqlConnection connection = await impatient.Control.OpenConnectionAsync(Token);

        Exception? waited = await Record.ExceptionAsync(
            () => new StagingSchema(s_tables).CreateAsync(connection, [Pipeline], Token));

        Assert.Null(waited);
    }

    private Task<long> CountAmountAsync()
        => _world.CountAsync("select count(*) from pg_attribute where attrelid = 'staging.things_rows'::regclass and attname = 'amount'");

    private async Task<Lease> HoldAsync()
    {
        await using NpgsqlConnection connection = await _sources.Control.OpenConnectionAsync(Token);
        return await Lease.TakeAsync(
            connection, _sources.Control, s_tables, "things", Guid.CreateVersion7(), "other", new LeaseTiming(), TimeProvider.System, Token);
    }

    private async Task FailHalfwayAsync()
    {
        await Upkeep.SetUpAsync([Pipeline], Token);
        await _world.RefuseLaterBatchesAsync();
        Assert.True((await _world.RunAsync(request => request with { Fresh = true })).Resumable);
        await _world.AcceptBatchesAsync();
    }
}
