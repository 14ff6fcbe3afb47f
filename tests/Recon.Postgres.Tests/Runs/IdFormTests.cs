using Recon.Postgres.Runs;
using Recon.Testing;
using static Recon.Postgres.Tests.Runs.ThingBlocks;

namespace Recon.Postgres.Tests.Runs;

public sealed class IdFormTests(PostgresServer server)
{
    public static TheoryData<string, string, string, string> Forms()
    {
        TheoryData<string, string, string, string> data = [];
        foreach (string strategy in new[] { "any", "cache" })
        {
            foreach (string type in new[] { "text", "varchar(20)" })
            {
                data.Add(strategy, type, "exact", "1");
                data.Add(strategy, type, "trim", "1,3");
                data.Add(strategy, type, "decimal", "1,2,3");
                data.Add(strategy, type, "no-leading-zeros", "0007,1,2,3,4");
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Run_NumbersInEveryForm_FindWhatTheFormSays(string strategy, string type, string form, string expected)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy {type}, name text);
            insert into hubspot.things values (101, '1', 'N'), (102, '2.0', 'N'), (103, U&'\00A03 ', 'N'), (104, '0004', 'N'), (107, '7', 'N'),
                (108, 'A5', 'N'), (109, '5 5', 'N'), (110, '', 'N'), (111, null, 'N');
            """);

        await world.RunAsync(
            "Id,Name\n1,N\n2,N\n3,N\n4,N\n0007,N\n5,N\n55,N\n", Blocks(strategy), $", \"idType\": \"number\", \"idForm\": \"{form}\"");

        Assert.Equal(expected, await MatchedAsync(world));
        Assert.Equal(7, await world.Database.QueryValueAsync<long>("select count(*) from staging.things"));
    }

    [Theory]
    [InlineData("any", "exact", "A1,é1")]
    [InlineData("cache", "exact", "A1,é1")]
    [InlineData("any", "trim", "A1,A2,é1")]
    [InlineData("cache", "trim", "A1,A2,é1")]
    [InlineData("any", "decimal", "5,A1,A2,é1")]
    [InlineData("cache", "decimal", "5,A1,A2,é1")]
    [InlineData("any", "no-leading-zeros", "5,6.0,A1,A2,é1")]
    [InlineData("cache", "no-leading-zeros", "5,6.0,A1,A2,é1")]
    public async Task Run_TextsInEveryForm_FindWhatTheFormSaysAndNothingElse(string strategy, string form, string expected)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things values (101, 'A1', 'N'), (102, E' A2\uFEFF', 'N'), (103, '00A3', 'N'), (104, 'e' || U&'\0301' || '1', 'N'),
                (105, '5.00', 'N'), (106, '0006', 'N'), (107, 'A7.0', 'N');
            """);

        await world.RunAsync("Id,Name\nA1,N\nA2,N\nA3,N\né1,N\n5,N\n6.0,N\nA7,N\n", Blocks(strategy), $", \"idForm\": \"{form}\"");

        Assert.Equal(expected, await MatchedAsync(world));
    }

