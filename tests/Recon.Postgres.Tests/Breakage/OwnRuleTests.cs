using System.Security.Cryptography;
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
        await world.Database.ExecuteAsync("alter table staging.things add column loud text generated always as (upper(legacy_name)) stored");

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
            ? world.Database.ExecuteAsync("create table public.reviews (legacy_id text primary key references staging.things)")
            : Task.CompletedTask);
        await world.Database.ExecuteAsync($"alter table staging.things {rule}");
        await ReplaceAsync(world, "\n17,name 17,25.5,", "\n17,name 17,,");

        PipelineResult refused = await world.RunAsync();
        string after = await world.ContentAsync();
        await world.Database.ExecuteAsync($"alter table staging.things {undo}");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        string message = Assert.IsType<StagingException>(refused.Fault).Message;
        Assert.Contains($"staging.things refuses the record 17 (line {await LineAsync(world, "17,")}), {says}", message, StringComparison.Ordinal);
        Assert.Equal((former, true), (after, refused.Resumable));
        Assert.Equal((RunOutcome.Completed, 0), (resumed.Outcome, await LeftAsync(world)));
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
            ? world.Database.ExecuteAsync("create table public.reviews (legacy_id text primary key references staging.things)")
            : Task.CompletedTask);
        await world.Database.ExecuteAsync("create index own on staging.things (reconciliation_status, legacy_name)");
        await ReplaceAsync(world, "\n1727,name 1727,", $"\n1727,{LongText(length)},");

        PipelineResult refused = await world.RunAsync();
        await world.Database.ExecuteAsync("drop index staging.own");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Contains(
            $"staging.things refuses the record 1727 (line {await LineAsync(world, "1727,")}), by its index \"own\", for which a value is too long [54000]",
            Assert.IsType<StagingException>(refused.Fault).Message,
            StringComparison.Ordinal);
        Assert.Equal((RunOutcome.Completed, 0), (resumed.Outcome, await LeftAsync(world)));
    }

    [Fact]
    public async Task Run_ValueThatAnExpressionOfTheUserRefuses_IsNamed()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("create index own on staging.things ((substr(legacy_name, 6)::integer))");
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
        await world.Database.ExecuteAsync("truncate staging.things; alter table staging.things add column owner text not null");

        StagingException refused = await Assert.ThrowsAsync<StagingException>(() => world.RunAsync());
        await world.Database.ExecuteAsync("alter table staging.things alter column owner set default 'nobody'");

        Assert.Contains("Column \"owner\" of staging.things must not be null and has no default", refused.Message, StringComparison.Ordinal);
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
            create table staging.things__0123456789ab (like staging.things);
            create table staging.things__0123456789ab_r (like staging.things);
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

    // Tables besides the staging table and its partition.
    private static Task<long> LeftAsync(SmallWorld world) => world.CountAsync("""
        select count(*) from pg_tables where schemaname = 'staging' and tablename ~ '^things_'
            and tablename not in (select inhrelid::regclass::text from pg_inherits union select replace(inhrelid::regclass::text, 'staging.', '') from pg_inherits)
        """);
}
