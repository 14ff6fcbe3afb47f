using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class PipelineRunnerTests(PostgresServer server)
{
    [Fact]
    public async Task Run_DirtyFile_CountsAndStatusesAreExact()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);

        PipelineResult result = await world.RunAsync();

        // 100 records, 5 repeats that agree, 5 that do not, 5 bad ids, 5 short ones.
        Assert.Null(result.Fault);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(120, result.Counts.Read);
        Assert.Equal(10, result.Counts.Rejected);
        Assert.Equal(4, result.Counts.Filtered);
        Assert.Equal(10, result.Counts.Folded);
        Assert.Equal(96, result.Counts.Staged);
        Assert.True(result.Counts.Balances);
        Assert.Equal(96, await world.CountAsync("select count(*) from staging.things"));
        Assert.Equal(result.Counts.Conflict, await world.CountAsync(
            "select count(*) from staging.things where reconciliation_status = 'conflict'"));
        Assert.Equal(result.Counts.Ambiguous, await world.CountAsync(
            "select count(*) from staging.things where reconciliation_status = 'ambiguous'"));
        Assert.Equal(result.Counts.WithChanges, await world.CountAsync(
            "select count(*) from staging.things where reconciliation_status = 'matched' and properties_to_update <> '{}'"));
    }

    [Fact]
    public async Task Run_Twice_GivesTheSameContent()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string first = await world.ContentAsync();

        await world.RunAsync();

        Assert.NotEmpty(first);
        Assert.Equal(first, await world.ContentAsync());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(1000, 2)]
    public async Task Run_AnyBatchSizeAndParallelism_GivesTheSameContent(int rows, int parallelism)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string expected = await world.ContentAsync();
        string rejects = await world.RejectsAsync();
        world.BatchRows = rows;
        world.Parallelism = parallelism;

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(expected, await world.ContentAsync());
        Assert.Equal(rejects, await world.RejectsAsync());
    }

    [Theory]
    [InlineData("cache", "cache")]
    [InlineData("auto", "cache")]
    public async Task Run_AnyStrategy_GivesTheSameContent(string strategy, string decided)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 500);
        await world.RunAsync();
        string expected = await world.ContentAsync();
        world.Strategy = strategy;

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(expected, await world.ContentAsync());
        Assert.Equal(decided, await world.Database.QueryValueAsync<string>(
            $"select lookup_strategies->'match'->>'strategy' from staging.reconciliation_log where run_id = '{result.RunId}'"));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_HubspotIdMissing_FailsAndNamesTableAndColumn(string strategy)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.Database.ExecuteAsync("""
            alter table hubspot.things drop constraint things_pkey, alter hs_object_id drop not null;
            update hubspot.things set hs_object_id = null where icalps_thing_id = '3';
            """);
        world.Strategy = strategy;

        // A cache is read before the graph starts, and throws; a lookup inside the graph faults it.
        Exception? fault = await Record.ExceptionAsync(async () =>
        {
            PipelineResult result = await world.RunAsync();
            Assert.Equal(RunOutcome.Failed, result.Outcome);
            throw result.Fault!.GetBaseException();
        });

        string message = Assert.IsType<MirrorException>(fault).Message;
        Assert.Contains("Column \"hs_object_id\" of hubspot.things holds null", message, StringComparison.Ordinal);
        if (strategy == "any")
        {
            Assert.Equal(message, await world.Database.QueryValueAsync<string>(
                "select message from staging.reconciliation_log where outcome = 'failed'"));
        }
    }

    [Fact]
    public async Task Run_ShuffledFile_GivesTheSameContent()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string expected = await world.ContentAsync();
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath);
        await File.WriteAllLinesAsync(world.CsvPath, lines.Take(1).Concat(lines.Skip(1).Reverse()));

        await world.RunAsync();

        Assert.Equal(expected, await world.ContentAsync());
    }

    [Fact]
    public async Task Run_RepeatsWithTwoParents_KeepTheUnionOfTheirIds()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);

        await world.RunAsync();

        Assert.Equal(
            """{"parent": {"3": 8000000003, "4": 8000000004}}""",
            await world.Database.QueryValueAsync<string>(
                "select parent_ids::text from staging.things where legacy_id = '3'"));
    }

    [Fact]
    public async Task Run_Stopped_KeepsThePreviousResultAndCanBeResumed()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string expected = await world.ContentAsync();
        string rejects = await world.RejectsAsync();
        await world.Database.ExecuteAsync("update staging.things set notes = 'previous result'");
        world.BatchRows = 2;
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        PipelineResult nothing = await world.RunAsync(stopReading: stop.Token);
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal(RunOutcome.Cancelled, nothing.Outcome);
        Assert.Equal(RunOutcome.Completed, resumed.Outcome);
        Assert.Equal(expected, await world.ContentAsync());
        Assert.Equal(rejects, await world.RejectsAsync());
    }

    [Fact]
    public async Task Run_Failed_LeavesThePreviousResultAndSaysHowToGoOn()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string expected = await world.ContentAsync();
        string rejects = await world.RejectsAsync();
        world.BatchRows = 2;
        await FailHalfwayAsync(world);

        StagingException refused = await Assert.ThrowsAsync<StagingException>(() => world.RunAsync());
        Assert.Contains("--resume", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", refused.Message, StringComparison.Ordinal);
        Assert.Equal(expected, await world.ContentAsync());

        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal(RunOutcome.Completed, resumed.Outcome);
        Assert.Equal(120, resumed.Counts.Read);
        Assert.Equal(expected, await world.ContentAsync());
        Assert.Equal(rejects, await world.RejectsAsync());
        Assert.Equal(0, await world.CountAttemptsAsync());
    }

    [Fact]
    public async Task Run_FreshAfterAFailure_DropsTheAttempt()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await FailHalfwayAsync(world);

        PipelineResult result = await world.RunAsync(request => request with { Fresh = true });

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(1, await world.CountAsync("select count(*) from pg_inherits where inhparent = 'staging.things_rows'::regclass"));
        Assert.Equal(0, await world.CountAttemptsAsync());
        Assert.Equal(0, await world.CountAsync($"select count(*) from staging.reconciliation_ledger where run_id <> '{result.RunId}'"));
    }

    [Theory]
    [InlineData("definition")]
    [InlineData("input")]
    public async Task Run_ResumeAfterAChange_IsRefused(string what)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await FailHalfwayAsync(world);
        if (what == "definition")
        {
            world.BatchRows++;
        }
        else
        {
            await File.AppendAllTextAsync(world.CsvPath, "999,new,1,,,\n");
        }

        StagingException refused = await Assert.ThrowsAsync<StagingException>(
            () => world.RunAsync(request => request with { Resume = true }));

        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ResumeAfterAMapFileChanged_IsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.NameConversions = """[{ "kind": "map-file", "path": "names.csv", "onUnmapped": "pass" }]""";
        await File.WriteAllTextAsync(world.PathOf("names.csv"), "from,to\nname 2,Two\n", TestContext.Current.CancellationToken);
        await FailHalfwayAsync(world);
        await File.WriteAllTextAsync(world.PathOf("names.csv"), "from,to\nname 2,Deux\n", TestContext.Current.CancellationToken);

        StagingException refused = await Assert.ThrowsAsync<StagingException>(
            () => world.RunAsync(request => request with { Resume = true }));
        Assert.Contains("map file", refused.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(world.PathOf("names.csv"), "from,to\nname 2,Two\n", TestContext.Current.CancellationToken);
        Assert.Equal(RunOutcome.Completed, (await world.RunAsync(request => request with { Resume = true })).Outcome);
    }

    [Theory]
    [InlineData("""{"type": "Roman", "decimals": false, "reason": ""}""", "ids")]
    [InlineData("""{"kind": "Number"}""", "ids")]
    [InlineData("5", "mirror")]
    public async Task Run_ResumeOfAnAttemptThatANewerVersionBegan_IsRefusedInWords(string decided, string what)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await FailHalfwayAsync(world);
        await world.Database.ExecuteAsync($$"""
            update staging.reconciliation_log set lookup_strategies = (
                select jsonb_object_agg(key, value || '{"{{what}}": {{decided}}}') from jsonb_each(lookup_strategies::jsonb))
            """);

        StagingException refused = await Assert.ThrowsAsync<StagingException>(
            () => world.RunAsync(request => request with { Resume = true }));

        Assert.Contains("this version of recon does not know", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StandardInputFailed_IsNotResumable()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await RefuseLaterBatchesAsync(world);
        await using FileStream input = File.OpenRead(world.CsvPath);

        PipelineResult failed = await world.RunAsync(request => request with { Input = "-", StandardInput = input });

        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        Assert.False(failed.Resumable);
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_log where attempt_table is not null"));
    }

    [Fact]
    public async Task Run_AfterAKilledRunOverStandardInput_StartsAnew()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await FailHalfwayAsync(world);
        await world.Database.ExecuteAsync(
            "update staging.reconciliation_log set outcome = 'running', input_fingerprint = 'standard input ' || gen_random_uuid()");

        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
    }

    [Fact]
    public async Task Run_InputVanishesBeforeItIsReopened_FailsAndIsLogged()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await FailHalfwayAsync(world);

        PipelineResult failed = await world.RunAsync(request => request with
        {
            Resume = true,
            Fingerprint = pipeline =>
            {
                File.Delete(world.CsvPath);
                return request.Fingerprint(pipeline);
            },
        });

        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        Assert.True(failed.Resumable);
        Assert.Contains("things.csv", await world.Database.QueryValueAsync<string>(
            "select message from staging.reconciliation_log where outcome = 'failed'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LogOfAnEarlierVersion_GetsTheColumnsItLacks()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.reconciliation_log drop column lookup_strategies, drop column input_files");

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
    }

    [Fact]
    public async Task Run_WithLimit_MergesItsRows()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("update staging.things set notes = 'old'");
        string rejects = await world.RejectsAsync();

        PipelineResult result = await world.RunAsync(request => request with { Limit = 30 });

        Assert.Equal(30, result.Counts.Read);
        Assert.Equal(rejects.Split('\n')[^1], (await world.RejectsAsync()).Split('\n')[^1]);
        Assert.Equal(96, await world.CountAsync("select count(*) from staging.things"));
        Assert.Equal(96 - result.Counts.Staged, await world.CountAsync("select count(*) from staging.things where notes = 'old'"));
    }

    [Fact]
    public async Task Run_WithIds_StagesOnlyThose()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);

        PipelineResult result = await world.RunAsync(request => request with { Ids = new HashSet<string> { "12", "14" } });

        Assert.Equal(2, result.Counts.Staged);
        Assert.True(result.Counts.Balances);
        Assert.Equal("12,14", await world.Database.QueryValueAsync<string>(
            "select string_agg(legacy_id, ',' order by legacy_id) from staging.things"));
    }

    [Fact]
    public async Task Run_TooManyRejects_PublishesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);

        PipelineResult result = await world.RunAsync(request => request with { MaxRejects = "9" });
        PipelineResult allowed = await world.RunAsync(request => request with { MaxRejects = "10" });

        Assert.True(result.RejectsAboveLimit);
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.False(result.Resumable);
        Assert.Equal(RunOutcome.Completed, allowed.Outcome);
    }

    private static async Task FailHalfwayAsync(SmallWorld world)
    {
        await RefuseLaterBatchesAsync(world);
        PipelineResult failed = await world.RunAsync(request => request with { Fresh = true });
        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        Assert.True(failed.Resumable);
        await world.AcceptBatchesAsync();
    }

    private static async Task RefuseLaterBatchesAsync(SmallWorld world)
    {
        await new StagingSchemaOf(world).CreateAsync();
        await world.RefuseLaterBatchesAsync();
    }

    private sealed class StagingSchemaOf(SmallWorld world)
    {
        public async Task CreateAsync()
        {
            await using var connection = new Npgsql.NpgsqlConnection(world.Database.ConnectionString);
            await connection.OpenAsync();
            await new StagingSchema(new StagingTables("staging"))
                .CreateAsync(connection, [world.Read().Definition!.Pipelines[0]], CancellationToken.None);
        }
    }
}
