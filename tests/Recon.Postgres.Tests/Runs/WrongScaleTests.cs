using System.Globalization;
using Recon.Postgres.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs;

public sealed class WrongScaleTests(PostgresServer server)
{
    // Each value is a number in either notation, and so nothing is rejected.
    [Theory]
    [InlineData("de", false)]
    [InlineData("invariant", true)]
    public async Task Run_ThousandsReadAsDecimals_IsToldWithTheCulture(string culture, bool isTold)
    {
        await using DefinedWorld world = await DefinedWorld.CreateAsync(server, """
            create table hubspot.things (hs_object_id bigint, legacy text, amount numeric);
            insert into hubspot.things select 5000 + i, i::text, 1000 + i + case when i > 90 then 1 else 0 end from generate_series(1, 100) i;
            """);
        string file = "Id,Amount\n" + string.Concat(Enumerable.Range(1, 100)
            .Select(id => string.Create(CultureInfo.InvariantCulture, $"{id},1.{id:000}\n")));

        PipelineResult result = await world.RunAsync(file, $$"""
            { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy" },
            { "kind": "diff", "properties": [
              { "property": "amount", "column": "Amount", "convert": [{ "kind": "number", "culture": "{{culture}}" }], "compare": "number" }] }
            """);

        Assert.Equal(isTold ? 90 : 0, result.Counts.Remarks.GetValueOrDefault("amount/thousandfold"));
        Assert.Equal(isTold, result.Told().Warnings.Any(warning => warning.Contains(
            "amount: 90 of 100 numbers of Amount that differ from HubSpot's do so by a factor of exactly 1,000", StringComparison.Ordinal)
            && warning.Contains("\"culture\": \"de\"", StringComparison.Ordinal)));
    }
}
