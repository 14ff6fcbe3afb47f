using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Postgres.Wire;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

public sealed class PublicationTests(PostgresServer server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publish_UnderReaders_ShowsCompleteResultsOnly(bool merge)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await (merge ? ReferAsync(world) : Task.CompletedTask);
        string expected = await world.ContentAsync();
        using var stop = new CancellationTokenSource();
        Task<HashSet<string>> reading = ReadAllTheTimeAsync(world, stop.Token);
        for (int run = 0; run < 5; run++)
        {
            Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
        }

        await stop.CancelAsync();
        Assert.Equal(expected, Assert.Single(await reading));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publish_GrantsViewsAndForeignKeys_Survive(bool merge)
    {
        string role = $"reader_{Guid.NewGuid():N}";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync($"""
            create role {role};
            grant usage on schema staging to {role};
            grant select on staging.things to {role};
            create view public.matched as select * from staging.things where reconciliation_status = 'matched';
            """);
        await (merge ? ReferAsync(world) : Task.CompletedTask);
        long before = await world.CountAsync("select count(*) from public.matched");

        await world.RunAsync();

        await world.Database.ExecuteAsync($"set role {role}; select count(*) from staging.things");
        Assert.Equal(before, await world.CountAsync("select count(*) from public.matched"));
        Assert.Equal(merge ? 1 : 0, await world.CountAsync(
            "select count(*) from pg_constraint where contype = 'f' and confrelid = 'staging.things_rows'::regclass and convalidated"));
        await world.Database.ExecuteAsync($"drop owned by {role}; drop role {role}");
    }

    // Earlier versions indexed the status of all rows; attaching an attempt would build that index for it.
    [Fact]
    public async Task Publish_TableWithTheFormerStatusIndex_GetsTheNewOne()
    {
        const string Definition = "select pg_get_indexdef('staging.things_status'::regclass)";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string? index = await world.Database.QueryValueAsync<string>(Definition);
        await world.Database.ExecuteAsync(
            "drop index staging.things_status; create index things_status on staging.things_rows (reconciliation_status, last_updated desc)");

        await world.RunAsync();

        Assert.Contains("WHERE (reconciliation_status <> 'matched'::text)", index, StringComparison.Ordinal);
        Assert.Equal(index, await world.Database.QueryValueAsync<string>(Definition));
        Assert.Equal(3, await world.CountAsync(
            "select count(*) from pg_index where indrelid = (select inhrelid from pg_inherits where inhparent = 'staging.things_rows'::regclass)"));
    }

    // A session whose client was cut off goes on building an index, and may still commit it.
    [Theory]
    [InlineData("k", "unique", "legacy_id")]
    [InlineData("h", "", "hubspot_id")]
    public async Task Index_EarlierTryThatStillBuildsIt_IsWaitedFor(string suffix, string unique, string column)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await Staging.RepeatFolderTests.RunUpToFoldingAsync(world);
        var tables = new StagingTables("staging");
        ValidPipeline pipeline = world.Read().Definition!.Pipelines[0];
        SqlTable attempt = tables.Attempt(pipeline.Stage, run.RunId);
        string index = $"{attempt.Name.Value}_{suffix}";
        await world.Database.ExecuteAsync(
            $"alter table {attempt} drop constraint \"{attempt.Name.Value}_k\"; drop index if exists staging.\"{index}\"");
        await using var earlier = new NpgsqlConnection(world.Database.ConnectionString);
        await earlier.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction building = await earlier.BeginTransactionAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // Names of this test.
        await using (var build = new NpgsqlCommand(
            $"select pg_advisory_xact_lock(hashtextextended('recon index {index}', 0)); create {unique} index \"{index}\" on {attempt} ({column})", earlier))
#pragma warning restore CA2100
        {
            await build.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        Task<bool> indexing = new Publication(tables, pipeline, new RowLayout(pipeline.Stage, IsPacked: true)).TryIndexAsync(sources.Writer, run, attempt, TestContext.Current.CancellationToken);
        await Until.TrueAsync(
            "the lock behind the other building",
            async () =>
            {
                Assert.False(indexing.IsCompleted);
                return await world.CountAsync(
                    "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") > 0;
            },
            TestContext.Current.CancellationToken);

        await building.CommitAsync(TestContext.Current.CancellationToken);

        Assert.True(await indexing);
        Assert.Equal(3, await world.CountAsync($"select count(*) from pg_index where indrelid = '{attempt}'::regclass and indisvalid"));
    }

    // Connections of lookups and writers are not reset when they return to their pool.
    [Fact]
    public async Task Run_ConnectionsThatGoBack_HoldNoStateOfTheirSession()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        List<string> left = [];
        world.AfterRun = async sources =>
        {
            foreach (NpgsqlDataSource source in (NpgsqlDataSource[])[sources.Lookup, sources.Writer])
            {
                await using NpgsqlCommand command = source.CreateCommand("""
                    select name from pg_settings where source = 'session'
                    union all select locktype from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'
                    union all select name from pg_cursors where is_holdable
                    union all select nspname from pg_namespace where oid = pg_my_temp_schema()
                    """);
                await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    left.Add(reader.GetString(0));
                }
            }
        };

        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
        Assert.Empty(left);
    }

    // A vacuum of the attempt would hold up its publication; one of the result is wanted.
    [Fact]
    public async Task Publish_AutovacuumOfAnAttempt_IsOffUntilItIsTheResult()
    {
        const string Options = "select coalesce(array_to_string(reloptions, ','), 'usual') from pg_class where relname ~ '^things__[0-9a-f]{12}$'";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string? published = await world.Database.QueryValueAsync<string>(Options);
        await world.Database.ExecuteAsync("""
            drop table staging.things_rows cascade;
            alter table staging.reconciliation_ledger add constraint unfolded check (batch > 0) not valid
            """);

        PipelineResult failed = await world.RunAsync();

        Assert.Equal((RunOutcome.Failed, "usual"), (failed.Outcome, published));
        Assert.Equal("autovacuum_enabled=off", await world.Database.QueryValueAsync<string>(Options));
    }

    // What is counted before the publication has to be what the ledger says.
    [Theory]
    [InlineData("insert into staging.%1$I (legacy_id, reconciliation_status) values (''invented'', ''matched'')")]
    [InlineData("insert into staging.%1$s_r (legacy_id, reconciliation_status) values (''invented'', ''matched'')")]
    [InlineData("delete from staging.%1$I where legacy_id = ''5''")]
    [InlineData("delete from staging.%1$I where legacy_id = ''5''", 0)]
    public async Task Publish_RowsThatAreNotThoseOfTheLedger_FailsTheRunAndKeepsTheFormerResult(string change, int batch = 5)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.Parallelism = 1;
        await world.RunAsync();
        string former = await world.ContentAsync();
        await world.Database.ExecuteAsync($"""
            create function public.meddle() returns trigger language plpgsql as $f$ begin
                if new.batch = {batch} then
                    execute format('{change}', (select attempt_table from staging.reconciliation_log where run_id = new.run_id));
                end if;
                return new;
            end $f$;
            create trigger meddle before insert on staging.reconciliation_ledger for each row execute function public.meddle();
            """);

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains("does not balance", Assert.IsType<RowAccountException>(result.Fault).Message, StringComparison.Ordinal);
        Assert.Equal(former, await world.ContentAsync());
    }

    [Fact]
    public async Task Publish_RowThatIsReferredToVanishes_FailsWithTheReasonAndKeepsTheFormerResult()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await ReferAsync(world);
        string former = await world.ContentAsync();
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            world.CsvPath, lines.Where(line => !line.StartsWith("12,", StringComparison.Ordinal)), TestContext.Current.CancellationToken);

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Fault fault = PostgresFaults.Classify(result.Fault!, "s", FaultPhase.Command);
        Assert.Equal((FaultKind.Refused, "23503"), (fault.Kind, fault.SqlState));
        Assert.Contains("foreign key", fault.Message, StringComparison.Ordinal);
        Assert.Equal(former, await world.ContentAsync());
    }

    [Fact]
    public async Task Publish_WhileAReaderHoldsATransaction_LetsOtherReadersThrough()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await using var reader = new NpgsqlConnection(world.Database.ConnectionString);
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction transaction = await reader.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("select count(*) from staging.things", reader))
        {
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        Task<PipelineResult> running = world.RunAsync();
        await Until.TrueAsync(
            "the publication's lock",
            async () =>
            {
                Assert.False(running.IsCompleted, "The run did not wait for the reader.");
                return await world.CountAsync(
                    "select count(*) from pg_locks where relation = 'staging.things_rows'::regclass and mode = 'AccessExclusiveLock' and not granted") > 0;
            },
            TestContext.Current.CancellationToken);

        // Queued behind the publication; its turn comes when that one gives up, for the reader does not end before.
        Assert.Equal(96, await world.CountAsync("select count(*) from staging.things"));
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        Assert.Equal(RunOutcome.Completed, (await running).Outcome);
    }

    private static Task ReferAsync(SmallWorld world) => world.Database.ExecuteAsync("""
        create table public.reviews (legacy_id text primary key references staging.things_rows, verdict text);
        insert into public.reviews values ('12', 'fine');
        """);

    private static async Task<HashSet<string>> ReadAllTheTimeAsync(SmallWorld world, CancellationToken stop)
    {
        HashSet<string> seen = [];
        while (!stop.IsCancellationRequested)
        {
            seen.Add(await world.ContentAsync());
        }

        return seen;
    }
}
