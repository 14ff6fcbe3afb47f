using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Samples;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The shipped definition on the shipped sample, run once for all tests of the class.</summary>
public sealed class SampleRun(PostgresServer server) : IAsyncLifetime
{
    internal TestDatabase Database { get; private set; } = null!;

    internal CliRun Json { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await DemoDatabase.CreateAsync(server);
        Json = await Database.ReconAsync("run", "--json");
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

public sealed class SampleRunTests(SampleRun run) : IClassFixture<SampleRun>
{
    private static readonly string[] s_keys =
    [
        "pipeline", "run_id", "outcome", "read", "staged", "folded", "filtered", "rejected", "matched", "unmatched", "ambiguous",
        "conflict", "with_changes", "property_changes", "seconds", "rows_per_second", "bottleneck", "withheld", "contested", "latest",
        "suspicious",
        "warnings", "blocks", "verdict", "rejects", "way", "way_reason", "written",
    ];

    public static TheoryData<string> Pipelines => ["companies", "contacts", "deals", "communications"];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Run_OfSample_TellsWhereTheTimeWentAndWhatLimited(string pipeline)
    {
        JsonElement found = Find(run.Json, pipeline);

        JsonElement[] blocks = [.. found.GetProperty("blocks").EnumerateArray()];
        Assert.Equal(
            ["name", "workers", "busy_seconds", "waiting_seconds", "idle_seconds", "blocked_seconds", "batches"],
            blocks[0].EnumerateObject().Select(property => property.Name));
        double Of(JsonElement block, string state) => block.GetProperty(state).GetDouble();
        double streaming = blocks[0].EnumerateObject().Where(property => property.Name.EndsWith("_seconds", StringComparison.Ordinal)).Sum(property => property.Value.GetDouble());
        Assert.All(blocks, block => Assert.Equal(
            block.GetProperty("workers").GetInt32() * streaming,
            Of(block, "busy_seconds") + Of(block, "waiting_seconds") + Of(block, "idle_seconds") + Of(block, "blocked_seconds"),
            tolerance: 0.0001));
        JsonElement verdict = found.GetProperty("verdict");
        Assert.Equal(
            ["limit", "block", "sure", "share", "finding", "advice", "change"], verdict.EnumerateObject().Select(property => property.Name));
        Assert.Equal(found.GetProperty("bottleneck").GetString(), verdict.GetProperty("block").GetString());
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Run_OfSample_FindsWhatTheGeneratorPutIn(string pipeline)
    {
        PipelineFacts facts = (await new SampleGenerator(SampleOptions.Demo).CountAsync(TestContext.Current.CancellationToken))[pipeline];

        JsonElement found = Find(run.Json, pipeline);

        Assert.Equal("completed", found.GetProperty("outcome").GetString());
        Assert.Equal(facts.Read, found.GetProperty("read").GetInt64());
        Assert.Equal(facts.Matched, found.GetProperty("matched").GetInt64());
        Assert.Equal(facts.Unmatched, found.GetProperty("unmatched").GetInt64());
        Assert.Equal(facts.Ambiguous, found.GetProperty("ambiguous").GetInt64());
        Assert.Equal(facts.Conflict, found.GetProperty("conflict").GetInt64());
        Assert.Equal(facts.Folded, found.GetProperty("folded").GetInt64());
        Assert.Equal(facts.Filtered, found.GetProperty("filtered").GetInt64());
        Assert.Equal(facts.Rejected, found.GetProperty("rejected").GetInt64());
        Assert.Equal(facts.WithChanges, found.GetProperty("with_changes").GetInt64());
        Assert.Equal(
            facts.PropertyChanges.OrderBy(change => change.Key, StringComparer.Ordinal),
            found.GetProperty("property_changes").EnumerateObject()
                .Select(change => KeyValuePair.Create(change.Name, change.Value.GetInt64()))
                .OrderBy(change => change.Key, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Run_Account_Balances(string pipeline)
    {
        JsonElement found = Find(run.Json, pipeline);
        long Count(string name) => found.GetProperty(name).GetInt64();

        Assert.Equal(Count("read"), Count("staged") + Count("folded") + Count("filtered") + Count("rejected"));
        Assert.Equal(Count("staged"), Count("matched") + Count("unmatched") + Count("ambiguous") + Count("conflict"));
    }

    [Fact]
    public void Run_Json_IsOneDocumentOfTheContract()
    {
        Assert.Equal(0, run.Json.ExitCode);
        using JsonDocument document = JsonDocument.Parse(run.Json.Out);
        Assert.Equal(["runs"], document.RootElement.EnumerateObject().Select(property => property.Name));
        JsonElement[] runs = [.. document.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.All(runs, one => Assert.Equal(s_keys, one.EnumerateObject().Select(property => property.Name).Where(name => name != "rejected_values")));
        Assert.Equal(Pipelines.Select(row => row.Data), runs.Select(one => one.GetProperty("pipeline").GetString()!));
        Assert.Single(runs.Select(one => one.GetProperty("run_id").GetGuid()).Distinct());
    }

    [Fact]
    public async Task Run_Twice_GivesTheSameResult()
    {
        const string Content = """
            select md5(string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, '|' order by legacy_communication_id))
            from staging.communications_reconciliation t
            """;
        string? first = await run.Database.QueryValueAsync<string>(Content);

        CliRun again = await run.Database.ReconAsync("run", "communications");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("communications: 10,000 read = 9,964 staged + 16 folded + 0 filtered + 20 rejected\n", again.Out, StringComparison.Ordinal);
        Assert.Equal(first, await run.Database.QueryValueAsync<string>(Content));
    }

    [Fact]
    public async Task Stats_AfterRun_CountsStatusesChangesAndUnresolvedParents()
    {
        CliRun stats = await run.Database.ReconAsync("stats", "contacts", "--parents", "--suppressed", "--json");

        Assert.Equal(0, stats.ExitCode);
        using JsonDocument document = JsonDocument.Parse(stats.Out);
        JsonElement contacts = document.RootElement.GetProperty("pipelines").EnumerateArray().Single();
        Assert.Equal(864, contacts.GetProperty("statuses").GetProperty("matched").GetInt64());
        Assert.Equal(48, contacts.GetProperty("property_changes").GetProperty("email").GetInt64());
        Assert.True(contacts.GetProperty("suppressed").GetProperty("phone").GetInt64() > 0);
        long[] blocks = [.. contacts.GetProperty("unresolved_parents").EnumerateArray().Select(parent => parent.GetProperty("count").GetInt64())];
        Assert.True(blocks.Length > 1 && blocks.SequenceEqual(blocks.OrderDescending()));
    }

    [Fact]
    public async Task Stats_ParentsMasked_ShowNoDigitOfTheIds()
    {
        CliRun plain = await run.Database.ReconAsync("stats", "contacts", "--parents");
        CliRun masked = await run.Database.ReconAsync("stats", "contacts", "--parents", "--mask");

        Assert.Contains("  unresolved parent  legacy id", plain.Out, StringComparison.Ordinal);
        string[] ids = [.. masked.Out[masked.Out.IndexOf("unresolved parent", StringComparison.Ordinal)..].TrimEnd().Split('\n')[1..]
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2])];
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.All(id, character => Assert.Equal('9', character)));
    }

    [Fact]
    public async Task Stats_RejectedValuesMasked_ShowNoLetterOfTheSample()
    {
        CliRun plain = await run.Database.ReconAsync("stats", "communications", "--rejected-values");
        CliRun masked = await run.Database.ReconAsync("stats", "communications", "--rejected-values", "--mask");

        Assert.Contains("27:31.0", plain.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("27:31.0", masked.Out, StringComparison.Ordinal);
        Assert.Contains("99:99.9", masked.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_Withheld_ShowsBothTextsInEightyColumnsAndExplainSaysWhy()
    {
        CliRun brief = await run.Database.ReconAsync("stats", "communications");
        CliRun text = await run.Database.ReconAsync("stats", "communications", "--withheld");
        CliRun masked = await run.Database.ReconAsync("stats", "communications", "--withheld", "--mask");
        CliRun json = await run.Database.ReconAsync("stats", "communications", "--withheld", "--json");

        using JsonDocument document = JsonDocument.Parse(json.Out);
        JsonElement pipeline = document.RootElement.GetProperty("pipelines").EnumerateArray().Single();
        long count = pipeline.GetProperty("withheld").GetProperty("truncated").GetInt64();
        JsonElement withheld = pipeline.GetProperty("withheld_values")[0];
        long suspicious = pipeline.GetProperty("suspicious").EnumerateObject().Sum(property => property.Value.GetInt64());
        Assert.Equal(("hs_note_body", "truncated", count), (
            withheld.GetProperty("property").GetString(), withheld.GetProperty("rule").GetString(), withheld.GetProperty("count").GetInt64()));
        Assert.EndsWith($"\ncommunications: withheld {count} truncated; {suspicious:N0} suspicious values staged ('recon stats --withheld communications' shows them)\n", brief.Out, StringComparison.Ordinal);
        string part = text.Out[text.Out.IndexOf($"communications hs_note_body: {count} values withheld, truncated\n", StringComparison.Ordinal)..];
        Assert.Contains("\n  legacy id  HubSpot holds                  → legacy value\n", part, StringComparison.Ordinal);
        Assert.All(part.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        JsonElement sample = withheld.GetProperty("samples")[0];
        string id = sample.GetProperty("legacy_id").GetString()!;
        Assert.StartsWith(sample.GetProperty("legacy").GetString()!, sample.GetProperty("hubspot").GetString(), StringComparison.Ordinal);
        Assert.Contains($"  {id} ", part, StringComparison.Ordinal);
        Assert.DoesNotContain($" {id} ", masked.Out, StringComparison.Ordinal);
        CliRun explained = await run.Database.ReconAsync("explain", "communications", id);
        Assert.Contains("hs_note_body withheld: the legacy text is a shortened copy of HubSpot's at 255 characters; HubSpot keeps ", explained.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithheldDifferences_AreNamedByRule()
    {
        CliRun dry = await run.Database.ReconAsync("run", "communications", "--dry-run");
        CliRun json = await run.Database.ReconAsync("run", "communications", "--dry-run", "--json");

        using JsonDocument document = JsonDocument.Parse(json.Out);
        long count = document.RootElement.GetProperty("runs")[0].GetProperty("withheld").GetProperty("truncated").GetInt64();
        Assert.Contains($"\ncommunications: withheld {count} truncated; ", dry.Out, StringComparison.Ordinal);
        Assert.Contains($"\ncommunications hs_note_body: {count} values withheld, truncated\n", dry.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_AfterRun_ListsEveryPipeline()
    {
        CliRun log = await run.Database.ReconAsync("log", "--limit", "100", "--json");

        using JsonDocument document = JsonDocument.Parse(log.Out);
        Assert.Superset(
            Pipelines.Select(row => row.Data).ToHashSet(),
            document.RootElement.GetProperty("runs").EnumerateArray().Select(one => one.GetProperty("pipeline").GetString()!).ToHashSet());
    }

    [Fact]
    public async Task Show_Status_GivesOnlyRowsOfIt()
    {
        CliRun show = await run.Database.ReconAsync("show", "communications", "--status", "conflict", "--limit", "3", "--json");

        using JsonDocument document = JsonDocument.Parse(show.Out);
        JsonElement[] rows = [.. document.RootElement.GetProperty("rows").EnumerateArray()];
        Assert.Equal(3, rows.Length);
        Assert.All(rows, row => Assert.Equal("conflict", row.GetProperty("reconciliation_status").GetString()));
        Assert.All(rows, row => Assert.NotEmpty(row.GetProperty("notes").GetString()!));
    }

    [Theory]
    [InlineData("select * from staging.companies_reconciliation limit 10")]
    [InlineData("""
        select legacy_company_id, hubspot_company_id, legacy_name, hubspot_name, reconciliation_status, match_confidence
        from staging.companies_reconciliation limit 10
        """)]
    [InlineData("select reconciliation_status, count(*) as count from staging.companies_reconciliation group by reconciliation_status")]
    [InlineData("""
        select legacy_company_id, hubspot_company_id, properties_to_update, match_confidence
        from staging.companies_reconciliation where reconciliation_status = 'matched' order by last_updated desc
        """)]
    [InlineData("""
        select hubspot_company_id, properties_to_update from staging.companies_reconciliation
        where reconciliation_status = 'matched' and hubspot_company_id is not null
        """)]
    [InlineData("select * from staging.reconciliation_log")]
    public async Task Staging_QueriesOfTheGuide_FindRows(string sql)
        => Assert.True(await run.Database.QueryValueAsync<long>($"select count(*) from ({sql}) q") > 0);

    private static JsonElement Find(CliRun run, string pipeline)
    {
        using JsonDocument document = JsonDocument.Parse(run.Out);
        return document.RootElement.GetProperty("runs").EnumerateArray()
            .Single(one => one.GetProperty("pipeline").GetString() == pipeline).Clone();
    }
}
