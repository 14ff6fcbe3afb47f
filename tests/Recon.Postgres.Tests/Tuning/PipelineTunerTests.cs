using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Postgres.Tuning;
using Recon.Testing;

namespace Recon.Postgres.Tests.Tuning;

/// <summary>Tuning against a real server: what is measured, and that nothing stays.</summary>
public sealed class PipelineTunerTests(PostgresServer server) : IAsyncLifetime
{
    // Everything in the schema but the lease, whose epoch counts its holders: tables, and the ordered content of each.
    private const string EverythingSql = """
        select string_agg(c.relname || ': ' || coalesce((xpath('//row/content/text()', query_to_xml(format(
            'select md5(string_agg(t::text, %L order by t::text collate "C")) as content from staging.%I t', '|', c.relname),
            false, false, '')))[1]::text, 'empty'), e'\n' order by c.relname)
        from pg_class c where c.relnamespace = 'staging'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'reconciliation_lease'
        """;

    private static readonly TuneOptions s_options = new() { Rows = 2_000, Repeat = 3, Cores = 2, LeastWarmUp = TimeSpan.Zero };
    private SmallWorld _world = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _world = await SmallWorld.CreateAsync(server, 2_500);
        _world.BatchRows = 200;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Tune_AfterARun_LeavesTablesAndContentAsTheyWere()
    {
        await _world.RunAsync();
        string before = await EverythingAsync();

        TuneReport report = await TuneAsync();

        Assert.Equal(before, await EverythingAsync());
        Assert.Equal(2_000, report.Records);
        Assert.Contains(report.Rounds, round => round.Aspect == TuneAspect.Strategy);
    }

    [Fact]
    public async Task Tune_Trials_ReadTheSliceLookUpAndStage()
    {
        TuneReport report = await TuneAsync();

        TuneCandidate[] measured = [.. report.Rounds.SelectMany(round => round.Candidates).Where(each => each.Note is null)];
        Assert.All(measured, candidate => Assert.Equal(3, candidate.Trials.Count));
        Assert.All(measured.SelectMany(candidate => candidate.Trials), trial =>
        {
            Assert.Equal(2_000, trial.Records);
            Assert.Equal(["csv", "batch", "match", "parent", "diff", "stage"], trial.Blocks.Select(block => block.Name));
            Assert.True(trial.Streaming > TimeSpan.Zero && trial.PeakBytes > 0);
            Assert.All(trial.Blocks.Where(block => block.Kind is "lookup" or "stage"), block => Assert.True(block.Utilisation > 0));
        });
    }

    [Fact]
    public async Task Tune_SliceOfTheFile_EstimatesTheWhole()
    {
        long all = (await _world.RunAsync()).Counts.Read;

        TuneReport report = await TuneAsync(s_options with { Rows = 2_000 });

        Assert.False(report.IsWhole);
        Assert.InRange(report.WholeRecords, all * 9 / 10, all * 11 / 10);
    }

    [Fact]
    public async Task Tune_SliceLargerThanTheFile_CountsTheWhole()
    {
        long all = (await _world.RunAsync()).Counts.Read;

        TuneReport report = await TuneAsync(s_options with { Rows = null });

        Assert.Equal((all, all, true), (report.Records, report.WholeRecords, report.IsWhole));
    }

    [Fact]
    public async Task Tune_NothingSetUp_LeavesEmptyStagingTables()
    {
        await TuneAsync();

        Assert.Equal(0, await _world.CountAsync(
            "select (select count(*) from staging.things) + (select count(*) from staging.reconciliation_log)"
            + " + (select count(*) from staging.reconciliation_ledger) + (select count(*) from staging.reconciliation_rejects)"));
        Assert.Equal(1, await _world.CountAsync("select count(*) from pg_class where relname like 'things\\_\\_%' and relkind = 'r'"));
    }

    [Fact]
    public async Task Tune_Stopped_LeavesEverythingAsItWas()
    {
        await _world.RunAsync();
        string before = await EverythingAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TuneAsync(
            say: said => { if (said.Contains("writers", StringComparison.Ordinal)) { stop.CancelAfter(TimeSpan.FromMilliseconds(30)); } },
            token: stop.Token));

