using System.Globalization;
using System.Net;
using System.Text.Json;
using AngleSharp;
using AngleSharp.Dom;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Commands;

/// <summary>The pages of the reconciled sample say what the database says.</summary>
public sealed class ReviewCommandTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task Review_UntilASignal_PrintsItsAddressFirstAndEndsWell(int signal)
    {
        await using ReviewHost host = await StartAsync();
        Assert.Matches(@"^http://127\.0\.0\.1:[0-9]+/\?token=[0-9a-f]{48}$", host.Address);
        await host.GetAsync("/");

        CliRun end = await host.EndAsync(signal);

        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Equal(host.Address, end.Out.TrimEnd());
        Assert.DoesNotContain(host.Address.Split('=')[1], end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_OnATakenPort_SaysSo()
    {
        await using ReviewHost host = await StartAsync();

        CliRun second = await sample.Database.ReconAsync("review", "--no-open", "--port", host.Root.Port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(2, second.ExitCode);
        Assert.Contains($"Port {host.Root.Port} on this machine is taken", second.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "0", "--port takes a number from 1 to 65535")]
    [InlineData("--port", "x", "--port takes a number from 1 to 65535")]
    [InlineData("--by", " ", "--by takes a name")]
    public async Task Review_OptionOutOfRange_IsRefused(string option, string value, string expected)
    {
        CliRun run = await sample.Database.ReconAsync("review", "--no-open", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_OfTheSample_HasTheNumbersOfTheReport()
    {
        await using ReviewHost host = await StartAsync();
        CliRun report = await sample.Database.ReconAsync("report", "--json");
        JsonElement account = JsonDocument.Parse(report.Out).RootElement.GetProperty("account");

        IDocument page = await ParseAsync(await host.GetAsync("/overview/report"));

        string[] total = [.. page.QuerySelectorAll("section.overview tfoot td").Select(cell => cell.TextContent.Trim())];
        Assert.Equal(
            ((string[])["read", "changed", "unchanged", "ambiguous+conflict", "unmatched", "rejected", "folded", "filtered"]).Select(name => Count(name.Split('+').Sum(part => account.GetProperty(part).GetInt64()))),
            total);
        string have = page.QuerySelector("#report")!.GetAttribute("hx-get")!;
        await host.GetAsync(have, HttpStatusCode.NoContent);
        Assert.Contains("id=\"report\"", await host.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_WhileARunGoesOn_TellsItAndIsCalmOtherwise()
    {
        await using ReviewHost host = await StartAsync();
        Assert.Contains("every 5s", await host.GetAsync("/overview/live"), StringComparison.Ordinal);
        await sample.Database.ExecuteAsync($"""
            update staging.reconciliation_lease set run_id = '{Rendering.Live.MadeUpRuns.Reading.RunId}', holder = 'somebody@<b>', acquired_at = now(), heartbeat_at = now(),
                progress = jsonb_build_object('epoch', epoch, 'run', '{Rendering.Live.MadeUpRuns.Reading.ToJson().Replace("'", "''", StringComparison.Ordinal)}')
            where pipeline = 'communications'
            """);
        try
        {
            IDocument live = await ParseAsync(await host.GetAsync("/overview/live"));

            Assert.Equal("every 2s", live.QuerySelector("#live")!.GetAttribute("hx-trigger"));
            Assert.Contains("45 %", live.QuerySelector("article.run")!.TextContent, StringComparison.Ordinal);
            Assert.Contains("somebody@<b>", live.QuerySelector("article.run")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(Rendering.Live.MadeUpRuns.Reading.Blocks.Count, live.QuerySelectorAll("table.blocks tbody tr").Length);
        }
        finally
        {
            await sample.Database.ExecuteAsync("update staging.reconciliation_lease set run_id = null where pipeline = 'communications'");
        }
    }

    [Fact]
    public async Task Records_ByEachStatus_AreThoseOfTheTable()
    {
        await using ReviewHost host = await StartAsync();
        foreach ((string pipeline, string table, string key) in (IEnumerable<(string, string, string)>)
            [("companies", "companies_reconciliation", "legacy_company_id"), ("contacts", "contacts_reconciliation", "legacy_contact_id")])
        {
            foreach (string status in (string[])["matched", "unmatched", "ambiguous", "conflict"])
            {
                string expected = await sample.Database.QueryValueAsync<string>(
                    $"""select coalesce(string_agg({key}, ' ' order by {key} collate "C"), '') from staging.{table} where reconciliation_status = '{status}'""") ?? "";
                List<string> found = [];
                string? address = $"/records?pipeline={pipeline}&status={status}";
                IDocument? first = null;
                while (address is not null)
                {
                    IDocument page = await ParseAsync(await host.GetAsync(address));
                    first ??= page;
                    found.AddRange(page.QuerySelectorAll("[data-item]").Select(link => link.TextContent));
                    address = page.QuerySelector("a[data-key=ArrowRight]")?.GetAttribute("href");
                }

                Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
                IDocument facets = await ParseAsync(await host.GetAsync($"/records/facets?pipeline={pipeline}&status={status}"));
                IElement chosen = Assert.Single(facets.QuerySelectorAll("[aria-current]"));
                Assert.Equal(Count(found.Count), chosen.QuerySelector(".n")!.TextContent);
                Assert.NotNull(first!.QuerySelector("#facets"));
            }
        }
    }

    [Fact]
    public async Task Record_WithAChange_ShowsBothSidesAsTheTableHasThem()
    {
        await using ReviewHost host = await StartAsync();
        string[] row = (await sample.Database.QueryValueAsync<string>("""
            select concat_ws(chr(31), legacy_contact_id, p.key, previous_values ->> p.key, p.value, hubspot_contact_id) from staging.contacts_reconciliation, jsonb_each_text(properties_to_update) p
            where previous_values ->> p.key <> '' and p.value <> '' order by 1 limit 1
            """))!.Split('\u001f');

        IDocument page = await ParseAsync(await host.GetAsync($"/record?pipeline=contacts&id={row[0]}&status=matched"));

        IElement property = page.QuerySelectorAll("table.sides tr.changes").First(each => each.QuerySelector("th")!.TextContent.StartsWith(row[1], StringComparison.Ordinal));
        Assert.Equal(row[2], property.QuerySelector("td.old")!.TextContent);
        Assert.Equal(row[3], property.QuerySelector("td.new")!.TextContent);
        Assert.Contains("the file's value is taken", property.TextContent, StringComparison.Ordinal);
        Assert.Contains(row[4], page.QuerySelector(".lead")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("a[href*='app.hubspot.com']"));
        Assert.Equal($"/records?pipeline=contacts&status=matched", page.QuerySelector("a[data-key=Escape]")!.GetAttribute("href"));
        string next = await host.FollowAsync($"/record/next?pipeline=contacts&id={row[0]}&status=matched");
        Assert.StartsWith("/record?pipeline=contacts&id=", next, StringComparison.Ordinal);
        Assert.EndsWith("&status=matched", next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_ThatIsAmbiguous_LeadsToWhereItIsDecided()
    {
        await using ReviewHost host = await StartAsync();
        string id = (await sample.Database.QueryValueAsync<string>("select legacy_company_id from staging.companies_reconciliation where reconciliation_status = 'ambiguous' order by 1 desc limit 1"))!;

        IDocument record = await ParseAsync(await host.GetAsync($"/record?pipeline=companies&id={id}"));
        IDocument judged = await ParseAsync(await host.GetAsync(record.QuerySelector("a[data-key=d]")!.GetAttribute("href")!));

        Assert.Equal(id, judged.QuerySelector("input[name=id]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Record_OfAKnownAccount_LinksToHubspot()
    {
        using TempFolder folder = new();
        string text = await File.ReadAllTextAsync(DemoDatabase.Definition, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("pipeline.json"), text.Replace("\"portal\": 48000001,", "\"portal\": 1234567,", StringComparison.Ordinal).Replace("\"base\": \"env:RECON_HUBSPOT_BASE\",", "", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using ReviewHost host = await ReviewHost.StartAsync(sample.Database, folder.File("pipeline.json"));
        string id = (await sample.Database.QueryValueAsync<string>("select legacy_company_id from staging.companies_reconciliation where reconciliation_status = 'matched' limit 1"))!;
        long hubspot = await sample.Database.QueryValueAsync<long>($"select hubspot_company_id from staging.companies_reconciliation where legacy_company_id = '{id}'");

        IDocument page = await ParseAsync(await host.GetAsync($"/record?pipeline=companies&id={id}"));

        IElement link = Assert.Single(page.QuerySelectorAll(".lead a"));
        Assert.Equal($"https://app.hubspot.com/contacts/1234567/record/0-2/{hubspot}", link.GetAttribute("href"));
        Assert.Equal("noopener noreferrer", link.GetAttribute("rel"));
    }

    [Fact]
    public async Task Record_OfHiddenValues_ShowsOneWhenAskedAndLogsIt()
    {
        await using ReviewHost host = await StartAsync("--mask", "--read-only", "--by", "Ada");
        string id = (await sample.Database.QueryValueAsync<string>("select legacy_contact_id from staging.contacts_reconciliation where properties_to_update ? 'firstname' order by 1 limit 1"))!;
        string value = (await sample.Database.QueryValueAsync<string>($"select properties_to_update ->> 'firstname' from staging.contacts_reconciliation where legacy_contact_id = '{id}'"))!;

        string hidden = await host.GetAsync($"/record?pipeline=contacts&id={id}");
        string list = await host.GetAsync($"/records?pipeline=contacts&q={id}");
        (HttpStatusCode status, string shown) = await host.PostAsync("/record/reveal", ("pipeline", "contacts"), ("id", id), ("what", "firstname"));

        Assert.DoesNotContain(value, hidden, StringComparison.Ordinal);
        Assert.DoesNotContain(value, list, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(value, shown, StringComparison.Ordinal);
        Assert.Contains("Ada has asked to see firstname of the record of contacts in ", host.ErrorSoFar, StringComparison.Ordinal);
        Assert.DoesNotContain(value, host.ErrorSoFar, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/record?pipeline=companies&id=nobody")]
    [InlineData("/record?pipeline=nothing&id=1")]
    [InlineData("/record")]
    [InlineData("/records?pipeline=nothing")]
    [InlineData("/records/facets?pipeline=nothing")]
    [InlineData("/record/next?pipeline=nothing")]
    [InlineData("/%00")]
    [InlineData("/../etc/passwd")]
    public async Task Page_ThatIsNotThere_SaysSo(string path)
    {
        await using ReviewHost host = await StartAsync();

        await host.GetAsync(path, path.Contains('%', StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("q=%27%3B+drop+schema+staging+cascade%3B--")]
    [InlineData("status=%27or+1%3D1--&rule=%00&change=x&confidence=abc&after=%27")]
    [InlineData("reason=value%2F&candidates=99999999999999999999&parent=x&decided=maybe&filter=y")]
    public async Task Records_OfAnAddressThatNobodyMeans_AreNone(string query)
    {
        await using ReviewHost host = await StartAsync();

        IDocument page = await ParseAsync(await host.GetAsync($"/records?pipeline=companies&{query}"));

        Assert.Empty(page.QuerySelectorAll("[data-item]"));
        Assert.True(await sample.Database.QueryValueAsync<bool>("select to_regclass('staging.companies_reconciliation') is not null"));
    }

    private Task<ReviewHost> StartAsync(params string[] args) => ReviewHost.StartAsync(sample.Database, DemoDatabase.Definition, args);

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static Task<IDocument> ParseAsync(string html) => BrowsingContext.New(Configuration.Default).OpenAsync(request => request.Content(html), TestContext.Current.CancellationToken);
}
