using Npgsql;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Reruns;

/// <summary>
/// Whatever was done to the mirror, a run that does not look up what is unchanged leaves what a whole run leaves; where nobody can
/// tell what was changed, it compares every record and says why.
/// </summary>
/// <remarks>On a server of its own: a transaction of another test that was open all the while would make a run write everything.</remarks>
public sealed class RerunMirrorTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Altered = "every record was compared: a table of the mirror was altered, exchanged or truncated";

    private const string Reload = "create temporary table kept as select * from hubspot.things; truncate hubspot.things; insert into hubspot.things select * from kept";

    private const string Partitions = """
        create table hubspot.things (like hubspot.base including defaults, primary key (hs_object_id)) partition by range (hs_object_id);
        create table hubspot.low partition of hubspot.things for values from (minvalue) to (6000000000);
        create table hubspot.high (like hubspot.things including all); alter table hubspot.things attach partition hubspot.high for values from (6000000000) to (maxvalue);
        insert into hubspot.things select * from hubspot.base
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("update hubspot.things set name = 'new name' where icalps_thing_id = '8'", 1)]
    [InlineData("update hubspot.things set icalps_thing_id = '7' where icalps_thing_id = '8'", 2)]
    [InlineData("delete from hubspot.things where icalps_thing_id = '8'", 1)]
    [InlineData("insert into hubspot.things select 9000000001, '7', 'name 7'", 1)]
    [InlineData("insert into hubspot.things select 9000000001, '8', 'twin of 8'", 1)]
    [InlineData("update hubspot.things set archived = true where icalps_thing_id = '8'", 1)]
    [InlineData("delete from hubspot.things where icalps_thing_id = '8'; insert into hubspot.things select 5000000008, '8', 'again'", 1)]
    [InlineData("update hubspot.things set hs_object_id = hs_object_id + 1000000000000 where icalps_thing_id = '8'", 1)]
    [InlineData("delete from hubspot.parents where icalps_parent_id = '12'", 4)]
    [InlineData("insert into hubspot.parents select 9000000001, '25'", 3)]
    [InlineData("insert into hubspot.parents select 9000000001, '12'", 4)]
    [InlineData("update hubspot.parents set icalps_parent_id = '25' where icalps_parent_id = '12'", 7)]
    [InlineData("begin; savepoint a; savepoint b; update hubspot.things set name = 'nested' where icalps_thing_id = '8'; release b; release a; commit", 1)]
    [InlineData("begin; update hubspot.things set name = 'never'; delete from hubspot.parents; rollback", 0)]
    [InlineData("begin; savepoint a; update hubspot.things set name = 'never'; rollback to a; commit", 0)]
    [InlineData("vacuum (freeze) hubspot.things, hubspot.parents", 0)]
    [InlineData("analyze; create index on hubspot.things (name)", 0)]
    public async Task Run_MirrorRowsChanged_ComparesOnlyTheirRecords(string change, int most)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        PipelineResult before = await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync(change);

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal((RunWay.Changes, Reruns.Level2), (rerun.Way!.Name, rerun.Way.Reason));
        Assert.InRange(before.Skipped - rerun.Skipped, 0, most);
        Assert.InRange(rerun.Written!.Value - before.Written!.Value, 0, most);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    [Theory]
    [InlineData("vacuum full hubspot.things")]
    [InlineData("cluster hubspot.parents using parents_pkey")]
    [InlineData(Reload)]
    [InlineData(Reload + "; update hubspot.things set name = 'other' where icalps_thing_id = '8'")]
    [InlineData("alter table hubspot.things alter column name type text using upper(name)")]
    [InlineData("alter table hubspot.things alter column name type varchar(5) using left(name, 5)")]
    [InlineData("alter table hubspot.things drop column seen; alter table hubspot.things add column seen timestamptz default now()")]
    [InlineData("alter table hubspot.things rename to gone; create table hubspot.things (like hubspot.gone including all); insert into hubspot.things select * from hubspot.gone where hs_object_id < 5000000050")]
    public async Task Run_MirrorTableAltered_ComparesEveryRecordOnceAndSaysWhy(string change)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync(change);

        PipelineResult rerun = await Reruns.CompleteAsync(world, request => request with { PublishAnyway = true });

        Assert.True(rerun.Way!.Name == RunWay.Whole || rerun.Way.Reason.StartsWith(Altered, StringComparison.Ordinal), rerun.Way.Reason);
        Assert.Equal(0, rerun.Skipped);
        PipelineResult next = await Reruns.CompleteAsync(world, request => request with { PublishAnyway = true });
        Assert.Equal(Reruns.Level2, next.Way!.Reason);
        Assert.NotEqual(0, next.Skipped);
        await Reruns.RequireEqualToAWholeRunAsync(world, next);
    }

    [Theory]
    [InlineData("create view hubspot.things as select * from hubspot.base", "is a view")]
    [InlineData("create materialized view hubspot.things as select * from hubspot.base", "is a materialized view")]
    [InlineData("create table hubspot.things (like hubspot.base including all); create table hubspot.more () inherits (hubspot.things); insert into hubspot.things select * from hubspot.base", "other tables inherit from hubspot.things")]
    [InlineData("create table hubspot.things as table hubspot.base", "hubspot.things.hs_object_id has no unique index")]
    [InlineData("create table hubspot.things as table hubspot.base; create unique index on hubspot.things (hs_object_id) where name is not null", "hubspot.things.hs_object_id has no unique index over all rows")]
    [InlineData("create table hubspot.things (like hubspot.base including all); insert into hubspot.things select * from hubspot.base; alter table hubspot.things enable row level security", "hubspot.things has row-level security")]
    [InlineData("create domain hubspot.words as text; create table hubspot.things (like hubspot.base including all); insert into hubspot.things select * from hubspot.base; alter table hubspot.things alter column name type hubspot.words", "columns of hubspot.things have types that are not PostgreSQL's own")]
    [InlineData("create table hubspot.things (like hubspot.base including all); insert into hubspot.things select * from hubspot.base; alter table hubspot.things alter column hs_object_id type numeric", "hubspot.things.hs_object_id is no integer")]
    public async Task Run_MirrorWhoseRowsDoNotTell_ComparesEveryRecordAndSaysWhy(string setUp, string reason)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await world.Database.ExecuteAsync("alter table hubspot.things rename to base;" + setUp);
        world.PipelineKeys = "\"claims\": \"many\",";
        await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync("update hubspot.base set name = 'seen through it' where icalps_thing_id = '8'");

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal(RunWay.Changes, rerun.Way!.Name);
        Assert.StartsWith("every record was compared: ", rerun.Way.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, rerun.Way.Reason, StringComparison.Ordinal);
        Assert.Equal(0, rerun.Skipped);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    [Fact]
    public async Task Run_MirrorOnAnotherServer_ComparesEveryRecordAndSaysWhy()
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        var here = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString);
        await world.Database.ExecuteAsync($"""
            alter table hubspot.things rename to base;
            create extension postgres_fdw;
            create server here foreign data wrapper postgres_fdw options (host '{here.Host}', port '{here.Port}', dbname '{here.Database}');
            create user mapping for current_user server here options (user '{here.Username}', password '{here.Password}');
            create foreign table hubspot.things (hs_object_id bigint, icalps_thing_id text, name text, amount numeric, seen timestamptz, archived boolean)
                server here options (schema_name 'hubspot', table_name 'base')
            """);
        world.PipelineKeys = "\"claims\": \"many\",";
        await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync("update hubspot.base set name = 'far away' where icalps_thing_id = '8'");

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal("every record was compared: hubspot.things is a foreign table, whose rows do not tell when they were changed", rerun.Way!.Reason);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    [Theory]
    [InlineData("update hubspot.low set name = 'in a partition' where icalps_thing_id = '8'", Reruns.Level2)]
    [InlineData("update hubspot.things set hs_object_id = hs_object_id + 1000000000 where icalps_thing_id = '8'", Reruns.Level2)]
    [InlineData("alter table hubspot.things detach partition hubspot.high", Altered)]
    [InlineData("alter table hubspot.things detach partition hubspot.high; alter table hubspot.things attach partition hubspot.high for values from (6000000000) to (maxvalue)", Altered)]
    [InlineData("truncate hubspot.high", Altered)]
    public async Task Run_MirrorOfPartitions_IsFollowedInAllOfThem(string change, string reason)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await world.Database.ExecuteAsync("alter table hubspot.things rename to base;" + Partitions);
        await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync(change);

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal(RunWay.Changes, rerun.Way!.Name);
        Assert.StartsWith(reason, rerun.Way.Reason, StringComparison.Ordinal);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    [Theory]
    [InlineData("update hubspot.things set name = 'late' where icalps_thing_id in ('2', '8', '88'); delete from hubspot.parents where icalps_parent_id = '12'")]
    [InlineData("insert into hubspot.things select 9000000001, '7', 'name 7'; insert into hubspot.things select 9000000002, '87', 'name 87'")]
    [InlineData("update hubspot.things set icalps_thing_id = '87' where icalps_thing_id = '8'")]
    public async Task Run_AfterAMirrorTransactionThatWasOpenWhenTheFormerRunRead_SeesIt(string change)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        await using var syncer = new NpgsqlConnection(world.Database.ConnectionString);
        await syncer.OpenAsync(Token);
        await using NpgsqlTransaction open = await syncer.BeginTransactionAsync(Token);
#pragma warning disable CA2100 // Statements of this class.
        await using var command = new NpgsqlCommand(change, syncer, open);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Token);

        world.Tuning = world.Tuning with { MostMerged = 1 };

        // It reads what was there before, and publishes after the transaction has ended.
        await using NpgsqlConnection hold = await HalfwayFault.HoldAsync(world.Database, Token);
        Task<PipelineResult> former = world.RunAsync();
        await HeldAsync(world, former);
        await open.CommitAsync(Token);
        await ReleaseAsync(hold);
        Assert.Equal((RunOutcome.Completed, Reruns.Level2), ((await former).Outcome, (await former).Way!.Reason));

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal(Reruns.Level2, rerun.Way!.Reason);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    [Fact]
    public async Task Run_MirrorTransactionOpenDuringWholeRuns_IsSeenWhenItEnds()
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await using var syncer = new NpgsqlConnection(world.Database.ConnectionString);
        await syncer.OpenAsync(Token);
        await using NpgsqlTransaction open = await syncer.BeginTransactionAsync(Token);
        await using var command = new NpgsqlCommand("update hubspot.things set name = 'late' where icalps_thing_id in ('2', '8', '88')", syncer, open);
        await command.ExecuteNonQueryAsync(Token);
        await Reruns.CompleteAsync(world);
        await Reruns.CompleteAsync(world);
        await open.CommitAsync(Token);

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    // The table that has the name at the beginning and at the end of a run is another one in between.
    [Theory]
    [InlineData(
        "begin; alter table hubspot.things rename to aside; alter table hubspot.other rename to things; commit",
        "begin; alter table hubspot.things rename to other; alter table hubspot.aside rename to things; commit")]
    [InlineData(
        "begin; alter schema hubspot rename to aside; alter schema other rename to hubspot; commit",
        "begin; alter schema hubspot rename to other; alter schema aside rename to hubspot; commit")]
    public async Task Run_AfterOneThatReadAnotherTableForAWhile_ComparesEveryRecord(string away, string back)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await world.Database.ExecuteAsync("""
            create schema other;
            create table hubspot.other (like hubspot.things including all);
            insert into hubspot.other select hs_object_id, icalps_thing_id, 'of the other' from hubspot.things;
            create table other.things (like hubspot.things including all);
            create table other.parents (like hubspot.parents including all);
            insert into other.things select * from hubspot.other
            """);
        await Reruns.CompleteAsync(world, request => request with { Limit = 1 });
        await using NpgsqlConnection hold = await HalfwayFault.HoldAsync(world.Database, Token);
        world.BatchRows = 2;
        Task<PipelineResult> former = world.RunAsync(request => request with { Full = true });
        await HeldAsync(world, former);
        await world.Database.ExecuteAsync(away);
        await ReleaseAsync(hold);
        await Until.TrueAsync(
            "batches that were read of the other table",
            async () => former.IsCompleted || await world.CountAsync("select count(*) from staging.reconciliation_ledger") > 40,
            Token);
        await world.Database.ExecuteAsync(back);
        Assert.Equal(RunOutcome.Completed, (await former).Outcome);

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.StartsWith(Altered, rerun.Way!.Reason, StringComparison.Ordinal);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    // As after the server was set back to a state before the former run.
    [Theory]
    [InlineData("jsonb_set(state, '{Traced,Since}', to_jsonb((state #>> '{Traced,Since}')::int8 + 100000))", "every record was compared: the result is too old")]
    [InlineData("jsonb_set(state, '{Server}', '\"another\"')", "the result was published on another server")]
    [InlineData("jsonb_set(state, '{Traced}', 'null')", "every record was compared: the run before did not note")]
    public async Task Run_ServerSetBack_DoesNotTrustWhatRowsTell(string state, string reason)
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync($"update staging.reconciliation_hashes set state = {state} where state is not null");
        await world.Database.ExecuteAsync("update hubspot.things set name = 'new name' where icalps_thing_id = '8'");

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.StartsWith(reason, rerun.Way!.Reason, StringComparison.Ordinal);
        Assert.Equal(0, rerun.Skipped);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    [Fact]
    public async Task Run_MirrorRowChangedAndFrozen_IsSeen()
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync("update hubspot.things set name = 'frozen' where icalps_thing_id = '8'");
        await world.Database.ExecuteAsync("vacuum (freeze) hubspot.things");

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal(Reruns.Level2, rerun.Way!.Reason);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    [Fact]
    public async Task Run_MostOfTheMirrorChanged_ComparesEveryRecord()
    {
        await using SmallWorld world = await Reruns.CreateAsync(server);
        await Reruns.CompleteAsync(world);
        await world.Database.ExecuteAsync("update hubspot.things set archived = archived");

        PipelineResult rerun = await Reruns.CompleteAsync(world);

        Assert.Equal("every record was compared: most rows of hubspot.things have changed", rerun.Way!.Reason);
        await Reruns.RequireEqualToAWholeRunAsync(world, rerun);
    }

    // A connection that goes back to its pool keeps its locks.
    private static async Task ReleaseAsync(NpgsqlConnection hold)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", hold);
        await command.ExecuteNonQueryAsync(Token);
    }

    private static Task HeldAsync(SmallWorld world, Task running) => Until.TrueAsync(
        "a batch that is held",
        async () =>
        {
            Assert.False(running.IsCompleted, "The run ended before it was held.");
            return await world.CountAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted") > 0;
        },
        Token);
}
