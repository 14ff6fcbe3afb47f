using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Plans of the shipped sample, and approvals of them.</summary>
public sealed class PlanCommandTests(PlanCommandTests.Sample sample, PostgresServer server) : IClassFixture<PlanCommandTests.Sample>
{
    [Fact]
    public async Task Plan_OfTheSample_TellsWhatTheTableHolds()
    {
        JsonElement plan = await JsonAsync(sample.Database, "plan", "--by", "Ada");

        Assert.Equal(
            ["plan", "hash", "portal", "records", "calls", "minutes", "day_share", "properties"],
            plan.EnumerateObject().Take(8).Select(property => property.Name));
        string id = plan.GetProperty("plan").GetString()!;
        Assert.Equal(64, plan.GetProperty("hash").GetString()!.Length);
        Assert.Equal(48_000_001, plan.GetProperty("portal").GetInt64());
        long records = plan.GetProperty("records").GetInt64();
        Assert.Equal(records, await sample.Database.QueryValueAsync<long>($"select count(*) from staging.push_item where plan_id = '{id}'"));
        Assert.Equal(records, plan.GetProperty("types").EnumerateObject().Sum(type => type.Value.GetInt64()));
        Assert.Equal(
            await sample.Database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation where properties_to_update ? 'type' and reconciliation_status = 'matched'"),
            plan.GetProperty("properties").GetProperty("type").EnumerateObject().Sum(count => count.Value.GetInt64()));
        Assert.Equal(0, await sample.Database.QueryValueAsync<long>($"""
            select count(*) from staging.push_item where plan_id = '{id}' and (object_type not in ('companies', 'contacts', 'deals', 'calls', 'emails', 'meetings', 'tasks')
                or properties ?| array['hs_engagement_subject', 'hs_engagement_status', 'hs_engagement_type'])
            """));
        Assert.Equal(
            await sample.Database.QueryValueAsync<long>($"select count(*) from (select distinct batch from staging.push_item where plan_id = '{id}') b"),
            plan.GetProperty("calls_by").GetProperty("updates").GetInt64());
    }

