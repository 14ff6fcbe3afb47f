using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Breakage;

/// <summary>Rows that the server refuses in the middle of a COPY.</summary>
public sealed class BadRowTests(PostgresServer server)
{
    [Theory]
    [InlineData("22001")]
    [InlineData("22003")]
    [InlineData("22P02")]
    [InlineData("22021")]
    [InlineData("54000")]
    public async Task Copy_RowThatTheServerRefuses_IsRejectedAndItsBatchGoesThrough(string sqlState)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        PipelineResult before = await world.RunAsync();
        await RefuseAsync(world, sqlState, "17");

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(before.Counts.Staged - 1, result.Counts.Staged);
        Assert.Equal(before.Counts.Rejected + 1, result.Counts.Rejected);
        Assert.Equal(before.Counts.Unmatched - 1, result.Counts.Unmatched);
        Assert.True(result.Counts.Balances);
        Assert.Equal("database-refused name 17", await world.Database.QueryValueAsync<string>($"""
            select reason_code || ' ' || (raw_record::jsonb ->> 'Name') from staging.reconciliation_rejects where message like '%{sqlState}%'
            """));
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.things where legacy_id = '17'"));
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.things where legacy_id = '16'"));
    }

    // Of what the server says about a refused row, only the code is read: not the words of a language, and not the place,
    // which an error from an after trigger does not have.
    [Theory]
    [InlineData("after", "")]
    [InlineData("before", "ja_JP.UTF-8")]
    [InlineData("before", "ko_KR.UTF-8")]
    [InlineData("before", "ka_GE.UTF-8")]
    public async Task Copy_RefusalWithoutAPlaceOrInAnotherLanguage_RejectsTheRow(string when, string language)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.BatchRows = 1000;
        PipelineResult before = await world.RunAsync();
        await RefuseAsync(world, "22003", when, ["2", "12", "98"]);
        if (language.Length > 0)
        {
            try
            {
                await world.Database.ExecuteAsync($"alter database {world.Database.Name} set lc_messages = '{language}'");
            }
            catch (PostgresException unknown) when (unknown.SqlState == PostgresErrorCodes.InvalidParameterValue)
            {
                Assert.Skip($"The server's machine has no locale {language}.");
            }
        }

        PipelineResult result = await world.RunAsync();

        Assert.Null(result.Fault);
        Assert.True(result.Counts.Balances);
        Assert.Equal(before.Counts.Staged - 3, result.Counts.Staged);
        Assert.Equal("12,2,98", await world.Database.QueryValueAsync<string>("""
            select string_agg(id, ',' order by id) from (
                select raw_record::jsonb ->> 'Id' id from staging.reconciliation_rejects where reason_code = 'database-refused') r
            """));
    }

    [Fact]
    public async Task Copy_SeveralBadRowsInOneBatch_AreAllRejected()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.BatchRows = 1000;
        PipelineResult before = await world.RunAsync();
        await RefuseAsync(world, "22003", "2", "12", "14", "98");

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(before.Counts.Staged - 4, result.Counts.Staged);
        Assert.Equal(4, result.Counts.ByReason["database-refused"]);
        Assert.Equal(result.Counts.WithChanges, await world.CountAsync(
            "select count(*) from staging.things where reconciliation_status = 'matched' and properties_to_update <> '{}'"));
        Assert.Equal("12,14,2,98", await world.Database.QueryValueAsync<string>("""
            select string_agg(id, ',' order by id) from (
                select raw_record::jsonb ->> 'Id' id from staging.reconciliation_rejects where reason_code = 'database-refused') r
            """));
    }

    // Not only its status and its updates: also values that could not be read, parents that were not found, and all else.
    [Fact]
    public async Task Copy_RefusedRow_CountsAsIfItWereNotInTheFile()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.BatchRows = 1000;
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath, TestContext.Current.CancellationToken);
        int at = Array.FindIndex(lines, line => line.StartsWith("15,", StringComparison.Ordinal));
        lines[at] = "15,name \u00C3\u00A9,not a number,not a date,29,";
        await File.WriteAllLinesAsync(world.CsvPath, lines.Where((_, index) => index != at), TestContext.Current.CancellationToken);
        PipelineResult without = await world.RunAsync();
        await File.WriteAllLinesAsync(world.CsvPath, lines, TestContext.Current.CancellationToken);
        PipelineResult with = await world.RunAsync();
        await RefuseAsync(world, "22003", "15");

        PipelineResult refused = await world.RunAsync();

        Assert.NotEqual(Compared(without.Counts), Compared(with.Counts));
        Assert.Equal(Compared(without.Counts), Compared(refused.Counts));
        Assert.Equal((without.Counts.Read + 1, without.Counts.Rejected + 1), (refused.Counts.Read, refused.Counts.Rejected));
        Assert.Equal(1, refused.Counts.ByReason["database-refused"]);
        Assert.Equal(with.Counts.Damage, refused.Counts.Damage);

        static string Compared(BatchCounts counts) => string.Join('\n',
        [
            $"{counts.Matched} {counts.Unmatched} {counts.Ambiguous} {counts.Conflict} {counts.Folded} {counts.WithChanges}",
            Of(counts.PropertyChanges), Of(counts.Suppressed), Of(counts.KeptBack), Of(counts.Remarks), Of(counts.RejectedValues),
            Of(counts.ConvertedValues), Of(counts.ParentIds), Of(counts.UnresolvedParents),
        ]);

        static string Of<TKey>(Dictionary<TKey, long> counts)
            where TKey : notnull
            => string.Join(' ', counts.Where(count => count.Value != 0).Select(count => $"{count.Key}={count.Value}").Order(StringComparer.Ordinal));
    }

    // Rows without and with changes go in a COPY each, and the server counts the lines of each from 1. Of the small world,
    // 2, 11 and 14 change nothing, 12, 15 and 18 change something, 7 and 17 are unmatched, 5 is ambiguous.
    [Theory]
    [InlineData("2", "11", "14")]
    [InlineData("12", "15", "18")]
    [InlineData("2", "12")]
    [InlineData("5", "7", "12", "14", "15", "17", "18", "99")]
    public async Task Copy_BadRowsInEitherLot_AreRejectedWithTheirOwnLine(params string[] ids)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.BatchRows = 1000;
        PipelineResult before = await world.RunAsync();
        string others = $"""
            select string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, e'\n' order by legacy_id)
            from staging.things t where legacy_id not in ('{string.Join("', '", ids)}')
            """;
        string expected = await world.Database.QueryValueAsync<string>(others) ?? "";
        await RefuseAsync(world, "22003", ids);

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.True(result.Counts.Balances);
        Assert.Equal(before.Counts.Staged - ids.Length, result.Counts.Staged);
        Assert.Equal(ids.Length, result.Counts.ByReason["database-refused"]);
        Assert.Equal(expected, await world.Database.QueryValueAsync<string>(others));
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath);
        Assert.Equal(
            string.Join(' ', ids.Select(id => 1 + Array.FindIndex(lines, line => line.StartsWith(id + ",", StringComparison.Ordinal))).Order()),
            await world.Database.QueryValueAsync<string>(
                "select string_agg(line::text, ' ' order by line) from staging.reconciliation_rejects where reason_code = 'database-refused'"));
        Assert.Equal(await ChangesAsync(world), string.Join(' ', result.Counts.PropertyChanges
            .Where(change => change.Value != 0).OrderBy(change => change.Key, StringComparer.Ordinal).Select(change => $"{change.Key}={change.Value}")));
    }

    // Of the small world, 3, 4, 23 and 24 come twice: the second of each goes to a table and in a COPY of its own.
    [Fact]
    public async Task Copy_BadRowsAmongRepeats_AreRejectedWithTheOthersOfTheirId()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.BatchRows = 1000;
        PipelineResult before = await world.RunAsync();
        await RefuseAsync(world, "22003", "3", "4", "24");

        PipelineResult result = await world.RunAsync();

        Assert.Null(result.Fault);
        Assert.Equal((RunOutcome.Completed, true), (result.Outcome, result.Counts.Balances));
        Assert.Equal(6, result.Counts.ByReason["database-refused"]);
        Assert.Equal((before.Counts.Staged - 3, before.Counts.Folded - 3), (result.Counts.Staged, result.Counts.Folded));
        Assert.Equal(before.Counts.Conflict - 2, result.Counts.Conflict);
        Assert.Equal(result.Counts.WithChanges, await world.CountAsync("select count(*) from staging.things where properties_to_update <> '{}'"));
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.things where legacy_id = '23' and parent_ids is not null"));
        Assert.Equal(await ChangesAsync(world), string.Join(' ', result.Counts.PropertyChanges
            .Where(change => change.Value != 0).OrderBy(change => change.Key, StringComparer.Ordinal).Select(change => $"{change.Key}={change.Value}")));
    }

    [Fact]
    public async Task Copy_BatchOfOnlyBadRows_IsCommittedWithItsRejects()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.BatchRows = 1;
        await world.RunAsync();
        await RefuseAsync(world, "22P05", "17");

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(120, await world.CountAsync("select sum(read)::bigint from staging.reconciliation_ledger where batch > 0"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_BadRowsAndLostCommitReplies_AreRejectedExactlyOnce(bool retries)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 30);
        await world.RunAsync();
        await RefuseAsync(world, "22001", "2", "12", "14");
        Golden golden = await Golden.RunAsync(world);
        world.Tuning = retries ? Golden.QuickRetries : Golden.NoRetries;
        await using var proxy = new FaultProxy(world.Database.ConnectionString);
        for (int commit = 4; ; commit += 2)
        {
            proxy.Arm(new FaultPlan { SwallowCommit = commit });
            world.ConnectionString = proxy.ConnectionString;
            PipelineResult result = await world.RunAsync();
            if (result.Outcome != RunOutcome.Completed)
            {
                Assert.False(retries);
                world.ConnectionString = null;
                result = await world.RunAsync(request => request with { Resume = true });
            }

            Assert.Equal(3, result.Counts.ByReason["database-refused"]);
            await golden.RequireAsync(world, $"commit {commit}");
            if (!proxy.HasCut)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Copy_RejectThatTheServerRefuses_FailsTheRunAndBlamesNoRow()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("""
            create function public.refuse() returns trigger language plpgsql as
                $f$ begin raise exception 'refused' using errcode = '22001'; end $f$;
            create trigger refuse before insert on staging.reconciliation_rejects for each row execute function public.refuse();
            """);
        world.Tuning = Golden.NoRetries;

        PipelineResult result = await world.RunAsync();

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.DoesNotContain("database-refused", result.Counts.ByReason.Keys);
    }

    private static async Task<string> ChangesAsync(SmallWorld world) => await world.Database.QueryValueAsync<string>("""
        select string_agg(key || '=' || count, ' ' order by key collate "C") from (
            select key, count(*) from staging.things, jsonb_object_keys(properties_to_update) key group by key) c
        """) ?? "";

    // Every attempt gets a trigger that refuses some rows, with their line number, as a column's type would.
    private static Task RefuseAsync(SmallWorld world, string sqlState, params string[] ids) => RefuseAsync(world, sqlState, "before", ids);

    private static Task RefuseAsync(SmallWorld world, string sqlState, string when, string[] ids)
        => world.Database.ExecuteAsync($"""
            create or replace function public.refuse() returns trigger language plpgsql as $f$
            begin
                if new.legacy_id in ('{string.Join("', '", ids)}') then
                    raise exception 'refused' using errcode = '{sqlState}';
                end if;
                return new;
            end $f$;
            create or replace function public.watch() returns event_trigger language plpgsql as $f$
            declare made record;
            begin
                for made in select distinct object_identity from pg_event_trigger_ddl_commands()
                    where object_type = 'table' and object_identity ~ '^staging\.things__[0-9a-f]+(_r)?$'
                loop
                    execute format('create trigger refuse {when} insert on %s for each row execute function public.refuse()', made.object_identity);
                end loop;
            end $f$;
            create event trigger watch on ddl_command_end when tag in ('CREATE TABLE') execute function public.watch();
            """);
}
