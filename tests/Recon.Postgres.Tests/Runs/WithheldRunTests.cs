using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class WithheldRunTests(PostgresServer server)
{
    [Fact]
    public async Task Run_AnyParallelismAndBatchSize_LogsTheSameSamples()
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, name text, city text);
            insert into hubspot.things select n, n, 'N' || n % 30, 'C' || n from generate_series(1, 400) n;
            """);
        string file = "Id,Name,City\n" + string.Concat(Enumerable.Range(1, 400).Select(n => $"{n},A{n % 30},B\n"));

        string[] samples =
        [
            await SamplesAsync(world, file, 1, 400),
            await SamplesAsync(world, file, 4, 400),
            await SamplesAsync(world, file, 1, 7),
            await SamplesAsync(world, file, 4, 7),
            await SamplesAsync(world, file, 4, 50),
        ];

        Assert.Contains("\"line\": 2,", samples[0], StringComparison.Ordinal);
        Assert.Single(samples.Distinct());
    }

    private static async Task<string> SamplesAsync(DefinedWorld world, string file, int parallelism, int rows)
    {
        world.BatchRows = rows;
        await world.RunAsync(file, $$"""
            {{ThingBlocks.Match($"\"parallelism\": {parallelism}", "\"capacity\": 4")}},
            { "kind": "diff", "parallelism": {{parallelism}}, "capacity": 4, "properties": [
              { "property": "name", "column": "Name", "policy": "compare-only" },
              { "property": "city", "column": "City", "policy": "fill-blank" }] }
            """);
        return await world.LinesAsync("select details->>'withheld' from staging.reconciliation_log order by started_at desc limit 1");
    }
}