    [Fact]
    public async Task Plan_OfTheSameResult_HasTheSameHash()
    {
        JsonElement first = await JsonAsync(sample.Database, "plan", "contacts");
        JsonElement second = await JsonAsync(sample.Database, "plan", "contacts");

        Assert.Equal(first.GetProperty("hash").GetString(), second.GetProperty("hash").GetString());
        Assert.NotEqual(first.GetProperty("plan").GetString(), second.GetProperty("plan").GetString());
        Assert.NotEqual(first.GetProperty("hash").GetString(), (await JsonAsync(sample.Database, "plan", "contacts", "--limit", "20")).GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Plan_Narrowed_HoldsOnlyThat()
    {
        JsonElement plan = await JsonAsync(sample.Database, "plan", "companies", "contacts", "--property", "type", "--limit", "3");

        Assert.Equal(3, plan.GetProperty("records").GetInt64());
        Assert.Equal("type", Assert.Single(plan.GetProperty("properties").EnumerateObject()).Name);
        Assert.Equal(0, plan.GetProperty("links").GetProperty("planned").GetInt64());
    }

    [Fact]
    public async Task Plan_OfAssociations_LinksTheParentsThatWereResolved()
    {
        JsonElement plan = await JsonAsync(sample.Database, "plan", "communications", "--property", "association:company");

        Assert.Equal(0, plan.GetProperty("records").GetInt64());
        long ready = plan.GetProperty("links").GetProperty("ready").GetProperty("company").GetInt64();
        Assert.Equal(
            await sample.Database.QueryValueAsync<long>("""
                select count(distinct (hubspot_engagement_id, hubspot_company_id)) from staging.communications_reconciliation
                where reconciliation_status = 'matched' and hubspot_company_id is not null and parent_ids is null
                    and legacy_properties ->> 'Comm_Type' in ('Appointment', 'Email', 'Call', 'Task')
                    and not (properties_to_update ? 'hs_engagement_type' and coalesce(previous_values ->> 'hs_engagement_type', '') <> '')
                """)
            + await sample.Database.QueryValueAsync<long>("""
                select count(distinct (hubspot_engagement_id, value)) from staging.communications_reconciliation
                cross join lateral jsonb_each_text(coalesce(parent_ids -> 'company', jsonb_build_object('', hubspot_company_id)))
                where reconciliation_status = 'matched' and parent_ids is not null and value is not null
                    and legacy_properties ->> 'Comm_Type' in ('Appointment', 'Email', 'Call', 'Task')
                    and not (properties_to_update ? 'hs_engagement_type' and coalesce(previous_values ->> 'hs_engagement_type', '') <> '')
                """),
            ready);
        Assert.True(plan.GetProperty("links").GetProperty("not_ready").GetProperty("company").GetInt64() > 0);
        Assert.Equal(ready, await sample.Database.QueryValueAsync<long>($"""
            select count(*) from staging.push_link where plan_id = '{plan.GetProperty("plan").GetString()}' and to_type = 'companies' and from_type in ('calls', 'emails', 'meetings', 'tasks')
            """));
    }

    [Fact]
    public async Task Plan_InWords_TellsWhatACarefulPersonAsks()
    {
        CliRun run = await sample.Database.ReconAsync("plan", "companies", "--min-confidence", "50");

        Assert.Equal(0, run.ExitCode);
        Assert.All(
            ["for HubSpot account 48000001, hash ", "companies", "most frequent transitions", "\" → \"", "calls: ", "At least ", "% of the 625,000 of a day", "Next: recon approve "],
            part => Assert.Contains(part, run.Out, StringComparison.Ordinal));
        CliRun list = await sample.Database.ReconAsync("plan", "--list");
        Assert.Contains("planned", list.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'companies'", "plan", "compenies")]
    [InlineData("did you mean 'type'", "plan", "companies", "--property", "tipe")]
    [InlineData("--min-confidence", "plan", "--min-confidence", "101")]
    [InlineData("--limit", "plan", "--limit", "0")]
    [InlineData("--by NAME", "approve", "latest", "--all")]
    [InlineData("--reason", "approve", "latest", "--all", "--by", "Ada", "--over-the-limit")]
    [InlineData("--transition OLD NEW", "approve", "latest", "--transition", "a", "b", "--by", "Ada")]
    [InlineData("recon plan --list", "approve", "ffffffff", "--all", "--by", "Ada")]
    public async Task Call_ThatIsWrong_SaysHowItIsRight(string message, params string[] args)
    {
        CliRun run = await sample.Database.ReconAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approval_ByTransitionRecordAndAll_IsKeptAndShown()
    {
        string plan = (await JsonAsync(sample.Database, "plan", "companies")).GetProperty("plan").GetString()!;
        JsonElement open = await JsonAsync(sample.Database, "approve", plan);
        Assert.Equal(JsonValueKind.Null, open.GetProperty("approved").ValueKind);
        JsonElement transition = open.GetProperty("open_transitions")[0];
        long count = transition.GetProperty("count").GetInt64();
        string[] words = [transition.GetProperty("property").GetString()!, transition.GetProperty("old").GetString()!, transition.GetProperty("new").GetString()!];

        JsonElement said = await JsonAsync(sample.Database, "approve", plan, "--property", words[0], "--transition", words[1], words[2], "--by", "Ada");
        Assert.Equal(count, said.GetProperty("approved").GetInt64());
        string record = (await sample.Database.QueryValueAsync<string>($"select legacy_id from staging.push_item where plan_id = '{plan}' and state = 'planned' limit 1"))!;
        await JsonAsync(sample.Database, "approve", plan, "--record", record, "--reject", "--by", "Bea", "--reason", "=not this one");
        JsonElement all = await JsonAsync(sample.Database, "approve", plan, "--all", "--by", "Ada");

        Assert.Equal(1, all.GetProperty("states").GetProperty("rejected").GetInt64());
        Assert.False(all.GetProperty("states").TryGetProperty("planned", out _));
        Assert.Equal(
            "transition Ada approve, record Bea reject =not this one, all Ada approve",
            await sample.Database.QueryValueAsync<string>($"select string_agg(concat_ws(' ', scope, approved_by, verdict, reason), ', ' order by id) from staging.push_approval where plan_id = '{plan}'"));
    }

    [Fact]
    public async Task Plan_WhereNothingDiffers_SaysSoAndMakesNone()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await RequireAsync(database, "run", "companies", "--quiet");
        CliRun none = await database.ReconAsync("plan", "companies", "--min-confidence", "100", "--status", "unmatched");

        Assert.Equal(0, none.ExitCode);
        Assert.Contains("Nothing to push", none.Out, StringComparison.Ordinal);
        Assert.Equal(0, await database.QueryValueAsync<long>("select count(*) from staging.push_plan"));
        Assert.Contains("There is no plan", (await database.ReconAsync("plan", "--list")).Out, StringComparison.Ordinal);

        await RequireAsync(database, "plan", "companies");
        await RequireAsync(database, "clear", "companies", "--yes");
        Assert.Equal(1, await database.QueryValueAsync<long>("select count(*) from staging.push_plan"));
        Assert.NotEqual(0, await database.QueryValueAsync<long>("select count(*) from staging.push_item"));
    }

    [Fact]
    public async Task Outcomes_OfAPlan_AreCountedExportedAndExplained()
    {
        string plan = (await JsonAsync(sample.Database, "plan", "companies", "--property", "type", "--limit", "4")).GetProperty("plan").GetString()!;
        await JsonAsync(sample.Database, "approve", plan, "--all", "--by", "Bea", "--reason", "checked");
        await sample.Database.ExecuteAsync($$"""
            update staging.push_item set state = 'written', sent = properties, seen = before, written = properties, http_status = 200, sent_at = now() where plan_id = '{{plan}}' and no = 1;
            update staging.push_item set state = 'refused', sent = properties, seen = '{"type": "=cmd()"}', http_status = 400, category = 'VALIDATION_ERROR', code = 'INVALID_OPTION',
                message = '-no such option', property = 'type', sent_at = now() where plan_id = '{{plan}}' and no = 2
            """);

        JsonElement counted = Assert.Single((await JsonAsync(sample.Database, "stats", "--push", "--plan", plan)).GetProperty("plans").EnumerateArray());
        Assert.Equal(plan, counted.GetProperty("plan").GetProperty("plan").GetString());
        Assert.Equal(
            ["approved  2", "refused VALIDATION_ERROR 1", "written  1"],
            counted.GetProperty("outcomes").EnumerateArray().Select(each => $"{each.GetProperty("state")} {each.GetProperty("category")} {each.GetProperty("records")}"));
        Assert.Contains("VALIDATION_ERROR", (await sample.Database.ReconAsync("stats", "companies", "--push")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await sample.Database.ReconAsync("stats", "--out", "x.csv")).ExitCode);

        string folder = Directory.CreateTempSubdirectory("recon-outcomes-").FullName;
        string file = Path.Combine(folder, "outcomes.csv");
        await RequireAsync(sample.Database, "stats", "--push", "--plan", plan, "--out", file);
        string[] lines = await File.ReadAllLinesAsync(file);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(5, lines.Length);
        string refused = Assert.Single(lines, line => line.Contains("refused", StringComparison.Ordinal) && line.StartsWith(plan, StringComparison.Ordinal));
        Assert.Contains(",'=cmd(),", refused, StringComparison.Ordinal);
        Assert.Contains(",'-no such option,", refused, StringComparison.Ordinal);
        string id = refused.Split(',')[2];
        Assert.Equal(id, await sample.Database.QueryValueAsync<string>($"select legacy_id from staging.push_item where plan_id = '{plan}' and no = 2"));

        JsonElement told = (await JsonAsync(sample.Database, "explain", "companies", id)).GetProperty("plans")[0];
        Assert.Equal(
            (plan, "type", "Bea", "checked", "refused", "INVALID_OPTION"),
            (Text("plan"), Text("property"), Text("approved_by"), Text("reason"), Text("state"), Text("code")));
        string text = (await sample.Database.ReconAsync("explain", "companies", id)).Out;
        Assert.Contains("Plans, the latest first", text, StringComparison.Ordinal);
        Assert.Contains("approved by Bea, ", text, StringComparison.Ordinal);
        Assert.Contains("=cmd()", text, StringComparison.Ordinal);
        Assert.DoesNotContain("=cmd()", (await sample.Database.ReconAsync("explain", "companies", id, "--mask")).Out, StringComparison.Ordinal);

        string Text(string key) => told.GetProperty(key).GetString()!;
    }

    private static async Task<JsonElement> JsonAsync(TestDatabase database, params string[] args)
    {
        CliRun run = await database.ReconAsync([.. args, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }

    private static async Task RequireAsync(TestDatabase database, params string[] args)
    {
        CliRun run = await database.ReconAsync(args);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    /// <summary>The shipped sample, reconciled.</summary>
    public sealed class Sample(PostgresServer server) : IAsyncLifetime
    {
        internal TestDatabase Database { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Database = await DemoDatabase.CreateAsync(server);
            CliRun run = await Database.ReconAsync("run", "--quiet");
            Assert.True(run.ExitCode == 0, run.Error);
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
