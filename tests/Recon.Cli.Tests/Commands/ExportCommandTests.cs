using System.Text.Json;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

public sealed class ExportCommandTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    [Fact]
    public async Task Hubspot_Sample_HasEveryChangeOnceInCallsOf100()
    {
        string folder = Path.Combine(sample.Folder, "contacts");

        CliRun run = await sample.Database.ReconAsync("export", "contacts", "--out", folder);

        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement[] inputs = Inputs(folder, "update-*.json");
        Assert.Equal(310, inputs.Length);
        Assert.Equal(4, Directory.GetFiles(folder, "update-*.json").Length);
        Assert.Equal(
            await sample.Database.QueryValueAsync<string>("""
                select string_agg(hubspot_contact_id || ' ' || legacy_contact_id || ' ' || properties_to_update::text, e'\n' order by legacy_contact_id collate "C")
                from staging.contacts_reconciliation where properties_to_update <> '{}'
                """),
            await sample.Database.QueryValueAsync<string>($"""
                select string_agg((i->>'id') || ' ' || (i->>'objectWriteTraceId') || ' ' || (i->'properties')::text, e'\n' order by i->>'objectWriteTraceId' collate "C")
                from jsonb_array_elements($json${JsonSerializer.Serialize(inputs)}$json$::jsonb) i
                """));
    }

    [Fact]
    public async Task Jsonl_RunThatWarned_RepeatsItsFirstWarning()
    {
        string? warning = await sample.Database.QueryValueAsync<string>(
            "select details->'warnings'->>0 from staging.reconciliation_log where pipeline = 'communications'");

        CliRun run = await sample.Database.ReconAsync("export", "communications", "--format", "jsonl");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.False(string.IsNullOrEmpty(warning));
        Assert.Contains($"UTC warned: {warning}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hubspot_UndoPack_HoldsThePreviousValues()
    {
        string folder = Path.Combine(sample.Folder, "undo");
        await sample.Database.ReconAsync("export", "companies", "--out", folder, "--property", "name");

        JsonElement[] undo = Inputs(folder, "undo-*.json");

        Assert.NotEmpty(undo);
        foreach (JsonElement input in undo)
        {
            string id = input.GetProperty("id").GetString()!;
            Assert.Equal(
                await sample.Database.QueryValueAsync<string>($"select coalesce(name, '') from hubspot.companies where hs_object_id = {id}"),
                input.GetProperty("properties").GetProperty("name").GetString());
        }
    }

    [Fact]
    public async Task Hubspot_Communications_GoToTheEndpointsOfTheirTypes()
    {
        string folder = Path.Combine(sample.Folder, "communications");

        CliRun run = await sample.Database.ReconAsync("export", "communications", "--out", folder, "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        Dictionary<string, long> records = document.RootElement.GetProperty("objects").EnumerateArray().ToDictionary(
            each => each.GetProperty("object").GetString()!, each => each.GetProperty("records").GetInt64());
        foreach ((string type, string legacy) in ((string, string)[])[
            ("calls", "Call"), ("emails", "Email"), ("meetings", "Appointment"), ("tasks", "Task")])
        {
            Assert.Equal(
                await sample.Database.QueryValueAsync<long>($"""
                    select count(*) from staging.communications_reconciliation
                    where properties_to_update <> jsonb_build_object() and legacy_type = '{legacy}'
                    """),
                records[type]);
            Assert.Equal(records[type], Inputs(folder, $"update-{type}-*.json").Length);
            Assert.Equal(records[type], Inputs(folder, $"undo-{type}-*.json").Length);
        }

        Assert.Equal(folder, document.RootElement.GetProperty("folder").GetString());
        Assert.Equal("bronze_layer/Bronze_Communication.csv", document.RootElement.GetProperty("input").GetString());
        Assert.Equal(
            await sample.Database.QueryValueAsync<string>(
                "select run_id || ' ' || input_fingerprint from staging.reconciliation_log where pipeline = 'communications'"),
            $"{document.RootElement.GetProperty("runId").GetString()} {document.RootElement.GetProperty("inputFingerprint").GetString()}");
    }

    [Fact]
    public async Task Hubspot_Again_KeepsTheFormerUndoPack()
    {
        string folder = Path.Combine(sample.Folder, "again");
        await sample.Database.ReconAsync("export", "contacts", "--out", folder);
        Dictionary<string, string> before = Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText);

        CliRun refused = await sample.Database.ReconAsync("export", "companies", "--out", folder);
        CliRun forced = await sample.Database.ReconAsync("export", "companies", "--out", folder, "--force", "--json");

        Assert.Equal((2, 0), (refused.ExitCode, forced.ExitCode));
        using JsonDocument document = JsonDocument.Parse(forced.Out);
        string former = document.RootElement.GetProperty("former").GetString()!;
        Assert.StartsWith(folder + "-2", former, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(former).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText));
        Assert.Equal("companies", document.RootElement.GetProperty("pipeline").GetString());
    }

    [Fact]
    public async Task Hubspot_SharedHubspotId_IsLeftOutAndTold()
    {
        await sample.Database.ExecuteAsync("""
            create schema other; create table other.deals_reconciliation (like staging.deals_reconciliation);
            insert into other.deals_reconciliation select * from staging.deals_reconciliation;
            update other.deals_reconciliation set hubspot_deal_id = 1 where legacy_deal_id in (
                select legacy_deal_id from staging.deals_reconciliation where properties_to_update <> '{}' order by 1 limit 2)
            """);
        string definition = Path.Combine(sample.Folder, "pipeline.json");
        await File.WriteAllTextAsync(
            definition,
            (await File.ReadAllTextAsync(DemoDatabase.Definition)).Replace("\"schema\": \"staging\"", "\"schema\": \"other\"", StringComparison.Ordinal));

        CliRun run = await CliRun.OfAsync(
            "export", "deals", "--format", "jsonl", "--definition", definition, "--postgres", sample.Database.ConnectionString);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("2 records are left out", run.Error, StringComparison.Ordinal);
        Assert.Equal(160, run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Jsonl_WithoutOut_GoesToStandardOutput()
    {
        CliRun run = await sample.Database.ReconAsync("export", "companies", "--format", "jsonl");

        string[] lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(94, lines.Length);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Contains("94 records exported", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_OfUnmatched_ListsThem()
    {
        CliRun run = await sample.Database.ReconAsync("export", "companies", "--format", "csv", "--status", "unmatched");

        Assert.Equal(25, run.Out.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("Did you mean 'domain'?", "--property", "domian")]
    [InlineData("from 0 to 100", "--min-confidence", "101")]
    [InlineData("Only matched", "--status", "conflict")]
    public async Task Export_Mistake_IsRefused(string part, params string[] options)
    {
        CliRun run = await sample.Database.ReconAsync(["export", "companies", "--out", Path.Combine(sample.Folder, "no"), .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }

    private static JsonElement[] Inputs(string folder, string pattern) =>
    [
        .. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).SelectMany(file =>
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            return document.RootElement.Clone().GetProperty("inputs").EnumerateArray();
        }),
    ];
}
