using Recon.Testing;
using static Recon.Postgres.Tests.Runs.ThingBlocks;

namespace Recon.Postgres.Tests.Runs;

public sealed class MatchingTests(PostgresServer server)
{
    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_FallbackRules_AreTriedInOrderAndNeverTakeAnotherRecordsPartner(string strategy)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, email text, domain text, city text);
            insert into hubspot.things values
                (101, '1', 'One', 'one@x.fr', 'one.fr', 'Pau'),
                (102, null, 'Two', 'two@x.fr', 'two.fr', 'Pau'),
                (103, '', 'Three', null, 'three.fr', 'Lyon'),
                (104, null, 'Four', null, null, 'Nice'),
                (105, null, 'Five', null, 'five.fr', 'Metz'), (106, null, 'Five', null, 'five.fr', 'Metz'),
                (107, '700', 'Six', 'six@x.fr', 'six.fr', 'Brest'),
                (108, null, 'Four', null, null, 'Brest');
            """);

        await world.RunAsync(
            """
            Id,Name,Email,Site,City
            1,One,two@x.fr,two.fr,Pau
            2,Two,TWO@x.fr,three.fr,Pau
            3,Three,nobody@x.fr,https://www.three.fr/,Pau
            4,FOUR,,,Nice
            5,Five,,five.fr,Metz
            6,Six,six@x.fr,six.fr,Brest

            """,
            $$"""
            {{Match()}},
            { "kind": "lookup", "role": "fallback", "name": "by-email", "confidence": 90, "strategy": "{{strategy}}",
              "on": [{ "column": "Email", "convert": ["email"], "property": "email" }] },
            { "kind": "lookup", "role": "fallback", "name": "by-domain", "confidence": 80, "strategy": "{{strategy}}",
              "on": [{ "column": "Site", "convert": ["domain"], "property": "domain" }] },
            { "kind": "lookup", "role": "fallback", "name": "by-name-and-city", "confidence": 60, "strategy": "{{strategy}}",
              "on": [{ "column": "Name", "property": "name", "ignoreCase": true }, { "column": "City", "property": "city" }] },
            {{Diff}}
            """);

        Assert.Equal(
            """
            1 matched 101 legacy-id 100.00
            2 matched 102 by-email 90.00
            3 matched 103 by-domain 80.00
            4 matched 104 by-name-and-city 60.00
            5 ambiguous by-domain 0.00
            6 unmatched 0.00
            """,
            await world.MatchesAsync());
        Assert.Equal(
            "2 HubSpot records by by-domain: 105, 106",
            await world.Database.QueryValueAsync<string>("select notes from staging.things where legacy_id = '5'"));
        Assert.Equal(
            "{}", await world.Database.QueryValueAsync<string>("select properties_to_update::text from staging.things where legacy_id = '5'"));
    }

    [Fact]
    public async Task Run_FallbackTableLacksAnOptionalColumn_ComparesNothingWithAnotherColumn()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, city text);
            create table hubspot.others (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things values (101, '1', 'One', 'Pau');
            insert into hubspot.others values (102, '', 'Two');
            """);

        await world.RunAsync(
            "Id,Name,City\n1,One,Pau\n2,Two,Lyon\n",
            $$"""
            {{Match()}},
            { "kind": "lookup", "role": "fallback", "table": "hubspot.others", "on": [{ "column": "Name", "property": "name" }] },
            { "kind": "diff", "properties": [
              { "property": "name", "column": "Name" }, { "property": "city", "column": "City", "optional": true }] }
            """);

        Assert.Equal(
            "{}{}",
            await world.Database.QueryValueAsync<string>("select string_agg(properties_to_update::text, '') from staging.things"));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_MirrorRowWithAnEmptyKey_IsNeverLookedAt(string strategy)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id text, legacy text, name text);
            insert into hubspot.things values ('101', '1', 'One'), ('no id', '', 'Two'), ('no id', '', 'Three');
            """);

        await world.RunAsync("Id,Name\n1,One\n", $"{Match(By(strategy))}, {Diff}");

        Assert.Equal("1 matched 101 legacy-id 100.00", await world.MatchesAsync());
    }

    [Theory]
    [InlineData("any", "varchar(3)", "abc", "\"notIn\": [\"abcd\"]", "1 matched 101 legacy-id 100.00")]
    [InlineData("cache", "varchar(3)", "abc", "\"notIn\": [\"abcd\"]", "1 matched 101 legacy-id 100.00")]
    [InlineData("any", "char(3)", "abc", "\"equals\": \"abcd\"", "1 unmatched 0.00")]
    [InlineData("any", "char(3)", "ab", "\"equals\": \"ab\"", "1 matched 101 legacy-id 100.00")]
    [InlineData("any", "numeric(4,1)", "2.4", "\"min\": \"2.44\"", "1 unmatched 0.00")]
    [InlineData("cache", "numeric(4,1)", "2.4", "\"min\": \"2.44\"", "1 unmatched 0.00")]
    public async Task Run_WhereValueLongerThanItsColumn_IsNotCut(
        string strategy, string type, string value, string condition, string expected)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy text, name text, state {type});
            insert into hubspot.things values (101, '1', 'One', '{value}');
            """);

        await world.RunAsync(
            "Id,Name\n1,One\n",
            $"{Match(By(strategy), $"\"where\": [{{ \"column\": \"state\", {condition} }}]")}, {Diff}");

        Assert.Equal(expected, await world.MatchesAsync());
    }

    [Theory]
    [InlineData("text", "any")]
    [InlineData("varchar(20)", "any")]
    [InlineData("char(20)", "any")]
    [InlineData("smallint", "any")]
    [InlineData("integer", "any")]
    [InlineData("bigint", "any")]
    [InlineData("numeric", "any")]
    [InlineData("numeric(12,2)", "any")]
    [InlineData("char(20)", "cache")]
    [InlineData("bigint", "cache")]
    [InlineData("numeric(12,2)", "cache")]
    public async Task Run_KeyColumnOfAnyType_IsAskedInItsOwnType(string type, string strategy)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy {type}, name text);
            insert into hubspot.things values (101, '1', 'One'), (102, '22', 'Two'), (103, null, 'None');
            """);

        await world.RunAsync(
            "Id,Name\n 1.0,One\n22,Two\n123456789012345678901234567890,Big\n",
            $"{Match(By(strategy))}, {Diff}",
            """, "idType": "number" """);

        Assert.Equal(
            """
            1 matched 101 legacy-id 100.00
            123456789012345678901234567890 unmatched 0.00
            22 matched 102 legacy-id 100.00
            """,
            await world.MatchesAsync());
    }

    [Fact]
    public async Task Run_UuidKey_IsFoundInAnySpelling()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy uuid, name text);
            insert into hubspot.things values (101, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'One'),
                (102, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', 'Two');
            """);

        await world.RunAsync(
            "Id,Name\nA0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11,One\n{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12},Two\nno-uuid,x\n",
            $"{Match()}, {Diff}");

        Assert.Equal(
            """
            A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11 matched 101 legacy-id 100.00
            no-uuid unmatched 0.00
            {a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12} matched 102 legacy-id 100.00
            """,
            await world.MatchesAsync());
    }

    [Theory]
    [InlineData("exact", "any", "1 matched 101 legacy-id 100.00|2 unmatched 0.00|3 unmatched 0.00")]
    [InlineData("exact", "cache", "1 matched 101 legacy-id 100.00|2 unmatched 0.00|3 unmatched 0.00")]
    [InlineData("decimal", "any", "1 matched 101 legacy-id 100.00|2 matched 102 legacy-id 100.00|3 unmatched 0.00")]
    [InlineData("decimal", "cache", "1 matched 101 legacy-id 100.00|2 matched 102 legacy-id 100.00|3 unmatched 0.00")]
    public async Task Run_MirrorKeysWithATail_FollowTheStatedRule(string mirrorKeys, string strategy, string expected)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things values (101, '1', 'One'), (102, '2.0', 'Two'), (103, ' 3', 'Three');
            """);

        await world.RunAsync(
            "Id,Name\n1,One\n2,Two\n3,Three\n",
            $"{Match($"\"mirrorKeys\": \"{mirrorKeys}\"", By(strategy))}, {Diff}",
            """, "idType": "number" """);

        Assert.Equal(expected.Replace('|', '\n'), await world.MatchesAsync());
    }
}
