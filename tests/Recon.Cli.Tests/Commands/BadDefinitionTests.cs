using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Definitions that are wrong about the sample: what a run says has to name what is wrong, and what to type.</summary>
public sealed partial class BadDefinitionTests(PostgresServer server)
{
    [Fact]
    public async Task Run_WrongCultureAndDateOrder_NamesBothAndWhatReadsThem()
    {
        CliRun run = await RunAsync(
            FrenchDeals(),
            definition => definition.Replace(
                "\"column\": \"Oppo_TargetClose\", \"convert\": [\"date\"]",
                "\"column\": \"Oppo_TargetClose\", \"convert\": [{ \"kind\": \"date\", \"formats\": [\"MM/dd/yyyy\"] }]",
                StringComparison.Ordinal));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("maxRejectedValues (default limit: 50%; change it with $.pipelines[2].maxRejectedValues or --max-rejected-values):", run.Error, StringComparison.Ordinal);
        Assert.Contains("amount: 484 of 486 values of Oppo_Forecast were not staged: not a number in the format that the definition declares (not-a-number), such as \"", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"convert\": [{ \"kind\": \"number\", \"culture\": \"fr\" }] reads all 100 samples.", run.Error, StringComparison.Ordinal);
        Assert.Contains("closedate: 305 of 486 values of Oppo_TargetClose were not staged", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"convert\": [{ \"kind\": \"date\", \"formats\": [\"dd/MM/yyyy\"] }] reads all", run.Error, StringComparison.Ordinal);
        Assert.Contains("have day and month exchanged", run.Error, StringComparison.Ordinal);
        Assert.Contains("add --publish-anyway", run.Error, StringComparison.Ordinal);
        Assert.Contains("deals: nothing was published because of maxRejectedValues; see above.", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongCultureInJson_HasTheSameInFields()
    {
        CliRun run = await RunAsync(FrenchDeals(), definition => definition, "--json", "--publish-anyway");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        JsonElement one = document.RootElement.GetProperty("runs")[0];
        JsonElement amount = one.GetProperty("rejected_values").EnumerateArray().Single(each => each.GetProperty("property").GetString() == "amount");
        Assert.Equal((0, "completed"), (run.ExitCode, one.GetProperty("outcome").GetString()));
        Assert.Equal((484, 486), (amount.GetProperty("count").GetInt32(), amount.GetProperty("values").GetInt32()));
        Assert.Equal("fr", amount.GetProperty("remedies")[0].GetProperty("convert")[0].GetProperty("culture").GetString());
        Assert.Equal("maxRejectedValues", one.GetProperty("gates")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Run_WrongCultureMasked_ShowsNoValue()
    {
        CliRun run = await RunAsync(FrenchDeals(), definition => definition, "--mask");

        Assert.Equal(3, run.ExitCode);
        Assert.Matches("such as \"9+ 999,99\"", run.Error);
        Assert.DoesNotMatch("[0-9]+ [0-9]{3},[0-9]{2}", run.Error.Replace("999,99", "", StringComparison.Ordinal) + run.Out);
    }

    [Fact]
    public async Task Run_WrongKeyOfTheMatch_ShowsBothSides()
    {
        CliRun run = await RunAsync(null, definition => definition.Replace("\"key\": \"icalps_deal_id\"", "\"key\": \"hs_object_id\"", StringComparison.Ordinal));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("maxUnmatched (default limit: not all, nor most in another spelling; change it with", run.Error, StringComparison.Ordinal);
        Assert.Contains("select hs_object_id from hubspot.deals where hs_object_id is not null limit 10;", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongKeyOfAParent_NamesTheLookup()
    {
        CliRun run = await RunAsync(null, definition => definition.Replace("\"key\": \"icalps_contact_id\",\n          \"from\"", "\"key\": \"email\",\n          \"from\"", StringComparison.Ordinal));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("contact: 490 of 490 ids of Oppo_PrimaryPersonId led to no single record of hubspot.contacts (490 not-found)", run.Error, StringComparison.Ordinal);
        Assert.Contains("select email from hubspot.contacts where email is not null limit 10;", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MapInAnotherCase_IsToldAlthoughItPublishes()
    {
        CliRun run = await RunAsync(null, definition => definition.Replace("\"Lost\": \"Lost\"", "\"LOST\": \"Lost\"", StringComparison.Ordinal));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("values of Oppo_Status were not staged: not in the map (unmapped), such as \"Lost\".", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"ignoreCase\": true }] reads", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongPhoneRegion_IsRefusedWithTheRightOne()
    {
        CliRun right = await RunAsync("contacts", null, definition => definition);
        CliRun wrong = await RunAsync(
            "contacts", null, definition => definition.Replace("\"phoneRegion\": \"FR\"", "\"phoneRegion\": \"US\"", StringComparison.Ordinal));

        Assert.DoesNotContain("are not valid", right.Out, StringComparison.Ordinal);
        Assert.Equal(3, wrong.ExitCode);
        Assert.Matches("phone: [0-9]+ of 776 values of Pers_PhoneNumber were not staged: not given out in the region .*number-invalid", wrong.Error);
        Assert.Matches("\"convert\": \\[\\{ \"kind\": \"phone\", \"region\": \"FR\" \\}\\] reads (all )?[0-9]+ ", wrong.Error);
    }

    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("America/New_York")]
    public async Task Run_WrongTimeZoneQuietly_IsToldAllTheSame(string zone)
    {
        CliRun run = await RunAsync(
            "communications", null, definition => definition.Replace("Europe/Paris", zone, StringComparison.Ordinal), "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(zone != "Europe/Paris", run.Error.Contains($"The time zone of Comm_DateTime, {zone}, looks wrong", StringComparison.Ordinal));
        Assert.Equal(zone == "Europe/Paris", run.Error.Length == 0);
        MatchCollection counts = Regex.Matches(run.Error, "hs_timestamp: ([0-9,]+) of ([0-9,]+) differing");
        Assert.All(counts, count => Assert.True(Number(count, 1) <= Number(count, 2), count.Value));
    }

    [Fact]
    public async Task Check_WrongPhoneRegion_IsAWarningOfTheProperty()
    {
        CliRun right = await ReconAsync("check", "contacts", null, definition => definition);
        CliRun wrong = await ReconAsync(
            "check", "contacts", null, definition => definition.Replace("\"phoneRegion\": \"FR\"", "\"phoneRegion\": \"US\"", StringComparison.Ordinal));

        Assert.DoesNotContain("are not valid", right.Out, StringComparison.Ordinal);
        Assert.Matches("Of the first 1,000 records: phone: [0-9]+ of [0-9]+ numbers of Pers_PhoneNumber are not valid in the region with which they were read, US \\(\"phoneRegion\" of \"defaults\"\\)", wrong.Out);
    }

    [Fact]
    public async Task Check_GateThatARunWouldExceed_IsToldWithWhatToDo()
    {
        CliRun right = await ReconAsync("check", "deals", null, definition => definition);
        CliRun wrong = await ReconAsync("check", "deals", FrenchDeals(), definition => definition);

        // Fewer records than a check reads are all that a run will judge.
        Assert.Equal((0, 2), (right.ExitCode, wrong.ExitCode));
        Assert.DoesNotContain("run will publish nothing", right.Out, StringComparison.Ordinal);
        Assert.Contains("A run will publish nothing: amount: 484 of 486 values", wrong.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_EmptyFile_IsOneError()
    {
        CliRun run = await ReconAsync("check", "deals", "", definition => definition);

        Assert.Contains("Bronze_Opportunity.csv is empty", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("standard input", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunInJson_WrongPhoneRegion_IsAmongTheWarnings()
    {
        CliRun run = await RunAsync(
            "contacts", null, definition => definition.Replace("\"phoneRegion\": \"FR\"", "\"phoneRegion\": \"US\"", StringComparison.Ordinal), "--json");

        using JsonDocument document = JsonDocument.Parse(run.Out);
        string?[] warnings = [.. document.RootElement.GetProperty("runs")[0].GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString())];
        Assert.Contains(warnings, warning => warning!.Contains("numbers of Pers_PhoneNumber are not valid", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning!.Contains("once read as Latin-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_QuotesThatStandForThemselves_NamesTheSetting()
    {
        string csv = string.Join('\n', (await File.ReadAllLinesAsync(Repository.Shipped("Bronze_Opportunity.csv"), TestContext.Current.CancellationToken))
            .Select((line, index) => index == 0 || line.Contains('"', StringComparison.Ordinal) ? line : line.Replace(",", ",24\"", StringComparison.Ordinal)));
        CliRun run = await RunAsync(csv, definition => definition);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("set \"quote\": \"none\" in the csv block", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_AmbiguousRecord_SaysThatSeveralRecordsAreThere()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("run", "companies");
        string id = await database.QueryValueAsync<string>("select legacy_company_id from staging.companies_reconciliation where reconciliation_status = 'ambiguous' limit 1") ?? "";

        CliRun run = await database.ReconAsync("explain", "companies", id);

        CliRun json = await database.ReconAsync("explain", "companies", id, "--json");

        Assert.All([run.Out, json.Out], text =>
        {
            Assert.Contains("several HubSpot records", text, StringComparison.Ordinal);
            Assert.DoesNotContain("no HubSpot record", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task DryRun_GateExceeded_SaysThatARunWouldPublishNothing()
    {
        CliRun run = await RunAsync(FrenchDeals(), definition => definition, "--dry-run");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("deals: A run would publish nothing.\n  maxRejectedValues (", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_RefusedAndPassedRuns_NameTheGates()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("run", "companies", "--max-unmatched", "0");
        CliRun stats = await database.ReconAsync("stats", "companies");
        await database.ReconAsync("run", "companies", "--max-unmatched", "0", "--publish-anyway");

        CliRun log = await database.ReconAsync("log");

        Assert.Contains("companies: the last run was not published (maxUnmatched)", stats.Error, StringComparison.Ordinal);
        Assert.Contains("completed (in spite of maxUnmatched)", log.Out, StringComparison.Ordinal);
        Assert.Contains("failed (by maxUnmatched)", log.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-shrink", "much")]
    [InlineData("--min-records", "5%")]
    public async Task Options_NoLimit_AreRefused(string option, string value)
    {
        CliRun run = await CliRun.OfAsync("run", option, value, "--definition", DemoDatabase.Definition);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{option} takes a number such as 100", run.Error, StringComparison.Ordinal);
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    // The deals as a French office would export them: 11 844,00 and 25/05/2012.
    private static string FrenchDeals()
    {
        string csv = File.ReadAllText(Repository.Shipped("Bronze_Opportunity.csv"));
        csv = Amount().Replace(csv, match => $",\"{match.Groups[1].Value[..^3]} {match.Groups[1].Value[^3..]},{match.Groups[2].Value}\",");
        return Day().Replace(csv, ",$3/$2/$1,");
    }

    private Task<CliRun> RunAsync(string? deals, Func<string, string> change, params string[] args) => RunAsync("deals", deals, change, args);

    private Task<CliRun> RunAsync(string pipeline, string? csv, Func<string, string> change, params string[] args)
        => ReconAsync("run", pipeline, csv, change, args);

    /// <param name="csv">The export; <see langword="null"/> for the sample's.</param>
    private async Task<CliRun> ReconAsync(string command, string pipeline, string? csv, Func<string, string> change, params string[] args)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using var folder = TempFolder.WithDefinition();
        string definition = folder.File("pipeline.json");
        string text = await File.ReadAllTextAsync(definition, TestContext.Current.CancellationToken);

        // The definition's own tests know the definition as it is.
        text = Tests().Replace(text, "");
        await File.WriteAllTextAsync(definition, change(text), TestContext.Current.CancellationToken);
        string file = pipeline switch { "deals" => "Bronze_Opportunity.csv", "communications" => "Bronze_Communication.csv", _ => "Bronze_Person.csv" };
        folder.AddBronze(file);
        if (csv is not null)
        {
            await File.WriteAllTextAsync(folder.File($"bronze_layer/{file}"), csv, TestContext.Current.CancellationToken);
        }

        return await CliRun.OfAsync([command, pipeline, .. args, "--definition", definition, "--postgres", database.ConnectionString]);
    }

    [GeneratedRegex(@",([0-9]{4,})\.([0-9]{2}),")]
    private static partial Regex Amount();

    [GeneratedRegex(@",([0-9]{4})-([0-9]{2})-([0-9]{2}) 00:00:00,")]
    private static partial Regex Day();

    [GeneratedRegex(@",\n      ""tests"": \[.*?\n      \]", RegexOptions.Singleline)]
    private static partial Regex Tests();
}
