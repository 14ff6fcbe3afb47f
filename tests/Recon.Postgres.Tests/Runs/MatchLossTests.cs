using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>Runs that find a few records and parents still, but far fewer than there are.</summary>
public sealed class MatchLossTests(PostgresServer server)
{
    private const string OtherIds = "update hubspot.things set icalps_thing_id = lpad(icalps_thing_id, 8, '0') where hs_object_id > 5000000004";

    private const string OtherParents = """
        insert into hubspot.parents select 8000000000 + i, i::text from generate_series(21, 29) i;
        update hubspot.parents set icalps_parent_id = lpad(icalps_parent_id, 6, '0') where hs_object_id > 8000000003;
        """;

    private static readonly CancellationToken s_token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_MostIdsInAnotherSpelling_IsRefusedAlsoTheFirstTime(bool isFirst)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await (isFirst ? Task.CompletedTask : world.RunAsync());
        string before = isFirst ? "" : await world.ContentAsync();
        await world.Database.ExecuteAsync(OtherIds);

        PipelineResult result = await world.RunAsync();

        Assert.Contains("maxUnmatched", result.ExceededGates);
        Assert.True(result.Counts.Matched > 0);
        Assert.Contains("\"idForm\": \"no-leading-zeros\" of the csv block finds them", result.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(isFirst ? 0 : 1, await world.CountAsync("select count(*) from staging.reconciliation_log where outcome = 'completed'"));
        Assert.Equal(before, isFirst ? "" : await world.ContentAsync());
    }

    [Fact]
    public async Task Run_MostIdsInAnotherSpelling_IsPublishedWhereTheLimitAllowsIt()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.Database.ExecuteAsync(OtherIds);

        PipelineResult result = await world.RunAsync(request => request with { Gates = Set("maxUnmatched", "100%") });

