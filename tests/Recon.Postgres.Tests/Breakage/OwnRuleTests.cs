using System.Security.Cryptography;
using Npgsql;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>What users add to a staging table, and rows that do not keep to it.</summary>
public sealed class OwnRuleTests(PostgresServer server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_GeneratedColumn_IsFilledByTheServer(bool whileTheRunIsUnfinished)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.Parallelism = 1;
        await world.RunAsync();
        await (whileTheRunIsUnfinished ? BreakAsync(world) : Task.CompletedTask);
        await world.Database.ExecuteAsync("alter table staging.things_rows add column loud text generated always as (upper(legacy_name)) stored");

        PipelineResult result = await world.RunAsync(request => request with { Resume = whileTheRunIsUnfinished });

        Assert.Null(result.Fault);
        Assert.Equal("NAME 17", await world.Database.QueryValueAsync<string>("select loud from staging.things where legacy_id = '17'"));
        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
    }

    [Theory]
    [InlineData(false, "add constraint own check (legacy_name <> 'name 17') not valid", "by its check constraint \"own\" [23514]", "drop constraint own")]
    [InlineData(true, "add constraint own check (legacy_name <> 'name 17') not valid", "by its check constraint \"own\" [23514]", "drop constraint own")]
    [InlineData(false, "alter column amount set not null", "by its column \"amount\", which must not be null [23502]", "alter column amount drop not null")]
    public async Task Run_RowThatARuleOfTheUserRefuses_IsNamedAndTheRunGoesOnWithoutTheRule(bool merges, string rule, string says, string undo)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string former = await world.ContentAsync();
        await (merges
            ? world.Database.ExecuteAsync("create table public.reviews (legacy_id text primary key references staging.things_rows)")
            : Task.CompletedTask);
        await world.Database.ExecuteAsync($"alter table staging.things_rows {rule}");
        await ReplaceAsync(world, "\n17,name 17,25.5,", "\n17,name 17,,");

        PipelineResult refused = await world.RunAsync();
        string after = await world.ContentAsync();
        await world.Database.ExecuteAsync($"alter table staging.things_rows {undo}");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        string message = Assert.IsType<StagingException>(refused.Fault).Message;
        Assert.Contains($"staging.things_rows refuses the record 17 (line {await LineAsync(world, "17,")}), {says}", message, StringComparison.Ordinal);
        Assert.Equal((former, true), (after, refused.Resumable));
        Assert.Equal((RunOutcome.Completed, 0), (resumed.Outcome, await world.CountAttemptsAsync()));
    }

    // The attempt has the former rules when the publication fails, and must have the present ones when it is tried again.
    [Theory]
    [InlineData(
        "add constraint own check (legacy_name <> '')",
        "drop constraint own; alter table staging.things_rows add constraint own check (legacy_name <> ' ')")]
    [InlineData("add constraint own check (legacy_name <> '')", "drop constraint own")]
    [InlineData("add column extra text default 'x' not null check (extra <> '')", "drop column extra")]
    [InlineData("add column extra text default 'x' not null", "alter column extra drop not null")]
    [InlineData("add column extra text default 'x'", "alter column extra type text collate \"C\"")]
    [InlineData("add column extra text generated always as (upper(legacy_name)) stored", "drop column extra")]
    [InlineData(
        "add column extra text generated always as (upper(legacy_name)) stored, add check (extra <> '')",
        "drop column extra; alter table staging.things_rows add column extra text generated always as (lower(legacy_name)) stored")]
    [InlineData("alter column seen_at set not null", "alter column seen_at drop not null")]
    public async Task Resume_RuleThatChangedBetweenFittingAndPublication_HoldsAsItIsNow(string rule, string change)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string former = await world.ContentAsync();
        await world.Database.ExecuteAsync($"""
            alter table staging.things_rows {rule};
            create function public.refuse() returns trigger language plpgsql as $f$ begin raise 'not now'; end $f$;
            create trigger refuse before update on staging.reconciliation_log for each row
                when (new.outcome = 'completed') execute function public.refuse()
            """);
        PipelineResult broken = await world.RunAsync();
        await world.Database.ExecuteAsync($"drop function public.refuse cascade; alter table staging.things_rows {change}");

        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal((true, former), (broken.Resumable, await world.ContentAsync()));
        Assert.Equal((RunOutcome.Completed, null), (resumed.Outcome, resumed.Fault));
        await RequireSameRulesAsync(world);
        Assert.Equal(RunOutcome.Completed, (await world.RunAsync(request => request with { Limit = 3 })).Outcome);
    }

    [Theory]
    [InlineData(
        "add constraint own check (legacy_name <> '')",
        "drop constraint own; alter table staging.things_rows add constraint own check (legacy_name <> ' ')")]
    [InlineData("add column extra text not null default 'x' check (extra <> '')", "alter column extra drop not null")]
    [InlineData("add column extra text default 'x'", "alter column extra type text collate \"C\"")]
    [InlineData(
        "add column extra text generated always as (upper(legacy_name)) stored, add check (extra <> '')",
        "drop column extra; alter table staging.things_rows add column extra text generated always as (lower(legacy_name)) stored")]
    public async Task Publish_RuleThatChangesWhileItIsTriedAgain_HoldsAsItIsNow(string rule, string change)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync($"""
            alter table staging.things_rows {rule};
            create sequence public.tries minvalue 0;
            create function public.refuse() returns trigger language plpgsql as $f$ begin
                perform nextval('public.tries');
                raise serialization_failure;
            end $f$;
            create trigger refuse before update on staging.reconciliation_log for each row
                when (new.outcome = 'completed') execute function public.refuse()
            """);

        Task<PipelineResult> running = world.RunAsync();
        await Until.TrueAsync(
            "the first try",
            async () => await world.CountAsync("select last_value from public.tries") > 0,
            TestContext.Current.CancellationToken);
        await world.Database.ExecuteAsync($"alter table staging.things_rows {change}; drop function public.refuse cascade");

        Assert.Equal(RunOutcome.Completed, (await running).Outcome);
        await RequireSameRulesAsync(world);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_RowThatAGeneratedColumnOfTheUserRefuses_IsNamedWithTheColumn(bool merges)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await (merges
            ? world.Database.ExecuteAsync("create table public.reviews (legacy_id text primary key references staging.things_rows)")
            : Task.CompletedTask);
        await world.Database.ExecuteAsync("""
            create index own on staging.things_rows ((amount + 1));
            alter table staging.things_rows add constraint fine check (amount > -1),
                add column share numeric generated always as (1 / (amount - 1000)) stored
            """);
        string rejects = await world.RejectsAsync();
        await ReplaceAsync(world, "\n17,name 17,25.5,", "\n17,name 17,1000,");

        PipelineResult refused = await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.things_rows drop column share");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Contains(
            $"staging.things_rows refuses the record 17 (line {await LineAsync(world, "17,")}), by its generated column \"share\", whose expression fails [22012]",
            Assert.IsType<StagingException>(refused.Fault).Message,
            StringComparison.Ordinal);
        Assert.Equal((RunOutcome.Completed, rejects), (resumed.Outcome, await world.RejectsAsync()));
    }

    // The search cannot end: it hides neither that there is a rule nor its code.
    [Fact]
    public async Task Run_SearchForARefusedRowWhoseConnectionBreaks_StillTellsOfTheRule()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("""
            create function public.moody(name text) returns integer language plpgsql immutable as $f$ begin
                if exists (select 1 from pg_class where relname ~ '^things__[0-9a-f]{12}_p$') then
                    perform pg_terminate_backend(pg_backend_pid());
                end if;
                return 1 / (case name when 'name 17' then 0 else 1 end);
            end $f$;
            truncate staging.things_rows;
            alter table staging.things_rows add column share integer generated always as (public.moody(legacy_name)) stored
            """);

        PipelineResult refused = await world.RunAsync();

        Assert.Contains(
            "staging.things_rows refuses a row, by an expression of its checks or generated columns [22012]",
            Assert.IsType<StagingException>(refused.Fault).Message,
            StringComparison.Ordinal);
    }

    // Only what a row can meet is explained by the row: the same code from elsewhere is told as it is.
    [Fact]
    public async Task Run_FailureThatNoRowExplains_IsToldAsItIs()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("""
            create function public.refuse() returns trigger language plpgsql as $f$ begin perform 1 / 0; return new; end $f$;
            create trigger refuse before update on staging.reconciliation_log for each row
                when (new.outcome = 'completed') execute function public.refuse()
            """);

        PipelineResult failed = await world.RunAsync();

        Assert.Equal("22012", Assert.IsType<PostgresException>(failed.Fault).SqlState);
    }

    // Servers before 17 keep identities from the partitions of a table, but not from the table alone.
    [Fact]
    public async Task Run_IdentityOfTheUser_IsFilledFromItsSequence()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string table = await world.CountAsync("select current_setting('server_version_num')::bigint") < 170_000 ? "only staging.things_rows" : "staging.things_rows";
        await world.Database.ExecuteAsync($"""
            truncate staging.things_rows;
            alter table staging.things_rows add column serial bigint not null;
            alter table {table} alter column serial add generated by default as identity
            """);

        PipelineResult first = await world.RunAsync();
        PipelineResult second = await world.RunAsync();

        Assert.Equal((RunOutcome.Completed, RunOutcome.Completed), (first.Outcome, second.Outcome));
        Assert.Equal(96, await world.CountAsync("select count(distinct serial) from staging.things where serial > 96"));
        await world.Database.ExecuteAsync($"alter table {table} alter column serial drop identity");
    }

    [Theory]
    [InlineData(false, 200)]
    [InlineData(false, 80)]
    [InlineData(true, 80)]
    public async Task Run_ValueThatAnIndexOfTheUserRefuses_IsNamedWithTheIndex(bool merges, int length)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 2_000);
        world.BatchRows = 100;
        await world.RunAsync();
        await (merges
            ? world.Database.ExecuteAsync("create table public.reviews (legacy_id text primary key references staging.things_rows)")
            : Task.CompletedTask);
        await world.Database.ExecuteAsync("create index own on staging.things_rows (reconciliation_status, legacy_name)");
        await ReplaceAsync(world, "\n1727,name 1727,", $"\n1727,{LongText(length)},");

        PipelineResult refused = await world.RunAsync();
        await world.Database.ExecuteAsync("drop index staging.own");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Contains(
            $"staging.things_rows refuses the record 1727 (line {await LineAsync(world, "1727,")}), by its index \"own\", for which a value is too long [54000]",
            Assert.IsType<StagingException>(refused.Fault).Message,
            StringComparison.Ordinal);
        Assert.Equal((RunOutcome.Completed, 0), (resumed.Outcome, await world.CountAttemptsAsync()));
    }

    [Fact]
    public async Task Run_ValueThatAnExpressionOfTheUserRefuses_IsNamed()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("create index own on staging.things_rows ((substr(legacy_name, 6)::integer))");
        await ReplaceAsync(world, "\n17,name 17,", "\n17,name XVII,");

        PipelineResult refused = await world.RunAsync();

        Assert.Contains("refuses the record 17 (", Assert.IsType<StagingException>(refused.Fault).Message, StringComparison.Ordinal);
        Assert.Contains("by its index \"own\", whose expression fails [22P02]", refused.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ColumnThatNobodyFills_IsNamedBeforeAnythingIsRead()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("truncate staging.things_rows; alter table staging.things_rows add column owner text not null");

        StagingException refused = await Assert.ThrowsAsync<StagingException>(() => world.RunAsync());
        await world.Database.ExecuteAsync("alter table staging.things_rows alter column owner set default 'nobody'");

        Assert.Contains("Column \"owner\" of staging.things_rows must not be null and has no default", refused.Message, StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
    }

    [Fact]
    public async Task Run_IdThatNoIndexHolds_IsRejected()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await File.AppendAllTextAsync(world.CsvPath, $"{new string('7', 3_000)},long,1,,,\n", TestContext.Current.CancellationToken);

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal("id-malformed", await world.Database.QueryValueAsync<string>(
            "select reason_code from staging.reconciliation_rejects where message like '%longer than 1,024 bytes%'"));
    }

    [Fact]
    public async Task PartialRun_LeftoversOfAKilledOne_AreDroppedAndAWholeAttemptStays()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.Parallelism = 1;
        await world.RunAsync();
        await BreakAsync(world);
        await world.Database.ExecuteAsync("""
            create table staging.things__0123456789ab (like staging.things_rows);
            create table staging.things__0123456789ab_r (like staging.things_rows);
            insert into staging.reconciliation_log (run_id, pipeline, outcome, partial, definition_fingerprint, input_fingerprint, tool_version,
                staging_version, attempt_table) values (gen_random_uuid(), 'things', 'running', true, '', '', '', 2, 'things__0123456789ab');
            """);

        PipelineResult partial = await world.RunAsync(request => request with { Limit = 3 });

        Assert.Equal(RunOutcome.Completed, partial.Outcome);
        Assert.Equal(0, await world.CountAsync("select count(*) from pg_tables where tablename ~ '^things__0123456789ab'"));
        Assert.Equal(RunOutcome.Completed, (await world.RunAsync(request => request with { Resume = true })).Outcome);
    }

    // Of 64 characters each, and not to be compressed by much.
    private static string LongText(int pieces)
        => string.Concat(Enumerable.Range(0, pieces).Select(i => Convert.ToHexString(SHA256.HashData([(byte)i]))));

    private static async Task BreakAsync(SmallWorld world)
    {
        await world.RefuseLaterBatchesAsync();
        PipelineResult broken = await world.RunAsync();
        await world.AcceptBatchesAsync();
        Assert.True(broken.Resumable);
    }

    private static async Task ReplaceAsync(SmallWorld world, string what, string by)
    {
        string csv = await File.ReadAllTextAsync(world.CsvPath);
        Assert.Contains(what, csv, StringComparison.Ordinal);
        await File.WriteAllTextAsync(world.CsvPath, csv.Replace(what, by, StringComparison.Ordinal));
    }

    private static async Task<int> LineAsync(SmallWorld world, string start)
        => 1 + Array.FindIndex(await File.ReadAllLinesAsync(world.CsvPath), line => line.StartsWith(start, StringComparison.Ordinal));

    private static async Task RequireSameRulesAsync(SmallWorld world)
        => Assert.Equal(await RulesAsync(world, "staging.things_rows"), await RulesAsync(world, await world.Database.QueryValueAsync<string>(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'staging.things_rows'::regclass") ?? ""));

    // Checks, bans of nulls and generated columns.
    private static Task<string?> RulesAsync(SmallWorld world, string table) => world.Database.QueryValueAsync<string>($"""
        select string_agg(rule, e'\n' order by rule) from (
            select conname || ' ' || pg_get_constraintdef(oid) as rule from pg_constraint where conrelid = '{table}'::regclass and contype = 'c'
            union all
            select concat_ws(' ', attname, attnotnull, attcollation, attgenerated, case when attgenerated <> '' then pg_get_expr(adbin, adrelid) end)
            from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
            where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped) r
        """);
}
