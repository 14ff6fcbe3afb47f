using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

/// <summary>However lookups ask, the same is staged.</summary>
public sealed class StrategyAgreementTests(PostgresServer server)
{
    private const string Schema = """
        create table hubspot.things (hs_object_id bigint, legacy text, name text, amount numeric, parent text);
        create table hubspot.parents (hs_object_id bigint, legacy text);
        create table hubspot.owners (hs_object_id text, legacy varchar(40));
        """;

    private const string Columns = """
        { "name": "parent_legacy", "parentLegacyId": "parent" },
        { "name": "parent_hubspot", "parentHubspotId": "parent", "type": "bigint" },
        { "name": "owner_hubspot", "parentHubspotId": "owner", "type": "bigint" },
        { "name": "hubspot_name", "hubspot": "name" }
        """;

    // Ids of up to eight bytes, of more, and with letters of several bytes; few, so that files repeat them.
    private static readonly Gen<string> s_parentId = Gen.OneOf(
        Gen.Int[1, 60].Select(id => id.ToString(CultureInfo.InvariantCulture)),
        Gen.Int[1, 20].Select(id => $"parent-{id:D12}"),
        Gen.Int[6, 10].Select(length => new string('é', length)),
        Gen.Int[6, 10].Select(length => new string('p', length)));

    private static readonly Gen<string> s_thingId = Gen.OneOf(
        Gen.Int[1, 250].Select(id => id.ToString(CultureInfo.InvariantCulture)),
        Gen.Int[1, 50].Select(id => $"thing-{id:D9}"));

    private static readonly Gen<string> s_name = Gen.OneOf("A", "a", "Société", "B", "");

    // Dangling, found and ambiguous parents: none, one, or several rows of an id.
    private static readonly Gen<string[]> s_parents = s_parentId.Array[20, 120];

    private static readonly Gen<World> s_worlds = Gen.Select(
        s_parents,
        s_parents,
        Gen.Select(s_thingId, s_name, Gen.Int[1, 9], s_parentId).Array[150, 250],
        Gen.Select(s_thingId, s_name, Gen.Int[1, 3], s_parentId, s_parentId.Null()).Array[250, 450],
        (parents, owners, things, records) => new World(parents, owners, things, records));

    // Each of these has to occur in one of the worlds, or nothing is shown.
    private readonly HashSet<string> _unseen =
        ["\"conflict\"", "\"ambiguous\"", "\"unmatched\"", "\"matched\"", "has no HubSpot record", "HubSpot records", "\"parent_ids\": {"];

    [Fact]
    public async Task Run_RandomMirrorAndFile_StagesTheSameForEveryStrategy()
    {
        await s_worlds.SampleAsync(RequireAgreementAsync, iter: 4, threads: 1);

        Assert.Empty(_unseen);
    }