        Assert.Equal((RunOutcome.Completed, 0), (result.Outcome, result.ExceededGates.Count));
    }

    [Fact]
    public async Task Run_MostParentsInAnotherSpelling_IsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.Database.ExecuteAsync(OtherParents);

        PipelineResult result = await world.RunAsync();

        Assert.Equal(["maxUnresolvedParents"], result.ExceededGates);
        Assert.Contains("\"idForm\": \"no-leading-zeros\" of the lookup 'parent' finds them", result.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RecordsThatWereFoundBefore_AreMissedUnlessAnywayOrInPart()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.RunAsync();
        string before = await world.ContentAsync();
        await world.Database.ExecuteAsync("update hubspot.things set icalps_thing_id = null where hs_object_id > 5000000040");

        PipelineResult refused = await world.RunAsync();
        string after = await world.ContentAsync();
        PipelineResult allowed = await world.RunAsync(request => request with { Gates = Set("maxMatchLoss", "100%") });
        PipelineResult again = await world.RunAsync();

        Assert.Equal(["maxMatchLoss"], refused.ExceededGates);
        Assert.Contains("rows were found; in the result that is replaced", refused.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(before, after);
        Assert.Equal((RunOutcome.Completed, RunOutcome.Completed), (allowed.Outcome, again.Outcome));
    }

    [Fact]
    public async Task Run_PublishAnyway_PublishesInSpiteOfALoss()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.RunAsync();
        await world.Database.ExecuteAsync("update hubspot.things set icalps_thing_id = null where hs_object_id > 5000000040");

        PipelineResult partial = await world.RunAsync(request => request with { Limit = 60 });
        PipelineResult result = await world.RunAsync(request => request with { PublishAnyway = true });

        Assert.Equal((RunOutcome.Completed, 0), (partial.Outcome, partial.ExceededGates.Count));
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(["maxMatchLoss"], result.ExceededGates);
    }

    [Fact]
    public async Task Run_ParentsThatWereFoundBefore_AreMissed()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.RunAsync();
        await world.Database.ExecuteAsync("update hubspot.parents set icalps_parent_id = null where hs_object_id > 8000000003");

        PipelineResult result = await world.RunAsync();

        Assert.Equal(["maxMatchLoss"], result.ExceededGates);
        Assert.Contains("ids of parent 'parent' were found; in the result that is replaced", result.Fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, RunOutcome.Completed)]
    [InlineData("50%", RunOutcome.Failed)]
    public async Task Run_NewRecordsOnly_ArePublishedUnlessALimitIsSet(string? limit, RunOutcome outcome)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.RunAsync();
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath, s_token);
        await File.WriteAllLinesAsync(
            world.CsvPath, [lines[0], .. Enumerable.Range(1, 5).Concat(Enumerable.Range(100_001, 250)).Select(id => $"{id},name,1,,{id},")], s_token);

        PipelineResult result = await world.RunAsync(request => limit is null ? request : request with { Gates = Set("maxMatchLoss", limit) });

        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(limit is null ? [] : ["maxMatchLoss"], result.ExceededGates);
    }

    // That their ids are unknown to the match lookup says nothing of rows that a fallback finds, then as now.
    [Fact]
    public async Task Run_NewRecordsBesideThoseOfAFallback_ArePublished()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things select i, null, 'N' || i from generate_series(1, 240) i;
            """);
        string blocks = $"{ThingBlocks.Match()}, {{ \"kind\": \"lookup\", \"role\": \"fallback\", \"name\": \"by-name\", \"on\": [{{ \"column\": \"Name\", \"property\": \"name\" }}] }}, {ThingBlocks.Diff}";
        await world.RunAsync("Id,Name\n" + Lines(1, 240, "N"), blocks);

        PipelineResult result = await world.RunAsync(
            "Id,Name\n" + Lines(1, 110, "N") + Lines(201, 15, "lost ") + Lines(1001, 115, "new "), blocks);

        Assert.Equal((110, 130), (result.Counts.Matched, result.Counts.Unmatched));

        static string Lines(int first, int count, string name)
            => string.Concat(Enumerable.Range(first, count).Select(id => $"{id},{name}{id}\n"));
    }

    [Theory]
    [InlineData(9, "The others are found, so that hubspot.things.legacy is the right column")]
    [InlineData(1, "Either hubspot.things.legacy is not filled")]
    public async Task Run_LimitOfUnmatched_DoesNotDoubtAKeyThatFindsMost(int found, string advice)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things select i, i::text, 'N' from generate_series(1, {found}) i;
            """);
        world.Gates = new() { ["maxUnmatched"] = "0" };

        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => world.RunAsync(
            "Id,Name\n" + string.Concat(Enumerable.Range(1, 10).Select(id => $"{id},N\n")), $"{ThingBlocks.Match()}, {ThingBlocks.Diff}"));

        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MirrorThatFillsUp_IsPublishedAtEachStep()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.Database.ExecuteAsync("create table kept as select * from hubspot.things; delete from hubspot.things where hs_object_id > 5000000040");

        PipelineResult young = await world.RunAsync();
        await world.Database.ExecuteAsync("truncate hubspot.things; insert into hubspot.things select * from kept");
        PipelineResult full = await world.RunAsync();

        Assert.Equal((RunOutcome.Completed, RunOutcome.Completed), (young.Outcome, full.Outcome));
        Assert.True(full.Counts.Matched > young.Counts.Matched);
    }

    // The process that publishes has looked up nothing itself.
    [Fact]
    public async Task Resume_OfWhatAnotherProcessLookedUp_IsJudgedToo()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 255);
        await world.RunAsync();
        await world.Database.ExecuteAsync(OtherIds + "; " + OtherParents
            + "alter table staging.things_rows add constraint none check (legacy_id <> '15') not valid");
        PipelineResult stopped = await world.RunAsync(request => request with { PublishAnyway = true });
        await world.Database.ExecuteAsync("alter table staging.things_rows drop constraint none");

        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal((RunOutcome.Failed, true), (stopped.Outcome, stopped.Resumable));
        Assert.Equal(RunOutcome.Failed, resumed.Outcome);
        Assert.Equal(["maxUnresolvedParents", "maxUnmatched", "maxMatchLoss"], resumed.ExceededGates);
    }

    private static Dictionary<string, string> Set(string gate, string limit) => new() { [gate] = limit };
}
