using Recon.Dataflow.Batches;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class MirrorTypeTests(PostgresServer server)
{
    // Mirror type, mirror value as SQL, conversion, legacy text that means the same, legacy text that does not.
    private static readonly (string Type, string Value, string Convert, string Same, string Other)[] s_table =
    [
        ("text", "'Pau'", "\"trim\"", "Pau ", "Lyon"),
        ("varchar(30)", "' Pau'", "\"trim\"", "Pau", "pau"),
        ("text", "'17.0'", "\"number\"", "17", "17.1"),
        ("bigint", "17", "\"number\"", "17.00", "18"),
        ("integer", "17", "\"integer\"", "17", "18"),
        ("smallint", "17", "\"number\"", "17.0", "1.7"),
        ("numeric", "1054.50", "{ \"kind\": \"number\", \"culture\": \"fr\" }", "\"1 054,5 €\"", "\"1 054,6\""),
        ("double precision", "0.1", "\"number\"", "0.10", "0.11"),
        ("real", "1.5", "\"number\"", "1.50", "1.51"),
        ("jsonb", "'17.0'", "\"number\"", "17", "16"),
        ("jsonb", "'\"é\\u00e9\"'", "\"trim\"", "éé", "ee"),
        ("json", "'\"Pau\"'", "\"trim\"", "Pau", "Lyon"),
        ("boolean", "true", "\"boolean\"", "Oui", "Non"),
        ("text", "'TRUE'", "\"boolean\"", "1", "0"),
        ("jsonb", "'false'", "\"boolean\"", "faux", "vrai"),
        ("date", "'2024-03-31'", "\"date\"", "2024-03-31 00:00:00", "2024-04-01"),
        ("text", "'1711843200000'", "\"date\"", "2024-03-31", "2024-03-30"),
        ("timestamp", "'2024-03-31'", "\"date\"", "2024-03-31", "2024-04-01"),
        ("bigint", "1711843200000", "\"date\"", "2024-03-31", "2024-03-30"),
        ("timestamptz", "'2024-07-01T07:30:00Z'", "\"datetime\"", "2024-07-01 09:30:00", "2024-07-01 07:30:00"),
        ("timestamp", "'2024-07-01 07:30:00'", "\"datetime\"", "2024-07-01T09:30:00+02:00", "2024-07-01 09:30:01"),
        ("text", "'2024-07-01T07:30:00.000Z'", "\"datetime\"", "2024-07-01 9:30:00", "2024-07-01 09:31:00"),
        ("bigint", "1719819000000", "\"datetime\"", "2024-07-01 09:30:00", "2024-07-02 09:30:00"),
        ("numeric", "1719819000000", "\"datetime\"", "2024-07-01 09:30:00", "2024-07-02 09:30:00"),
        ("jsonb", "'\"2024-07-01T07:30:00Z\"'", "\"datetime\"", "2024-07-01 09:30:00", "2024-07-01 10:30:00"),
        ("text", "'b;a'", "{ \"kind\": \"multi-select\", \"separator\": \",\" }", "\",a,b,\"", "\"a,c\""),
        ("text", "'https://www.Acme.fr/x'", "\"domain\"", "acme.fr", "acme.com"),
        ("text", "'Anne@X.fr'", "\"email\"", "anne@x.FR", "anne@y.fr"),
        ("text", "'+33 6 12 34 56 78'", "\"phone\"", "06.12.34.56.78", "0612345679"),
        ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "\"lower\"", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "x"),
        ("text", "'$1,149.00'", "\"number\"", "1149", "1150"),
        ("text", "'19151111'", "\"date\"", "1915-11-11", "1915-11-12"),
        ("timestamptz", "'2024-03-31T22:30:00Z'", "\"date\"", "2024-04-01", ""),
        ("text", "'E\u0301t\u00E9'", "\"trim\"", "\u00C9te\u0301", "Ete"),
    ];

    [Fact]
    public async Task Run_EveryMirrorType_IsComparedByMeaning()
    {
        string columns = string.Join(", ", s_table.Select((entry, index) => $"p{index} {entry.Type}"));
        string values = string.Join(", ", s_table.Select(entry => entry.Value));
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy text, {columns});
            insert into hubspot.things values (1, '1', {values}), (2, '2', {values}), (3, '3', {values});
            """);
        string header = string.Join(',', s_table.Select((_, index) => $"C{index}"));
        string properties = string.Join(", ", s_table.Select((entry, index) =>
            $$"""{ "property": "p{{index}}", "column": "C{{index}}", "convert": [{{entry.Convert}}] }"""));

        PipelineResult result = await world.RunAsync(
            $"""
            Id,{header}
            1,{string.Join(',', s_table.Select(entry => entry.Same))}
            2,{string.Join(',', s_table.Select(entry => entry.Other))}
            3{new string(',', s_table.Length)}

            """,
            $$"""
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "diff", "properties": [{{properties}}] }
            """);

        Assert.Empty(result.Counts.RejectedValues);
        Assert.Equal("", await ChangedAsync(world, "1"));
        Assert.Equal(
            string.Join(',', s_table.Index().Where(entry => entry.Item.Other.Length > 0).Select(entry => $"p{entry.Index}").Order(StringComparer.Ordinal)),
            await ChangedAsync(world, "2"));
        Assert.Equal("", await ChangedAsync(world, "3"));
        Assert.Contains("datetime", result.Counts.Suppressed.Keys);
        Assert.Contains("number", result.Counts.Suppressed.Keys);
    }

    [Fact]
    public async Task Run_ValuesThatCannotBeReadAndTimesOfDay_AreWithheldAndCounted()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, a text, b text, c timestamptz, d text);
            insert into hubspot.things values (1, '1', 'month 13', '1,234', '2024-03-31T10:00:00Z', 'month 13');
            """);

        PipelineResult result = await world.RunAsync(
            "Id,A,B,C,D\n1,2024-01-01,17,2024-04-01,2024-01-01\n",
            """
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "diff", "properties": [
              { "property": "a", "column": "A", "convert": ["date"] },
              { "property": "b", "column": "B", "convert": ["number"] },
              { "property": "c", "column": "C", "convert": ["date"] },
              { "property": "d", "column": "D", "convert": ["date"], "onUnreadable": "stage" } ] }
            """);

        Assert.Equal("1 {\"d\": \"2024-01-01\"}", await world.UpdatesAsync());
        Assert.Equal(["a/unreadable", "b/unreadable", "c/time-of-day"], result.Counts.KeptBack.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("varchar(10)")]
    [InlineData("char(10)")]
    [InlineData("name")]
    [InlineData("bigint")]
    [InlineData("numeric(10)")]
    [InlineData("word")]
    [InlineData("number")]
    public async Task Run_KeyOfAnyType_FindsTheRecord(string type)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create domain word as text check (value <> ''); create domain number as integer; create type mood as enum ('glad', 'sad');
            create table hubspot.things (hs_object_id bigint, legacy {type}, mood mood, tags text[]);
            create index on hubspot.things (legacy);
            insert into hubspot.things values (5, '1', 'glad', null), (6, '3', 'sad', null);
            """);

        await world.RunAsync(
            "Id,Mood\n1,sad\n2,sad\n3,sad\n",
            """
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "diff", "properties": [{ "property": "mood", "column": "Mood" }] }
            """,
            csv: ", \"idType\": \"number\"");

        Assert.Equal("1 matched 5 legacy-id 100.00\n2 unmatched 0.00\n3 matched 6 legacy-id 100.00", await world.MatchesAsync());
        Assert.Equal("1 {\"mood\": \"sad\"}\n2 {}\n3 {}", await world.UpdatesAsync());
    }

    [Fact]
    public async Task Run_Policies_DecideWhatIsStaged()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, changed timestamptz,
                a text, b text, c text, d text, e text);
            insert into hubspot.things values
                (1, '1', '2024-05-01T10:00:00Z', 'x', 'x', 'x', 'x', 'x'),
                (2, '2', '2024-05-01T10:00:00Z', null, '', null, null, null),
                (3, '3', '2024-05-01T10:00:00Z', 'x', 'x', 'x', 'x', 'x'),
                (4, '4', null, 'x', 'x', 'x', 'x', 'x'),
                (5, '5', '2024-05-01T10:00:00Z', 'x', 'x', 'x', 'x', 'x');
            """);

        PipelineResult result = await world.RunAsync(
            """
            Id,Value,Updated
            1,y,2024-05-01 12:00:01
            2,y,2024-05-01 12:00:01
            3,y,2024-05-01 12:00:00
            4,y,2024-05-01 12:00:01
            5,,2024-05-01 12:00:01

            """,
            """
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "diff", "legacyUpdated": "Updated", "hubspotUpdated": "changed", "properties": [
              { "property": "a", "column": "Value" },
              { "property": "b", "column": "Value", "policy": "fill-blank" },
              { "property": "c", "column": "Value", "policy": "newest" },
              { "property": "d", "column": "Value", "policy": "compare-only" },
              { "property": "e", "column": "Value", "policy": "newest", "onNull": "clear" }] }
            """);

        Assert.Equal(
            """
            1 {"a": "y", "c": "y", "e": "y"}
            2 {"a": "y", "b": "y", "c": "y", "e": "y"}
            3 {"a": "y"}
            4 {"a": "y"}
            5 {"e": ""}
            """,
            await world.UpdatesAsync());
        Assert.Equal(4, result.Counts.KeptBack["d/compare-only"]);
        Assert.Equal(3, result.Counts.KeptBack["b/fill-blank"]);
        Assert.Equal(2, result.Counts.KeptBack["c/newest"]);
    }

    [Fact]
    public async Task Run_TextBeyondHubspotsLimit_IsNotStaged()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things values (1, '1', 'x'), (2, '2', 'x'), (3, '3', 'x');
            """);

        PipelineResult result = await world.RunAsync(
            $"Id,Name\n1,{new string('é', 65_536)}\n2,{new string('é', 65_537)}\n3,y\n",
            """
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] }
            """);

        Assert.Equal(2, result.Counts.WithChanges);
        RejectedValue rejected = Assert.Single(result.Counts.RejectedValues).Key;
        Assert.Equal(("name", "too-long"), (rejected.Property, rejected.Reason));
        Assert.Equal("name not staged: too-long", await world.Database.QueryValueAsync<string>(
            "select notes from staging.things where legacy_id = '2'"));
    }

    private static async Task<string> ChangedAsync(DefinedWorld world, string id)
        => await world.Database.QueryValueAsync<string>(
            $"select string_agg(key, ',' order by key collate \"C\") from staging.things, jsonb_object_keys(properties_to_update) key where legacy_id = '{id}'") ?? "";
}
