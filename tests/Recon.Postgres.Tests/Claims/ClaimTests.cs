using System.Globalization;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Postgres.Catalog;
using Recon.Postgres.Queries;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Claims;

public sealed class ClaimTests(PostgresServer server)
{
    private const string Things = """
        values (101, null, 'one@x.fr', '11', 'One'), (102, null, 'two@x.fr', '22', 'Two'), (103, '3', 'three@x.fr', '33', 'Three')
        """;

    [Fact]
    public async Task Run_EqualClaims_AreAllAmbiguousAndNameEachOther()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.WriteAsync("1,one@x.fr,,Uno\n2,one@x.fr,99,One\n3,,33,Three\n4,two@x.fr,22,Two\n");

        PipelineResult result = await world.CompleteAsync();

        Assert.Equal(
            """
            1 ambiguous by-email
            2 ambiguous by-email
            3 matched 103 legacy-id
            4 matched 102 by-email
            """,
            await world.MatchesAsync());
        Assert.Equal(
            """
            1 HubSpot record 101 is claimed by 2 legacy records: 1 (by-email), 2 (by-email)
            2 HubSpot record 101 is claimed by 2 legacy records: 1 (by-email), 2 (by-email)
            """,
            await world.NotesAsync());
        Assert.Equal(
            "1 {} {} 0.00 Uno;2 {} {} 0.00 One",
            await world.Database.QueryValueAsync<string>("""
                select string_agg(concat_ws(' ', legacy_id, properties_to_update, previous_values, match_confidence, legacy_name, hubspot_name), ';'
                    order by legacy_id) from staging.things where reconciliation_status = 'ambiguous'
                """));
        BatchCounts counts = result.Counts;
        Assert.Equal((2, 2, 2, 0), (counts.Matched, counts.Ambiguous, counts.Contested, counts.WithChanges));
        Assert.All(counts.PropertyChanges, change => Assert.Equal(0, change.Value));
        Assert.Contains(result.Warnings, warning => warning.Contains("2 records are ambiguous because other legacy records claim", StringComparison.Ordinal));
        await RequireLogAsync(world);
    }

    [Fact]
    public async Task Run_UnequalClaims_TheStrongestRuleKeepsIt()
    {
        // The mirror's view shows 101 twice, once under a legacy id, so that it is found by id and by fallback.
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.Database.ExecuteAsync("""
            alter table hubspot.things rename to stored;
            create view hubspot.things as select * from hubspot.stored union all select 101, '7', null, null, 'One';
            """);
        await world.WriteAsync("7,,,Uno\n8,one@x.fr,,Uno\n9,,11,Uno\n5,two@x.fr,,Due\n6,,22,Zwei\n");

        await world.CompleteAsync();

        Assert.Equal(
            """
            5 matched 102 by-email
            6 ambiguous by-phone
            7 matched 101 legacy-id
            8 ambiguous by-email
            9 ambiguous by-phone
            """,
            await world.MatchesAsync());
        Assert.Contains(
            "9 HubSpot record 101 is claimed by 3 legacy records: 7 (legacy-id), 8 (by-email), 9 (by-phone)",
            await world.NotesAsync(), StringComparison.Ordinal);
    }

    // Two ids of one uuid, and a mirror that lists a record twice: an exact id is not always one of its own.
    [Fact]
    public async Task Run_TwoLegacyIdsOfOneHubspotRecord_AreAmbiguous()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.Database.ExecuteAsync("""
            alter table hubspot.things drop constraint things_pkey;
            insert into hubspot.things values (103, '4', null, null, 'Three');
            """);
        await world.WriteAsync("3,,,Three\n4,,,Drei\n");

        await world.CompleteAsync();

        Assert.Equal("3 ambiguous legacy-id\n4 ambiguous legacy-id", await world.MatchesAsync());
        Assert.Equal("0", await CountBySqlAsync(world));
        world.Policy = "many";
        Assert.Equal("2", await CountBySqlAsync(world));
    }

    // The issue's case: 16 HubSpot records, 35 legacy records by fallback.
    [Fact]
    public async Task Run_SixteenRecordsClaimedByThirtyFive_NoneIsMatched()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(
            server, "select 1000 + i, null, 'e' || i || '@x.fr', null, 'n' from generate_series(0, 15) i");
        await world.WriteAsync(Lines(35, i => $"{i},e{i % 16}@x.fr,,other {i}"));

        PipelineResult result = await world.CompleteAsync();

        Assert.Equal((0, 35, 35, 0), (result.Counts.Matched, result.Counts.Ambiguous, result.Counts.Contested, result.Counts.WithChanges));
        Assert.Equal(0, await world.DoublesAsync());
        Assert.Equal(35, await world.Database.QueryValueAsync<long>(
            "select count(*) from staging.things where notes like '%is claimed by%' and properties_to_update = '{}' and hubspot_id is null"));
    }

    [Fact]
    public async Task Run_ManyAllowed_AllStayMatchedAndTheExportSendsNone()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        world.Policy = "many";
        await world.WriteAsync("1,one@x.fr,,Uno\n2,one@x.fr,,Eins\n");

        PipelineResult result = await world.CompleteAsync();

        Assert.Equal((2, 0), (result.Counts.Matched, result.Counts.Contested));
        await using var source = Npgsql.NpgsqlDataSource.Create(world.Database.ConnectionString);
        await using var reader = await Postgres.Staging.PublishedReader.OpenAsync(
            source, world.Read().Definition!, world.Read().Definition!.Pipelines[0], "matched", CancellationToken.None);
        Assert.Equal(2, reader.Shared);
        Assert.Empty(await reader.ReadAsync(CancellationToken.None).ToArrayAsync(CancellationToken.None));
    }

    // Ten thousand claimants of one record: all lose, the note stays short and names the query that lists them.
    [Fact]
    public async Task Run_TenThousandClaimsOnOneRecord_AreSettled()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        world.BatchRows = 1_000;
        await world.WriteAsync(Lines(10_000, i => $"{i:00000},one@x.fr,,other"));

        PipelineResult result = await world.CompleteAsync();

        Assert.Equal(10_000, result.Counts.Contested);
        string note = (await world.Database.QueryValueAsync<string>("select max(notes) from staging.things"))!;
        Assert.Contains("10000 legacy records: 00000 (by-email), 00001 (by-email), ", note, StringComparison.Ordinal);
        Assert.Contains("00049 (by-email) and 9950 more: select", note, StringComparison.Ordinal);
        string query = note[(note.IndexOf("more: ", StringComparison.Ordinal) + 6)..];
        Assert.Equal(10_000, await world.Database.QueryValueAsync<long>($"select count(*) from ({query}) q"));
    }

    // Repeats are folded first: they are one claimant. So is a conflict, which keeps its status: if its rows agreed tomorrow,
    // the HubSpot record would be claimed twice.
    [Fact]
    public async Task Run_RepeatsAndConflicts_AreFoldedBeforeClaimsAreSettled()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.WriteAsync("1,one@x.fr,,Uno\n1,one@x.fr,,Uno\n2,two@x.fr,,Due\n2,two@x.fr,,Zwei\n4,two@x.fr,,Due\n");

        await world.CompleteAsync();

        Assert.Equal("1 matched 101 by-email\n2 conflict 102 by-email\n4 ambiguous by-email", await world.MatchesAsync());
        Assert.Contains("2 legacy records: 2 (by-email), 4 (by-email)", await world.Database.QueryValueAsync<string>(
            "select notes from staging.things where legacy_id = '4'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PartialWithAConflict_TakesTheRecordFromItsOtherClaimant()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.WriteAsync("4,two@x.fr,,Due\n");
        await world.CompleteAsync();
        Assert.Equal("4 matched 102 by-email", await world.MatchesAsync());
        await world.WriteAsync("2,two@x.fr,,Due\n2,two@x.fr,,Zwei\n4,two@x.fr,,Due\n");

        await world.RunIdsAsync("2");

        Assert.Equal("2 conflict 102 by-email\n4 ambiguous by-email", await world.MatchesAsync());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(1000, 4)]
    public async Task Run_ThreeFilesAndAnyBatches_SettleTheSame(int batchRows, int parallelism)
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(
            server, "select 1000 + i, null, 'e' || i || '@x.fr', 'p' || i, 'n' from generate_series(0, 9) i");
        world.BatchRows = batchRows;
        world.Parallelism = parallelism;
        await world.WriteAsync(
            Lines(10, i => $"a{i},e{i}@x.fr,,n"), Lines(5, i => $"b{i},,p{i},n"), Lines(3, i => $"c{i},e{i}@x.fr,,n"));

        await world.CompleteAsync();

        string matches = await world.MatchesAsync();
        string[] expected =
        [
            .. Enumerable.Range(0, 10).Select(i => i < 3 ? $"a{i} ambiguous by-email" : $"a{i} matched {1000 + i} by-email"),
            .. Enumerable.Range(0, 5).Select(i => $"b{i} ambiguous by-phone"),
            .. Enumerable.Range(0, 3).Select(i => $"c{i} ambiguous by-email"),
        ];
        Assert.Equal(string.Join('\n', expected), matches);
    }

    [Fact]
    public async Task Run_PartialOverPublished_TheStrongerClaimKeepsIt()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.WriteAsync("1,,11,Uno\n2,,22,Due\n5,,,x\n");
        await world.CompleteAsync();
        await world.WriteAsync("1,,11,Uno\n2,,22,Due\n5,one@x.fr,,Uno\n6,,22,Due\n");

        PipelineResult stronger = await world.RunIdsAsync("5");
        PipelineResult equal = await world.RunIdsAsync("6");

        Assert.Equal((1, 0, 1), (stronger.Counts.Matched, stronger.Counts.Contested, stronger.Counts.WithChanges));
        Assert.Equal((0, 1, 0), (equal.Counts.Matched, equal.Counts.Contested, equal.Counts.WithChanges));
        Assert.Equal("1 ambiguous by-phone\n2 ambiguous by-phone\n5 matched 101 by-email\n6 ambiguous by-phone", await world.MatchesAsync());
        Assert.Contains(
            "1 HubSpot record 101 is claimed by 2 legacy records: 5 (by-email), 1 (by-phone)", await world.NotesAsync(), StringComparison.Ordinal);
        await RequireLogAsync(world);
    }

    // Neither of two equal claimants gets the record by being run again alone.
    [Fact]
    public async Task Run_PartialOverAContestedRow_StaysContested()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.WriteAsync("1,one@x.fr,,Uno\n2,one@x.fr,,Due\n3,,,Three\n");
        await world.CompleteAsync();
        string before = await world.ContentAsync();

        PipelineResult again = await world.RunIdsAsync("1");

        Assert.Equal((0, 1), (again.Counts.Matched, again.Counts.Contested));
        Assert.Equal(before, await world.ContentAsync());
    }

    [Fact]
    public async Task DryRun_DoubleClaims_AreCountedAsInARun()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(
            server, "select 1000 + i, case when i = 9 then '9' end, 'e' || i || '@x.fr', 'p' || i, 'n' from generate_series(0, 19) i");
        world.BatchRows = 3;
        await world.WriteAsync(Lines(30, i => $"{i},{(i % 3 == 0 ? "" : $"e{i}@x.fr")},p{i % 14},{(i % 2 == 0 ? "n" : "other")}"));

        DryRunResult dry = await world.DryRunAsync();
        PipelineResult run = await world.CompleteAsync();

        Assert.True(run.Counts.Contested > 0 && run.Counts.Matched > 0);
        Assert.Equal(Told(run.Counts), Told(dry.Counts));
        Assert.All(dry.Samples, sample => Assert.Equal("matched", sample.Status));
        Assert.Contains(dry.Warnings, warning => warning.Contains("ambiguous because other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_TwoIdsOfOneRecord_AreToldAsSpellings()
    {
        // The mirror's view shows 103 under two ids, as it would find two spellings of one.
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.Database.ExecuteAsync("""
            alter table hubspot.things rename to stored;
            create view hubspot.things as select * from hubspot.stored union all select 103, '03', null, null, 'Three';
            """);
        await world.WriteAsync("3,,,Tre\n03,,,Tre\n5,two@x.fr,,Due\n");

        DryRunResult dry = await world.DryRunAsync();
        PipelineResult run = await world.CompleteAsync();

        const string Advice = "All were found by their legacy id, as was another: their ids are two spellings of one";
        Assert.Equal((2, 2), (dry.Counts.Contested, run.Counts.Contested));
        Assert.All([.. dry.Warnings, .. run.Warnings], warning => Assert.DoesNotContain("set \"claims\"", warning, StringComparison.Ordinal));
        Assert.Contains(dry.Warnings, warning => warning.Contains(Advice, StringComparison.Ordinal));
        Assert.Contains(run.Warnings, warning => warning.Contains(Advice, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Explain_ContestedRecord_NamesTheClaimantsOfThePublishedResult()
    {
        await using ClaimsWorld world = await ClaimsWorld.CreateAsync(server, Things);
        await world.WriteAsync("1,one@x.fr,,Uno\n2,one@x.fr,,Due\n4,two@x.fr,,Due\n5,,22,Due\n");
        RecordStory alone = Assert.Single((await world.ExplainAsync("1")).Records);
        await world.CompleteAsync();

        RecordStory tie = Assert.Single((await world.ExplainAsync("1")).Records);
        RecordStory keeper = Assert.Single((await world.ExplainAsync("4")).Records);
        RecordStory loser = Assert.Single((await world.ExplainAsync("5")).Records);

        Assert.Equal("matched", alone.Outcome);
        Assert.Equal(("ambiguous", null), (tie.Outcome, tie.HubspotId));
        Assert.Equal("HubSpot record 101 is claimed by 2 legacy records: 1 (by-email), 2 (by-email)", tie.Notes);
        Assert.Equal(("matched", 102L), (keeper.Outcome, keeper.HubspotId!.Value));
        Assert.Contains("keeps its claim", keeper.Message, StringComparison.Ordinal);
        Assert.Equal("HubSpot record 102 is claimed by 2 legacy records: 4 (by-email), 5 (by-phone)", loser.Notes);
    }

    internal static string Lines(int count, Func<int, string> line)
    {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            lines.Append(line(i)).Append('\n');
        }

        return lines.ToString();
    }

    internal static string Told(BatchCounts c) => string.Create(
        CultureInfo.InvariantCulture,
        $"{c.Read} {c.Matched} {c.Unmatched} {c.Ambiguous} {c.Contested} {c.WithChanges} {string.Join(',', c.PropertyChanges.Where(each => each.Value != 0).OrderBy(each => each.Key, StringComparer.Ordinal))}");

    // The records of recon sql's query "match", over a bronze table of these files.
    private static async Task<string> CountBySqlAsync(ClaimsWorld world)
    {
        await world.Database.ExecuteAsync("""
            create schema if not exists bronze;
            create table if not exists bronze.things as select legacy_id as id, null::text as email, null::text as phone, legacy_name as name from staging.things
            """);
        await using var connection = new Npgsql.NpgsqlConnection(world.Database.ConnectionString);
        await connection.OpenAsync();
        ValidDefinition definition = world.Read().Definition!;
        MirrorTable bronze = (await MirrorCatalog.FindAsync(connection, SqlTable.Parse("bronze.things"), CancellationToken.None))!;
        MirrorTable mirror = (await MirrorCatalog.FindAsync(connection, SqlTable.Parse("hubspot.things"), CancellationToken.None))!;
        SqlText match = new ReconciliationSql(definition, definition.Pipelines[0], bronze, mirror).Match();
        return (await world.Database.QueryValueAsync<string>($"select count(*)::text from ({match.Text}) q"))!;
    }

    // The log's last run tells what the table holds of it.
    private static async Task RequireLogAsync(ClaimsWorld world) => Assert.Equal("t", await world.Database.QueryValueAsync<string>("""
        select case when (l.matched, l.ambiguous, l.with_changes) = (
            count(*) filter (where t.reconciliation_status = 'matched'), count(*) filter (where t.reconciliation_status = 'ambiguous'),
            count(*) filter (where t.properties_to_update <> '{}')) then 't' else 'f' end
        from (select * from staging.reconciliation_log order by started_at desc limit 1) l join staging.things t using (run_id)
        group by l.matched, l.ambiguous, l.with_changes
        """));
}
