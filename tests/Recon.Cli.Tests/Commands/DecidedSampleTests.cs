using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Decisions about random records of the shipped sample, whose conversions and columns are those of real definitions.</summary>
public sealed class DecidedSampleTests(PostgresServer server)
{
    private const int Decisions = 12;

    private static readonly (string Pipeline, string Table, string Legacy, string Hubspot, string Mirror)[] s_pipelines =
    [
        ("companies", "companies_reconciliation", "legacy_company_id", "hubspot_company_id", "companies"),
        ("contacts", "contacts_reconciliation", "legacy_contact_id", "hubspot_contact_id", "contacts"),
        ("deals", "deals_reconciliation", "legacy_deal_id", "hubspot_deal_id", "deals"),
        ("communications", "communications_reconciliation", "legacy_communication_id", "hubspot_engagement_id", "engagements"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Decisions_AboutRandomRecords_AreAppliedAtOnceAsWholeRunsApplyThem(int seed)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await RequireAsync(database, "run", "--quiet");
        var random = new Random(seed);
        foreach ((string pipeline, string table, string legacy, string hubspot, string mirror) in s_pipelines)
        {
            string order = $"md5({legacy} || '{random.Next()}')";
            string[] ids = (await database.QueryValueAsync<string[]>($"""
                select array_agg(id) from (select {legacy} as id, row_number() over (partition by reconciliation_status order by {order}) as n
                    from staging.{table}) t where n <= {Decisions / 4}
                """))!;
            int applied = 0;
            foreach (string id in ids)
            {
                string other = (await database.QueryValueAsync<string>($"select hs_object_id::text from hubspot.{mirror} order by md5(hs_object_id::text || '{random.Next()}') limit 1"))!;
                CliRun run = random.Next(4) == 0
                    ? await database.ReconAsync("decide", pipeline, id, "--none", "--json")
                    : await database.ReconAsync("decide", pipeline, id, "--hubspot", other, "--json");
                applied += run.ExitCode == 0 && JsonDocument.Parse(run.Out).RootElement.GetProperty("state").GetString() == "applied" ? 1 : 0;
                Assert.True(run.ExitCode == 0 || run.Error.Contains("is decided to be", StringComparison.Ordinal) || run.Error.Contains("is not in", StringComparison.Ordinal), run.Error);
            }

            // Each record but those whose HubSpot record is another's already, or filtered.
            Assert.InRange(applied, ids.Length / 2, ids.Length);
            await RequireAsWholeAsync(database, pipeline, table, legacy);
            foreach (string id in ids.Where(_ => random.Next(2) == 0))
            {
                await database.ReconAsync("decide", pipeline, id, "--undo");
            }

            await RequireAsWholeAsync(database, pipeline, table, legacy);
        }
    }

    private static async Task RequireAsWholeAsync(TestDatabase database, string pipeline, string table, string legacy)
    {
        string content = await ContentAsync(database, table, legacy);
        await RequireAsync(database, "run", pipeline, "--quiet", "--full");
        Assert.Equal(await ContentAsync(database, table, legacy), content);
    }

    private static async Task<string> ContentAsync(TestDatabase database, string table, string legacy)
        => (await database.QueryValueAsync<string>($"""
            select string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, e'\n' order by {legacy} collate "C") from staging.{table} t
            """))!;

    private static async Task RequireAsync(TestDatabase database, params string[] args)
    {
        CliRun run = await database.ReconAsync(args);
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
    }
}
