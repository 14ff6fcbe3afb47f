using System.Globalization;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Lookups;

/// <summary>How often the server is asked for a parent.</summary>
public sealed class RememberingLookupTests(PostgresServer server)
{
    // 30 parents, of which 10 are on no HubSpot record and 5 on two.
    private const string Mirror = """
        create table hubspot.things (hs_object_id bigint, legacy text, name text);
        create table hubspot.parents (hs_object_id bigint, legacy text);
        insert into hubspot.things select 5000 + i, i::text, 'n' from generate_series(1, 1000) i;
        insert into hubspot.parents select 8000 + i, i::text from generate_series(1, 20) i;
        insert into hubspot.parents select 9000 + i, i::text from generate_series(1, 5) i;
        """;

    [Theory]
    [InlineData("\"parallelism\": 1", "found=20 missing=10 remembered=270")]
    [InlineData("\"parallelism\": 1, \"rememberBytes\": 0", "found=200 missing=100")]
    [InlineData("\"parallelism\": 1, \"strategy\": \"cache\"", "cached=300")]
    public async Task Run_RecordsWithTheSameParents_AsksForEachOnceWhenItRemembers(string options, string asked)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, Mirror);
        using var metrics = new ReconMetrics();
        world.Metrics = metrics;
        string name = "parent-" + Guid.NewGuid().ToString("N");
        using var readings = new MeterReadings(metrics.Meter);

        // 1,000 records are 10 batches; each asks for all 30 parents.
        await world.RunAsync(
            "Id,Name,Parent\n" + string.Concat(Enumerable.Range(1, 1000).Select(id => string.Create(CultureInfo.InvariantCulture, $"{id},n,{1 + (id % 30)}\n"))),
            $$"""
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "lookup", "role": "parent", "name": "{{name}}", "table": "hubspot.parents", "from": "Parent", "key": "legacy", {{options}} },
            { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] }
            """,
            columns: $$"""{ "name": "parent", "parentHubspotId": "{{name}}", "type": "bigint" }""");

        Assert.Equal(asked, string.Join(' ', readings.Sums
            .Where(sum => sum.Key.StartsWith($"recon.lookup.ids lookup={name} ", StringComparison.Ordinal))
            .Select(sum => string.Create(CultureInfo.InvariantCulture, $"{sum.Key.Split("result=")[1]}={sum.Value}"))));
        Assert.Equal("501 of 15", await world.LinesAsync(
            "select concat(count(*) filter (where parent is not null), ' of ', count(distinct parent)) from staging.things"));
    }
}
