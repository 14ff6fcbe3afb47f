using Recon.Postgres.Runs;
using Recon.Testing;
using static Recon.Postgres.Tests.Runs.ThingBlocks;

namespace Recon.Postgres.Tests.Runs;

public sealed class ParentIdTests(PostgresServer server)
{
    private const string Columns = """{ "name": "owner", "parentHubspotId": "owner", "type": "bigint" }""";

    private static readonly string[] s_types =
        ["bigint", "integer", "numeric", "numeric(12,2)", "double precision", "text", "varchar(20)", "char(12)"];

    public static TheoryData<string, string, string> TypesAndStrategies()
    {
        TheoryData<string, string, string> data = [];
        foreach (string type in s_types)
        {
            data.Add(type, "text", "any");
            data.Add(type, "number", "cache");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TypesAndStrategies))]
    public async Task Run_ParentWithoutType_IsReadAsItsKeyColumnAndTheFileAre(string type, string idType, string strategy)
    {
        await using DefinedWorld world = await WorldAsync(type, "700 + n");

        PipelineResult result = await world.RunAsync(File("{0}.0"), Blocks(strategy), $", \"idType\": \"{idType}\"", Columns);

        Assert.Equal("30 of 30", await ResolvedAsync(world));
        Assert.DoesNotContain(result.Warnings, warning => warning.Contains("owner", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_TextParentsOfRecordsWithNumbers_AreReadAsTexts(string strategy)
    {
        await using DefinedWorld world = await WorldAsync("text", "'P-' || 700 + n");

        await world.RunAsync(File("P-{0}"), Blocks(strategy), ", \"idType\": \"number\"", Columns);

        Assert.Equal("30 of 30", await ResolvedAsync(world));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_MirrorKeysEndInPointZero_AreFound(string strategy)
    {
        await using DefinedWorld world = await WorldAsync("text", "(700 + n) || '.0'");

        await world.RunAsync(File("{0}"), Blocks(strategy), "", Columns);

        Assert.Equal("30 of 30", await ResolvedAsync(world));
    }

    // The sample is of the first records: what it did not see must be found all the same.
    [Fact]
    public async Task Run_TextIdBehindTheSample_IsFoundAsText()
    {
        await using DefinedWorld world = await WorldAsync("text", "700 + n");
        await world.Database.ExecuteAsync("""
            insert into hubspot.owners select 10000 + n, n from generate_series(10000, 11500) n;
            insert into hubspot.owners values (555, 'X1');
            """);

        await world.RunAsync(
            "Id,Name,Owner\n" + string.Concat(Enumerable.Range(1, 1_200).Select(n => $"{n},N,701.0\n")) + "9999,N,X1\n", Blocks("any"), "", Columns);

        Assert.Equal(555, await world.Database.QueryValueAsync<long>("select owner from staging.things where legacy_id = '9999'"));
        Assert.Equal(1_201, await world.Database.QueryValueAsync<long>("select count(owner) from staging.things"));
    }

    // With the key that came meanwhile, a sample says that ids are texts, which end in no .0.
    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Resume_MirrorHasOtherKeysByNow_ReadsParentsAsTheRunBegan(string strategy)
    {
        await using DefinedWorld world = await WorldAsync("text", "(700 + n) || '.0'");
        world.BatchRows = 2;
        await world.StopHalfwayAsync(File("{0}"), Blocks(strategy), "", Columns);
        await world.Database.ExecuteAsync("insert into hubspot.owners values (555, 'X1')");

        PipelineResult result = await world.ResumeAsync(Blocks(strategy), "", Columns);

        Assert.Equal("30 of 30", await ResolvedAsync(world));
        Assert.Equal(
            """{"type": "Number", "reason": "all ids seen on both sides are digits", "decimals": true}""",
            await world.Database.QueryValueAsync<string>(
                $"select lookup_strategies->'owner'->>'ids' from staging.reconciliation_log where run_id = '{result.RunId}'"));
    }

    [Theory]
    [InlineData("bigint", "700 + n", "P-{0}", "", "cannot be in hubspot.owners.legacy, which holds numbers only")]
    [InlineData("text", "'P-' || n", "{0}", "", "none of the 30 ids of parent 'owner' in Owner has a HubSpot record, in no usual spelling")]
    [InlineData("bigint", "700 + n", "{0}.0", "\"fromType\": \"text\",", "30 of 30 ids in Owner (parent 'owner') that were not found are in hubspot.owners.legacy as \"fromType\" of another kind: leave \"fromType\" out, or give it the value \"number\"")]
    [InlineData("text", "'P-' || 700 + n", "P-{0}", "\"fromType\": \"number\",", "leave \"fromType\" out, or give it the value \"text\"")]
    [InlineData("bigint", "700 + n", "{0}", "\"where\": [{ \"column\": \"kind\", \"equals\": \"b\" }],", "that \"where\" leaves out")]
    [InlineData("text", "'000' || 700 + n", "{0}", "", "with more or fewer leading zeros")]
    [InlineData("bigint", "700 + n", "000{0}", "", "with more or fewer leading zeros")]
    [InlineData("text", "700 + n || ' '", "{0}", "", "with white space around them")]
    public async Task Run_NoParentIsFound_SaysWhy(string type, string keys, string ids, string options, string expected)
    {
        await using DefinedWorld world = await WorldAsync(type, keys);

        PipelineResult result = await world.RunAsync(File(ids), Blocks("any", options), "", Columns);

        Assert.Equal("0 of 30", await ResolvedAsync(world));
        Assert.Contains(result.Warnings, warning => warning.StartsWith("none of the 30 ids of parent 'owner'", StringComparison.Ordinal));
        Assert.Contains(result.Warnings, warning => warning.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Explain_ParentWithoutType_ReadsTheIdAsARunDoes()
    {
        await using DefinedWorld world = await WorldAsync("bigint", "700 + n");

        RecordExplanation story = await world.ExplainAsync("7", File("{0}.0"), Blocks("any"), "", Columns);

        Assert.Equal("707", Assert.Single(story.Records).Lookups[1].Keys[0].Value);
    }

    private static string File(string id)
        => "Id,Name,Owner\n" + string.Concat(Enumerable.Range(1, 30).Select(n => $"{n},N,{string.Format(null, id, 700 + n)}\n"));

    private static string Blocks(string strategy, string options = "") => $$"""
        {{Match()}},
        { "kind": "lookup", "role": "parent", "name": "owner", "table": "hubspot.owners", "from": "Owner", "key": "legacy",
          {{options}} {{By(strategy)}} },
        {{Diff}}
        """;

    private static Task<string> ResolvedAsync(DefinedWorld world)
        => world.LinesAsync("select count(owner) || ' of ' || count(*) from staging.things");

    private async Task<DefinedWorld> WorldAsync(string type, string key) => await DefinedWorld.CreateAsync(server, $"""
        create table hubspot.things (hs_object_id bigint, legacy text, name text);
        insert into hubspot.things select n, n, 'N' from generate_series(1, 30) n;
        create table hubspot.owners (hs_object_id bigint, legacy {type}, kind text default 'a');
        insert into hubspot.owners select 9000 + n, {key} from generate_series(1, 30) n;
        """);
}
