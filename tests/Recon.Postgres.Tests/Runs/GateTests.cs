using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Gates;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class GateTests(PostgresServer server)
{
    [Fact]
    public async Task Run_HeaderOnlyFileOverAResult_PublishesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string before = await world.ContentAsync();
        await KeepLinesAsync(world, 1);

        PipelineResult result = await world.RunAsync();

        Assert.Equal((RunOutcome.Failed, false), (result.Outcome, result.Resumable));
        Assert.Equal(["maxShrink"], result.ExceededGates);
        Assert.Contains("0 rows in place of", result.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal(before, await world.ContentAsync());
    }

    [Fact]
    public async Task Run_HeaderOnlyFileFirst_IsPublished()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await KeepLinesAsync(world, 1);

        PipelineResult result = await world.RunAsync();

        Assert.Equal((RunOutcome.Completed, 0), (result.Outcome, result.ExceededGates.Count));
    }

    [Fact]
    public async Task Run_FewRowsReplacedByNone_IsRefusedToo()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 5);
        await world.RunAsync();
        await KeepLinesAsync(world, 1);

        Assert.Equal(["maxShrink"], (await world.RunAsync()).ExceededGates);
    }

    [Theory]
    [InlineData("too,few", null, "maxRejects")]
    [InlineData("too,few", "100%", "maxShrink")]
    [InlineData("1,name,1,,,1", null, "maxShrink")]
    public async Task Run_EveryRecordRejectedOrFilteredOut_IsRefused(string record, string? maxRejects, string gate)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string before = await world.ContentAsync();
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(world.CsvPath, [lines[0], .. Enumerable.Repeat(record, 30)], TestContext.Current.CancellationToken);

        PipelineResult result = await world.RunAsync(request => request with { MaxRejects = maxRejects });

        Assert.Contains(gate, result.ExceededGates);
        Assert.Equal(before, await world.ContentAsync());
    }

    // Rows are deleted then, and not a partition exchanged.
    [Fact]
    public async Task Run_HeaderOnlyFileOverAResultThatIsReferredTo_PublishesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("create table public.reviews (legacy_id text primary key references staging.things_rows on delete cascade)");
        string before = await world.ContentAsync();
        await KeepLinesAsync(world, 1);

        Assert.Equal(["maxShrink"], (await world.RunAsync()).ExceededGates);
        Assert.Equal(before, await world.ContentAsync());
    }

    [Theory]
    [InlineData(70, null, RunOutcome.Completed)]
    [InlineData(30, null, RunOutcome.Failed)]
    [InlineData(30, "80%", RunOutcome.Completed)]
    [InlineData(70, "10%", RunOutcome.Failed)]
    [InlineData(70, "100", RunOutcome.Completed)]
    [InlineData(70, "10", RunOutcome.Failed)]
    public async Task Run_SmallerResult_IsHeldAgainstTheOneBefore(int lines, string? limit, RunOutcome outcome)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await KeepLinesAsync(world, lines);

        PipelineResult result = await world.RunAsync(request => limit is null ? request : request with { Gates = Set("maxShrink", limit) });

        Assert.Equal(outcome, result.Outcome);
    }

    [Fact]
    public async Task Run_SmallResultGetsSmaller_IsPublished()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 15);
        await world.RunAsync();
        await KeepLinesAsync(world, 4);

        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
    }

    [Fact]
    public async Task Run_PartialRun_HasNeitherToReplaceNorToReadMuch()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();

        PipelineResult result = await world.RunAsync(request => request with { Limit = 3, Gates = Set("minRecords", "50") });

        Assert.Equal(RunOutcome.Completed, result.Outcome);
    }

    [Fact]
    public async Task Run_AfterAClear_ReplacesNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.Database.ExecuteAsync("truncate staging.things_rows");
        await KeepLinesAsync(world, 10);

        Assert.Equal(RunOutcome.Completed, (await world.RunAsync()).Outcome);
    }

    [Theory]
    [InlineData("maxRejects", "1")]
    [InlineData("maxRejectedValues", "0")]
    [InlineData("maxUnresolvedParents", "5%")]
    [InlineData("maxUnmatched", "2")]
    [InlineData("minRecords", "1000")]
    [InlineData("maxChanges", "10%")]
    public async Task Run_AGateExceeded_PublishesNothingAndIsLogged(string gate, string limit)
    {
        await using SmallWorld world = await WithBadAmountAsync();

        PipelineResult result = await world.RunAsync(request => gate == "maxRejects"
            ? request with { MaxRejects = limit }
            : request with { Gates = Set(gate, limit) });

        Assert.Equal((RunOutcome.Failed, false), (result.Outcome, result.Resumable));
        Assert.Equal([gate], result.ExceededGates);
        Assert.IsType<GateException>(result.Fault);
        Assert.Contains($"{gate} (limit {limit} by --", result.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.things"));
        Assert.Equal($"failed [\"{gate}\"]", await world.Database.QueryValueAsync<string>(
            "select outcome || ' ' || (details->'gates')::text from staging.reconciliation_log"));
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_log where attempt_table is not null"));
    }

    [Fact]
    public async Task Run_SeveralGatesExceeded_TellsAllAtOnce()
    {
        await using SmallWorld world = await WithBadAmountAsync();

        PipelineResult result = await world.RunAsync(request => request with
        {
            MaxRejects = "0",
            Gates = new Dictionary<string, string> { ["maxRejectedValues"] = "0", ["maxUnmatched"] = "0", ["minRecords"] = "1000" },
        });

        Assert.Equal(["maxRejects", "maxRejectedValues", "maxUnmatched", "minRecords"], result.ExceededGates);
    }

    [Fact]
    public async Task Run_PublishAnyway_PublishesAndSaysWhatItPassed()
    {
        await using SmallWorld world = await WithBadAmountAsync();

        PipelineResult result = await world.RunAsync(request => request with { PublishAnyway = true, Gates = Set("maxUnmatched", "0") });

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(["maxUnmatched"], result.ExceededGates);
        Assert.False(result.RejectsAboveLimit);
        Assert.True(await world.CountAsync("select count(*) from staging.things") > 0);
        Assert.Contains("Published all the same", await world.Database.QueryValueAsync<string>(
            "select message from staging.reconciliation_log"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoKeyOfManyMatches_IsRefusedUnlessTheMirrorHasNone()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 200);
        await world.Database.ExecuteAsync("update hubspot.things set icalps_thing_id = 'T-' || icalps_thing_id");

        PipelineResult refused = await world.RunAsync();
        await world.Database.ExecuteAsync("update hubspot.things set icalps_thing_id = null");
        PipelineResult first = await world.RunAsync();

        Assert.Equal(["maxUnmatched"], refused.ExceededGates);
        Assert.Equal(RunOutcome.Completed, first.Outcome);
        Assert.Contains("none of the", Assert.Single(first.Warnings, warning => warning.Contains("HubSpot record", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoParentOfManyFound_IsRefusedUnlessTheMirrorHasNone()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 200);
        await world.Database.ExecuteAsync("""
            truncate hubspot.parents;
            insert into hubspot.parents select 8000000000 + i, 'P-' || i from generate_series(1, 100) i;
            """);

        PipelineResult refused = await world.RunAsync();
        await world.Database.ExecuteAsync("truncate hubspot.parents");
        PipelineResult first = await world.RunAsync();

        Assert.Equal(["maxUnresolvedParents"], refused.ExceededGates);
        Assert.Equal(RunOutcome.Completed, first.Outcome);
    }

    [Theory]
    [InlineData(60, RunOutcome.Completed)]
    [InlineData(200, RunOutcome.Failed)]
    public async Task Run_ValuesOfAnotherCulture_AreRefusedWhenTheyAreMany(int records, RunOutcome outcome)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records);
        await ReplaceAsync(world, 2, _ => "\"1 234,50\"");

        PipelineResult result = await world.RunAsync();

        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(
            "\"convert\": [{ \"kind\": \"number\", \"culture\": \"fr\" }] reads it.",
            Assert.Single(result.Findings.Notable()).Advice);
    }

    // Neither reason is half of the values, both are.
    [Fact]
    public async Task Run_ValuesFailForTwoReasons_AreRefusedForTheirSum()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 200);
        world.NameConversions = """["integer"]""";
        await ReplaceAsync(world, 1, index => (index % 10) switch { < 3 => "much", < 6 => "1.5", _ => "7" });

        PipelineResult result = await world.RunAsync();

        Assert.Equal(["maxRejectedValues"], result.ExceededGates);
        Assert.Contains("not-a-number", result.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("not-an-integer", result.Fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5%", RunOutcome.Completed)]
    [InlineData("0.5%", RunOutcome.Failed)]
    public async Task Run_ValueTooLongForAPropertyWithoutConversions_IsHeldAgainstAllItsValues(string limit, RunOutcome outcome)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await ReplaceAsync(world, 1, index => index == 2 ? new string('x', 70_000) : null);

        PipelineResult result = await world.RunAsync(request => request with { Gates = Set("maxRejectedValues", limit) });

        Assert.Equal(outcome, result.Outcome);
    }

    [Theory]
    [InlineData("maxUnmatched", "2")]
    [InlineData("maxChanges", "1")]
    public async Task Run_FoldingAndClaimsBringTheCountsBelowALimit_IsPublished(string gate, string limit)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, email text);
            insert into hubspot.things values (101, '1', 'N', null), (102, null, 'N', 'a@x.fr');
            """);
        world.Gates = Set(gate, limit);

        PipelineResult result = await world.RunAsync(
            "Id,Name,Email\n1,N,\n2,A,a@x.fr\n3,B,a@x.fr\n9,N,\n9,N,\n9,N,\n",
            $$"""{{ThingBlocks.Match()}}, { "kind": "lookup", "role": "fallback", "on": [{ "column": "Email", "property": "email" }] }, {{ThingBlocks.Diff}}""");

        Assert.Empty(result.ExceededGates);
        Assert.Equal((1, 1, 2, 2), (result.Counts.Matched, result.Counts.Unmatched, result.Counts.Ambiguous, result.Counts.Folded));
    }

    [Fact]
    public async Task Request_UnknownGate_IsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);

        Assert.Throws<ArgumentException>(() => RunRequest.Of(world.Read(), new RunSettings { Gates = Set("maxFun", "1") }));
    }

    private static Dictionary<string, string> Set(string gate, string limit) => new() { [gate] = limit };

    // One value that is no number, in the first record.
    private async Task<SmallWorld> WithBadAmountAsync()
    {
        SmallWorld world = await SmallWorld.CreateAsync(server);
        await ReplaceAsync(world, 2, index => index == 2 ? "much" : null);
        return world;
    }

    // Writes other values into a column, by the index of the line; what is null stays.
    private static async Task ReplaceAsync(SmallWorld world, int column, Func<int, string?> value)
    {
        string[] lines = await File.ReadAllLinesAsync(world.CsvPath);
        for (int index = 1; index < lines.Length; index++)
        {
            string[] fields = lines[index].Split(',');
            if (fields.Length == 6 && value(index) is { } replacement)
            {
                fields[column] = replacement;
                lines[index] = string.Join(',', fields);
            }
        }

        await File.WriteAllLinesAsync(world.CsvPath, lines);
    }

    private static async Task KeepLinesAsync(SmallWorld world, int lines)
    {
        string[] all = await File.ReadAllLinesAsync(world.CsvPath);
        await File.WriteAllLinesAsync(world.CsvPath, all.Take(lines));
    }
}