    [Fact]
    public async Task Run_MirrorBeyondTheMemoryForIt_StagesTheSameFromAFile()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, Schema + """
            insert into hubspot.things select 5000000000 + i * 7919 % 6000, case when i % 500 = 0 then 'twice' else i::text end,
                repeat('name ' || i % 17, 1 + i % 120), case when i % 4 > 0 then i end, null from generate_series(1, 6000) i;
            analyze;
            """);
        var csv = new StringBuilder("Id,Name,Amount,Parent,Owner\ntwice,N,1,,\n");
        for (int id = 1; id <= 6_100; id++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{id * 31 % 6_101},{string.Concat(Enumerable.Repeat($"name {id * 31 % 6_101 % 17}", 1 + (id * 31 % 6_101 % 119)))},{id},,\n");
        }

        string expected = await StageAsync(world, csv.ToString(), "any", "\"capacity\": 3");

        Assert.Equal(expected, await StageAsync(world, csv.ToString(), "cache", "\"capacity\": 3", ", \"cacheBytes\": 1048576"));
        Assert.Equal("1", await world.LinesAsync("""
            select count(*)::text from staging.reconciliation_log where lookup_strategies -> 'match' ->> 'reason' ~ '6000 rows read, [0-9]+ MiB of them in a file$'
            """));
    }

    private async Task RequireAgreementAsync(World drawn)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, Schema + drawn.MirrorSql());
        string file = drawn.Csv();
        string expected = await StageAsync(world, file, "any", "\"rememberBytes\": 0");

        _unseen.RemoveWhere(kind => expected.Contains(kind, StringComparison.Ordinal));
        Assert.Equal(expected, await StageAsync(world, file, "any", "\"capacity\": 3"));
        Assert.Equal(expected, await StageAsync(world, file, "any", "\"rememberBytes\": 4500"));
        Assert.Equal(expected, await StageAsync(world, file, "cache", "\"capacity\": 4"));
        Assert.Equal(expected, await StageAsync(world, file, "auto", "\"capacity\": 5"));
    }

    private static async Task<string> StageAsync(DefinedWorld world, string file, string strategy, string parentOption, string matchOption = "")
    {
        PipelineResult result = await world.RunAsync(
            file,
            $$"""
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy", "strategy": "{{strategy}}"{{matchOption}} },
            { "kind": "lookup", "role": "parent", "name": "parent", "table": "hubspot.parents", "from": "Parent", "key": "legacy",
              "strategy": "{{strategy}}", {{parentOption}} },
            { "kind": "lookup", "role": "parent", "name": "owner", "table": "hubspot.owners", "from": "Owner", "key": "legacy",
              "strategy": "{{strategy}}", {{parentOption}} },
            { "kind": "diff", "properties": [
              { "property": "name", "column": "Name" },
              { "property": "amount", "column": "Amount", "convert": ["number"], "compare": "number" },
              { "property": "parent", "parent": "parent" }] }
            """,
            columns: Columns);
        Assert.True(result.Counts.Balances);
        string decided = await world.LinesAsync($"""
            select distinct strategy.value ->> 'strategy' from staging.reconciliation_log, jsonb_each(lookup_strategies) strategy
            where run_id = '{result.RunId}'
            """);
        Assert.Equal(strategy == "auto" ? "cache" : strategy, decided);
        string rows = await world.LinesAsync("""
            select (to_jsonb(t) - 'run_id' - 'last_updated')::text from staging.things t order by legacy_id collate "C"
            """);
        return CountsJson.Write(result.Counts) + "\n" + rows;
    }

    private sealed record World(
        string[] Parents,
        string[] Owners,
        (string Id, string Name, int Amount, string Parent)[] Things,
        (string Id, string Name, int Amount, string Parent, string? Owner)[] Records)
    {
        public string MirrorSql()
        {
            var sql = new StringBuilder();
            Insert(sql, "parents", Parents.Select((id, at) => $"({8_000_000_000 + (at * 7919 % 1000)}{at:D3}, '{id}')"));
            Insert(sql, "owners", Owners.Select((id, at) => $"('{9_000_000_000 + (at * 7919 % 1000)}{at:D3}', '{id}')"));
            Insert(sql, "things", Things.Select((thing, at) => string.Create(
                CultureInfo.InvariantCulture,
                $"({5_000_000_000 + (at * 7919 % 1000)}{at:D3}, '{thing.Id}', '{thing.Name}', {thing.Amount}, '{thing.Parent}')")));
            return sql.Append("analyze;").ToString();
        }

        public string Csv()
        {
            var csv = new StringBuilder("Id,Name,Amount,Parent,Owner\n");
            foreach ((string id, string name, int amount, string parent, string? owner) in Records)
            {
                csv.Append(CultureInfo.InvariantCulture, $"{id},{name},{amount},{parent},{owner}\n");
            }

            return csv.ToString();
        }

        public override string ToString() => MirrorSql() + "\n" + Csv();

        private static void Insert(StringBuilder sql, string table, IEnumerable<string> rows)
            => sql.Append(CultureInfo.InvariantCulture, $"insert into hubspot.{table} values {string.Join(", ", rows)};\n");
    }
}
