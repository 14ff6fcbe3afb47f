using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class MergeTests(PostgresServer server)
{
    private const string Diff = """{ "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] }""";

    // 12 was merged into 34, which HubSpot's mirror still has, archived; 13 into 12 before; 21 into 22, both under one legacy id.
    private const string Rows = """
        insert into hubspot.things (hs_object_id, legacy, name, archived) values
            (12, '1', 'Old', true), (13, '3', 'Older', true), (34, '4', 'Fresh', false), (21, '2', 'Twin', false), (22, '2', 'Winner', false),
            (41, '5', 'Gone', true), (51, '6', 'A', true), (52, '7', 'B', false), (61, '8', 'Plain', false);
        """;

    public static TheoryData<string, string, string, string> Spellings()
    {
        TheoryData<string, string, string, string> data = [];
        foreach (string strategy in new[] { "any", "cache" })
        {
            data.Add(strategy, "text", "text", "'12;13'|'21'|'41'|'51;52'|'51'");
            data.Add(strategy, "varchar(9)", "jsonb", "'[\"12\", 13]'|'[\"21\"]'|'[\"41\"]'|'[51, 52]'|'[51]'");
            data.Add(strategy, "bigint", "bigint[]", "'{12,13}'|'{21}'|'{41}'|'{51,52}'|'{51}'");
            data.Add(strategy, "numeric(12,2)", "text[]", "'{\"12\",\"13\"}'|'{\"21\"}'|'{\"41\"}'|'{51,52}'|'{51}'");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Run_LegacyIdOnAMergedRecord_LeadsToTheRecordThatIsLeft(string strategy, string keyType, string type, string values)
    {
        string[] ids = values.Split('|');
        await using DefinedWorld world = await WorldAsync(keyType, $"""
            alter table hubspot.things add hs_merged_object_ids {type};
            {Rows}
            update hubspot.things set hs_merged_object_ids = {ids[0]} where hs_object_id = 34;
            update hubspot.things set hs_merged_object_ids = {ids[1]} where hs_object_id = 22;
            """);

        PipelineResult result = await world.RunAsync(File, Blocks(strategy), ", \"idType\": \"number\"");

        Assert.Equal(
            """
            1 matched 34 merged 100.00 HubSpot record 12 was merged into 34
            2 matched 22 legacy-id 100.00
            5 unmatched 0.00
            8 matched 61 legacy-id 100.00
            """,
            await MatchesAsync(world));
        Assert.DoesNotContain(result.Warnings, warning => warning.Contains("lead back", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1,N\n3,N\n", "1 ambiguous merged|3 ambiguous merged")]
    [InlineData("1,N\n4,N\n", "1 ambiguous merged|4 matched legacy-id")]
    public async Task Run_SeveralLegacyIdsLeadToOneRecord_TheOneByIdKeepsIt(string rows, string expected)
    {
        await using DefinedWorld world = await WorldAsync("text", $"""
            alter table hubspot.things add hs_merged_object_ids text;
            {Rows}
            update hubspot.things set hs_merged_object_ids = '12;13' where hs_object_id = 34;
            create unique index on hubspot.things (hs_object_id);
            """);

        await world.RunAsync("Id,Name\n" + rows, Blocks("any"), ", \"idType\": \"number\"");

        Assert.Equal(expected, await world.LinesAsync(
            "select string_agg(concat_ws(' ', legacy_id, reconciliation_status, match_rule), '|' order by legacy_id) from staging.things"));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_MergesInAChainAndInACircle_FollowTheOneAndLeaveTheOther(string strategy)
    {
        await using DefinedWorld world = await WorldAsync("text", $"""
            alter table hubspot.things add hs_merged_object_ids text;
            {Rows}
            update hubspot.things set hs_merged_object_ids = '13' where hs_object_id = 12;
            update hubspot.things set hs_merged_object_ids = '12' where hs_object_id = 34;
            update hubspot.things set hs_merged_object_ids = '52' where hs_object_id = 51;
            update hubspot.things set hs_merged_object_ids = '51' where hs_object_id = 52;
            """);

        PipelineResult result = await world.RunAsync("Id,Name\n3,N\n6,N\n7,N\n", Blocks(strategy), ", \"idType\": \"number\"");

        Assert.Equal(
            "3 matched 34 merged 100.00 HubSpot record 13 was merged into 34\n6 unmatched 0.00\n7 matched 52 legacy-id 100.00", await MatchesAsync(world));
        Assert.Contains(result.Warnings, warning => warning.StartsWith("2 merged records of hubspot.things lead back to themselves", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_MergedParentsAndFallbacks_LeadToTheRecordThatIsLeft(string strategy)
    {
        await using DefinedWorld world = await WorldAsync("text", """
            alter table hubspot.things add hs_merged_object_ids text, add email text;
            insert into hubspot.things values (11, null, 'Loser', false, null, 'a@x.fr'), (12, null, 'Winner', false, '11', 'b@x.fr'),
                (21, null, 'Loser', false, null, 'c@x.fr'), (22, '77', 'Another''s', false, '21', 'd@x.fr');
            create table hubspot.owners (hs_object_id bigint, legacy text, hs_merged_object_ids text);
            insert into hubspot.owners values (90, '9', null), (91, 'x', '90'), (92, '8', null);
            """);

        await world.RunAsync(
            "Id,Name,Email,Owner\n1,N,a@x.fr,9\n2,N,c@x.fr,8\n",
            Blocks(strategy).Replace(Diff, $$"""
                { "kind": "lookup", "role": "fallback", "name": "mail", "strategy": "{{strategy}}",
                  "on": [{ "column": "Email", "convert": ["email"], "property": "email" }] },
                { "kind": "lookup", "role": "parent", "name": "owner", "table": "hubspot.owners", "from": "Owner", "key": "legacy", "strategy": "{{strategy}}" },
                {{Diff}}
                """, StringComparison.Ordinal),
            "",
            """{ "name": "owner", "parentHubspotId": "owner", "type": "bigint" }""");

        Assert.Equal(
            "1 matched 12 mail 100.00 HubSpot record 11 was merged into 12; owner: HubSpot record 90 was merged into 91\n2 unmatched 0.00",
            await MatchesAsync(world));
        Assert.Equal("91,92", await world.LinesAsync("select string_agg(owner::text, ',' order by owner) from staging.things"));
    }

    [Fact]
    public async Task Run_ColumnNamedByTheDefinition_IsReadAndMustBeThere()
    {
        await using DefinedWorld world = await WorldAsync("text", $"""
            alter table hubspot.things add merged text, add hs_merged_object_ids text;
            {Rows}
            update hubspot.things set merged = '12' where hs_object_id = 34;
            update hubspot.things set hs_merged_object_ids = '12' where hs_object_id = 22;
            """);
        const string csv = ", \"idType\": \"number\"";

        await world.RunAsync("Id,Name\n1,N\n", Blocks("any", "\"mergedIds\": \"merged\","), csv);
        Assert.StartsWith("1 matched 34 merged", await MatchesAsync(world), StringComparison.Ordinal);
        await world.RunAsync("Id,Name\n1,N\n", Blocks("any"), csv);
        Assert.StartsWith("1 matched 22 merged", await MatchesAsync(world), StringComparison.Ordinal);
        await world.RunAsync("Id,Name\n1,N\n", Blocks("any", "\"mergedIds\": \"\","), csv);
        Assert.Equal("1 unmatched 0.00", await MatchesAsync(world));
        await Assert.ThrowsAsync<MirrorException>(() => world.RunAsync("Id,Name\n1,N\n", Blocks("any", "\"mergedIds\": \"nowhere\","), csv));
    }

    [Fact]
    public async Task Explain_MergedRecord_TellsItAsARunDoes()
    {
        await using DefinedWorld world = await WorldAsync("text", $"""
            alter table hubspot.things add hs_merged_object_ids text;
            {Rows}
            update hubspot.things set hs_merged_object_ids = '12' where hs_object_id = 34;
            """);

        RecordExplanation story = await world.ExplainAsync("1", File, Blocks("any"), ", \"idType\": \"number\"");

        Assert.Equal(("matched", 34, "merged", "HubSpot record 12 was merged into 34"), Single(story));
        Assert.Equal("Fresh", Assert.Single(story.Records).Properties[0].Hubspot);

        static (string, long?, string?, string?) Single(RecordExplanation story)
        {
            var record = Assert.Single(story.Records);
            return (record.Outcome, record.HubspotId, record.Rule, record.Notes);
        }
    }

    private const string File = "Id,Name\n1,N\n2,N\n5,N\n8,N\n";

    private static string Blocks(string strategy, string options = "") => $$"""
        { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy", {{options}} "strategy": "{{strategy}}",
          "where": [{ "column": "archived", "equals": "false" }] },
        """ + Diff;

    private static Task<string> MatchesAsync(DefinedWorld world) => world.LinesAsync("""
        select concat_ws(' ', legacy_id, reconciliation_status, hubspot_id, match_rule, match_confidence, notes)
        from staging.things order by legacy_id collate "C"
        """);

    private async Task<DefinedWorld> WorldAsync(string keyType, string sql)
        => await DefinedWorld.CreateAsync(server, $"create table hubspot.things (hs_object_id bigint, legacy {keyType}, name text, archived boolean);{sql}");
}