        Assert.Equal(before, await EverythingAsync());
        Assert.Equal(RunOutcome.Completed, (await _world.RunAsync()).Outcome);
    }

    [Fact]
    public async Task Tune_TrialFails_LeavesEverythingAsItWas()
    {
        await _world.RunAsync();
        string before = await EverythingAsync();

        // The lookups ask for what is no longer there.
        await Assert.ThrowsAnyAsync<Exception>(() => TuneAsync(say: said =>
        {
            if (said.Contains("writers", StringComparison.Ordinal))
            {
                using var connection = new NpgsqlConnection(_world.Database.ConnectionString);
                connection.Open();
                using var command = new NpgsqlCommand("alter table hubspot.parents rename column icalps_parent_id to gone", connection);
                command.ExecuteNonQuery();
            }
        }));

        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Tune_Killed_LeavesWhatClearAttemptsRemoves()
    {
        await _world.RunAsync();
        string before = await EverythingAsync();
        await LeaveKilledTrialsAsync();
        Assert.NotEqual(before, await EverythingAsync());
        await using ReconDataSources sources = Sources(_world.Read().Definition!.Pipelines[0]);

        await new StagingUpkeep(sources, new StagingTables("staging"), TimeProvider.System, NullLogger.Instance)
            .DropAttemptsAsync(_world.Read().Definition!.Pipelines[0], Token);

        await _world.Database.ExecuteAsync("delete from staging.reconciliation_log where message = 'trials of recon tune' and attempt_table is null");
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Tune_Killed_IsNoRunToResume()
    {
        await _world.RunAsync();
        string content = await _world.ContentAsync();
        await LeaveKilledTrialsAsync();

        PipelineResult next = await _world.RunAsync();

        Assert.Equal(RunOutcome.Completed, next.Outcome);
        Assert.Equal(content, await _world.ContentAsync());
        Assert.Equal(0, await _world.CountAttemptsAsync());
    }

    [Fact]
    public async Task Tune_WhileARunHoldsThePipeline_IsRefusedAndChangesNothing()
    {
        await _world.RunAsync();
        string before = await EverythingAsync();
        await using ReconDataSources sources = Sources(_world.Read().Definition!.Pipelines[0]);
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(Token);
        Lease held = await Lease.TakeAsync(
            connection, sources.Control, new StagingTables("staging"), "things", Guid.NewGuid(), "somebody", new LeaseTiming(), TimeProvider.System, Token);
        await using var beating = new Heartbeat(sources, held, new LeaseTiming(), TimeProvider.System, NullLogger.Instance, Token);

        PipelineHeldException refused = await Assert.ThrowsAsync<PipelineHeldException>(() => TuneAsync());

        Assert.Contains("somebody", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Tune_TakenOver_SaysSoAndLeavesNothing()
    {
        await _world.RunAsync();
        string before = await EverythingAsync();

        await Assert.ThrowsAsync<LeaseLostException>(() => TuneAsync(say: said =>
        {
            if (said.Contains("writers", StringComparison.Ordinal))
            {
                using var connection = new NpgsqlConnection(_world.Database.ConnectionString);
                connection.Open();
                using var command = new NpgsqlCommand("update staging.reconciliation_lease set epoch = epoch + 1, run_id = null", connection);
                command.ExecuteNonQuery();
            }
        }));

        // What the trials wrote was no longer theirs to remove; the next run does.
        Assert.NotEqual(before, await EverythingAsync());
        Assert.Equal(RunOutcome.Completed, (await _world.RunAsync()).Outcome);
        Assert.Equal(0, await _world.CountAttemptsAsync());
    }

    [Fact]
    public async Task Tune_UnfinishedRunAndADefinitionToBeChanged_IsRefused()
    {
        await LeaveKilledTrialsAsync();
        await _world.Database.ExecuteAsync("""
            update staging.reconciliation_log set partial = false, message = null;
            insert into staging.reconciliation_ledger select run_id, pipeline, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, '{}' from staging.reconciliation_log
            on conflict do nothing
            """);
        string before = await EverythingAsync();

        StagingException refused = await Assert.ThrowsAsync<StagingException>(
            () => TuneAsync(s_options with { WillChangeDefinition = true }));

        Assert.Contains("--resume", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Tune_ColumnMissingInStaging_PointsToSetupAndChangesNothing()
    {
        await _world.RunAsync();
        await _world.Database.ExecuteAsync("alter table staging.things_rows drop column amount cascade");
        await using (var connection = new NpgsqlConnection(_world.Database.ConnectionString))
        {
            // The view went with the column, and is made again whatever the table lacks.
            await connection.OpenAsync(Token);
            await new StagingSchema(new StagingTables("staging")).CreateAsync(connection, _world.Read().Definition!.Pipelines, Token);
        }

        string before = await EverythingAsync();

        StagingException refused = await Assert.ThrowsAsync<StagingException>(() => TuneAsync());

        Assert.Contains("recon setup", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await EverythingAsync());
    }

    [Fact]
    public async Task Tune_StandardInput_IsRefusedBeforeAnythingIsTouched()
    {
        await Assert.ThrowsAsync<InputException>(() => TuneAsync(change: request => request with { Input = "-" }));

        Assert.Equal(0, await _world.CountAsync("select count(*) from pg_namespace where nspname = 'staging'"));
    }

    [Fact]
    public async Task Tune_CacheThatDoesNotFit_IsReportedAndOthersAreMeasured()
    {
        await _world.Database.ExecuteAsync("""
            insert into hubspot.parents select 9000000000 + i, 'long key that nobody asks for ' || i from generate_series(1, 20000) i; analyze
            """);

        TuneReport report = await TuneAsync(pipelineChange: pipeline => pipeline.With(
            block => block is LookupBlockDefinition lookup ? lookup with { CacheBytes = 1_048_576 } : block));

        TuneCandidate cache = report.Rounds.Single(round => round.Aspect == TuneAspect.Strategy).Candidates
            .Single(candidate => candidate.Settings.Strategy == LookupStrategy.Cache);
        Assert.Equal(TuneVerdict.Refused, cache.Verdict);
        Assert.Contains("does not fit", cache.Note, StringComparison.Ordinal);
    }

    private async Task<string> EverythingAsync() => await _world.Database.QueryValueAsync<string>(EverythingSql) ?? "";

    // What a process leaves that is killed in mid-trial: its table with rows, ledger entries, an entry in the log.
    private async Task LeaveKilledTrialsAsync()
    {
        DefinitionReading reading = _world.Read();
        ValidPipeline pipeline = reading.Definition!.Pipelines[0];
        await using ReconDataSources sources = Sources(pipeline);
        var context = new RunContext(sources, Request(reading), pipeline);
        var staging = await TrialStaging.OpenAsync(context, willChangeDefinition: false, Token);
        await new GraphTrials(context, staging, 2_000).RunAsync(TuneSettings.Of(pipeline), Token);
        await _world.Database.ExecuteAsync("update staging.reconciliation_lease set epoch = epoch + 1, run_id = null");
        await staging.DisposeAsync();
    }

    private async Task<TuneReport> TuneAsync(
        TuneOptions? options = null,
        Action<string>? say = null,
        Func<RunRequest, RunRequest>? change = null,
        Func<ValidPipeline, ValidPipeline>? pipelineChange = null,
        CancellationToken? token = null)
    {
        DefinitionReading reading = _world.Read();
        ValidPipeline pipeline = reading.Definition!.Pipelines[0];
        pipeline = pipelineChange?.Invoke(pipeline) ?? pipeline;
        await using ReconDataSources sources = Sources(pipeline);
        RunRequest request = Request(reading);
        var context = new RunContext(sources, change?.Invoke(request) ?? request, pipeline)
        {
            Logger = new CallLogger(say ?? (_ => { })),
        };
        return await new PipelineTuner(context).TuneAsync(options ?? s_options, token ?? Token);
    }

    private RunRequest Request(DefinitionReading reading) => new()
    {
        Definition = reading.Definition!,
        BaseDirectory = Path.GetDirectoryName(_world.CsvPath)!,
        Fingerprint = reading.FingerprintOf,
    };

    private ReconDataSources Sources(ValidPipeline pipeline)
        => ReconDataSources.ForConnectionString(_world.Database.ConnectionString, PipelineTuner.Sizes(pipeline, s_options));
}