    // Texts of one id in NFC and NFD, on both sides: a repeat is folded, and nothing is claimed twice.
    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_AccentsEncodedInTwoWays_AreOneId(string strategy)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things values (101, U&'\00E91', 'old'), (102, U&'e\03012', 'old');
            """);

        PipelineResult result = await world.RunAsync("Id,Name\n\u00E91,N\ne\u03011,N\n\u00E92,N\ne\u03012,N\n", Blocks(strategy));
        world.Ids = new HashSet<string> { "e\u03012" };
        PipelineResult partial = await world.RunAsync("Id,Name\n\u00E92,M\ne\u03011,N\n", Blocks(strategy));
        RecordExplanation explained = await world.ExplainAsync("e\u03011", "Id,Name\n\u00E91,N\n", Blocks(strategy));

        Assert.Equal((2, 2, 0), (result.Counts.Matched, result.Counts.Folded, result.Counts.Ambiguous));
        Assert.Equal((1, 1), (partial.Counts.Matched, partial.Counts.Filtered));
        Assert.Single(explained.Records);
        Assert.Equal("\u00E91 {\"name\": \"N\"}\n\u00E92 {\"name\": \"M\"}", await world.UpdatesAsync());
    }

    [Theory]
    [InlineData("any", "bigint")]
    [InlineData("cache", "bigint")]
    [InlineData("any", "integer")]
    [InlineData("any", "numeric(12,2)")]
    [InlineData("cache", "numeric(12,2)")]
    public async Task Run_LeadingZerosAndAKeyColumnOfNumbers_AreFoundWithoutAnExpression(string strategy, string type)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, $"""
            create table hubspot.things (hs_object_id bigint, legacy {type}, name text);
            insert into hubspot.things values (101, 1, 'N'), (102, 20, 'N');
            """);

        await world.RunAsync("Id,Name\n0001,N\n20,N\n", Blocks(strategy), ", \"idType\": \"number\", \"idForm\": \"no-leading-zeros\"");

        Assert.Equal("0001,20", await MatchedAsync(world));
    }

    // Keys that become equal are candidates all: none is chosen.
    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_TwoMirrorRowsWithOneKeyUnderTheForm_AreAmbiguous(string strategy)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things values (101, '1', 'N'), (102, '001', 'N'), (103, ' 1.0', 'N');
            """);

        await world.RunAsync("Id,Name\n1,N\n", Blocks(strategy), ", \"idType\": \"number\", \"idForm\": \"no-leading-zeros\"");

        Assert.Equal("1 ambiguous legacy-id 0.00", await world.MatchesAsync());
        Assert.Equal(
            "3 HubSpot records by legacy-id: 101, 102, 103",
            await world.Database.QueryValueAsync<string>("select notes from staging.things"));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("cache")]
    public async Task Run_ParentsHaveTheirOwnForm(string strategy)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things values (101, '01', 'N');
            create table hubspot.owners (hs_object_id bigint, legacy text);
            insert into hubspot.owners values (901, '007 '), (902, 'X1');
            """);

        await world.RunAsync(
            "Id,Name,Owner\n01,N,7.0\n1,N,X1\n",
            Blocks(strategy).Replace(Diff, $$"""
                { "kind": "lookup", "role": "parent", "name": "owner", "table": "hubspot.owners", "from": "Owner", "key": "legacy",
                  "idForm": "no-leading-zeros", "strategy": "{{strategy}}" }, {{Diff}}
                """, StringComparison.Ordinal),
            "",
            """{ "name": "owner", "parentHubspotId": "owner", "type": "bigint" }""");

        Assert.Equal("01", await MatchedAsync(world));
        Assert.Equal("901,902", await world.LinesAsync("select string_agg(owner::text, ',' order by owner) from staging.things"));
    }

    [Fact]
    public async Task Run_IdsThatAFormWouldFind_AreToldWithTheForm()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, state text);
            insert into hubspot.things select n, case when n <= 25 then n::text when n <= 30 then n || ' ' when n <= 34 then n || '.0' else n::text end, 'N',
                case when n > 34 then 'x' end from generate_series(1, 36) n;
            """);

        PipelineResult result = await world.RunAsync(
            "Id,Name\n" + string.Concat(Enumerable.Range(1, 40).Select(n => $"{(n <= 25 ? "000" : "")}{n},N\n")),
            Blocks("any", "\"where\": [{ \"column\": \"state\", \"isNull\": true }]"),
            ", \"idType\": \"number\"");

        string[] told = [.. result.Warnings.Where(warning => warning.Contains("in Id that were not found", StringComparison.Ordinal))];
        Assert.Equal(
            [
                "25 of 40 ids in Id that were not found are in hubspot.things.legacy with more or fewer leading zeros: \"idForm\": \"no-leading-zeros\" of the csv block finds them.",
                "5 of 40 ids in Id that were not found are in hubspot.things.legacy with white space around them: \"idForm\": \"trim\" of the csv block finds them.",
                "4 of 40 ids in Id that were not found are in hubspot.things.legacy with a .0 tail: \"idForm\": \"decimal\" of the csv block finds them.",
                "2 of 40 ids in Id that were not found are in rows of hubspot.things that \"where\" leaves out.",
            ],
            told);
    }

    [Theory]
    [InlineData(250, "250 of 250 ids")]
    [InlineData(251, "250 of a sample of 250 ids")]
    public async Task Run_IdsThatWereNotFound_AreASampleOnlyWhereThereAreMore(int ids, string told)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text);
            insert into hubspot.things select n, n::text, 'N' from generate_series(1, 300) n;
            """);
        world.Gates = new() { ["maxUnmatched"] = "100%" };

        PipelineResult result = await world.RunAsync(
            "Id,Name\n300,N\n" + string.Concat(Enumerable.Range(1, ids).Select(n => $"000{n},N\n")), Blocks("any"));

        Assert.Contains(result.Warnings, warning => warning.StartsWith($"{told} in Id that were not found", StringComparison.Ordinal));
    }

    private static string Blocks(string strategy, params string[] options) => $"{Match([By(strategy), .. options])}, {Diff}";

    private static async Task<string> MatchedAsync(DefinedWorld world) => await world.LinesAsync("""
        select string_agg(legacy_id, ',' order by legacy_id collate "C") from staging.things where reconciliation_status = 'matched'
        """);
}
