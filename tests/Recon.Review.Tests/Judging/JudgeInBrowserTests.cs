using Deque.AxeCore.Commons;
using Recon.Review.Tests.Browser;
using Recon.Review.Web;
using Recon.Testing;

namespace Recon.Review.Tests.Judging;

/// <summary>Somebody at the keyboard, who never touches a mouse.</summary>
public sealed class JudgeInBrowserTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Judge_FiftyAmbiguousRecordsByKeysAlone_StandAfterARestartAndAfterTheNextRun()
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using (ReviewServer pages = await world.ServeAsync())
        {
            await using Browser.Browser browser = await Browser.Browser.StartAsync(reachesThisMachine: true);
            BrowserPage page = await OpenAsync(browser, pages, "/judge?pipeline=people&status=ambiguous");
            await CheckAsync(page, "ambiguous");
            await PictureAsync(page, "judge-ambiguous", 1280);

            // Enter in the reason decides nothing.
            await page.PressAsync("w");
            await page.PressAsync("x");
            await page.PressAsync("Enter");
            Assert.Equal("x", await page.EvaluateAsync("document.activeElement.value"));
            Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_decisions"));
            await page.EvaluateAsync("document.activeElement.value = ''; document.activeElement.blur()");

            // One is skipped; one is decided wrongly and taken back; the arrows and Enter choose one.
            await page.PressAsync("s");
            await page.UntilAsync("document.querySelector('#judge').dataset.say === 'people 10'");
            await page.PressAsync("2");
            await page.UntilAsync("document.querySelector('.undo')?.innerText.includes('10 is HubSpot 2010')");
            await page.PressAsync("u");
            await page.UntilAsync("document.querySelector('#judge h2').innerText.includes('10') && document.querySelector('.told').innerText.includes('undone')");
            Assert.Equal(0, await world.CountAsync("select count(*) from staging.reconciliation_decisions"));
            await page.PressAsync("ArrowRight");
            Assert.Equal("match 1010", await page.EvaluateAsync("document.activeElement.value"));
            await page.PressAsync("Enter");
            await page.UntilAsync("document.querySelector('.undo')?.innerText.includes('10 is HubSpot 1010')");

            for (int decided = 2; decided <= JudgeWorld.Ambiguous; decided++)
            {
                if (decided == JudgeWorld.Ambiguous)
                {
                    await page.UntilAsync("document.querySelector('#judge').innerText.includes('skipped')");
                    await page.PressAsync("s");
                    await page.UntilAsync("document.querySelector('#judge h2')?.innerText.trim().startsWith('people 1')");
                }

                string before = await page.EvaluateAsync("document.querySelector('#judge').dataset.say");
                string id = await page.EvaluateAsync("document.querySelector('input[name=id]').value");
                await page.PressAsync(id == "20" ? "n" : "1");
                await page.UntilAsync($"document.querySelector('#judge').dataset.say !== {System.Text.Json.JsonSerializer.Serialize(before)}");
                Assert.Equal("0", await page.EvaluateAsync("document.querySelectorAll('.alert:not([hidden])').length"));
            }

            Assert.Equal(JudgeWorld.Ambiguous, await world.CountAsync("select count(*) from staging.reconciliation_decisions"));
            Assert.DoesNotContain(page.Requests, request => !request.StartsWith("http://127.0.0.1:", StringComparison.Ordinal));
            Assert.Empty(page.Complaints);
            await PictureAsync(page, "judge-done", 1280);
        }

        await using (ReviewServer pages = await world.ServeAsync())
        {
            await using Browser.Browser browser = await Browser.Browser.StartAsync(reachesThisMachine: true);
            BrowserPage page = await OpenAsync(browser, pages, "/judge?pipeline=people&status=ambiguous");
            Assert.Contains("Nothing is left to decide", await page.EvaluateAsync("document.querySelector('#judge').innerText"), StringComparison.Ordinal);
        }

        await world.RunAsync();
        Assert.Equal(49, await world.CountAsync("select count(*) from staging.people where match_rule = 'decision' and reconciliation_status = 'matched' and hubspot_id = 1000 + legacy_id::int and match_confidence = 100"));
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.people where reconciliation_status = 'ambiguous'"));
        Assert.Equal("unmatched", await world.Database.QueryValueAsync<string>("select reconciliation_status from staging.people where legacy_id = '20'"));
    }

    [Theory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    public async Task Judge_EveryKindOfRecord_HarmlessAccessibleAndAsWideAsTheScreen(int width, bool dark)
    {
        await using JudgeWorld world = await JudgeWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        await using Browser.Browser browser = await Browser.Browser.StartAsync(reachesThisMachine: true);
        BrowserPage page = await OpenAsync(browser, pages, "/judge", width, dark);
        foreach (string query in (string[])
            ["?status=ambiguous&at=3", "?status=ambiguous&at=4&blind=1", "?status=conflict", "?status=unmatched", "?status=unmatched&at=61&try=7777", "?status=unmatched&at=61&try=1", "/alike?status=ambiguous&at=2", "/alike?status=ambiguous&at=2&alike=property%3Acity",
                "audit", "audit/sample?pipeline=people&status=matched&rule=legacy-id&confidence=100", "unmapped"])
        {
            string path = query[0] is '?' or '/' ? "/judge" + query : "/" + query;
            await GoAsync(page, path);
            await CheckAsync(page, $"{path} at {width}");
            await PictureAsync(page, string.Concat(path.Select(each => char.IsLetterOrDigit(each) ? each : '-')) + (dark ? "-dark" : ""), width);
        }

        Assert.Empty(page.Complaints);
    }

    private static async Task<BrowserPage> OpenAsync(Browser.Browser browser, ReviewServer pages, string path, int width = 1280, bool dark = false)
    {
        BrowserPage page = await browser.OpenAsync(pages.Address, width, dark);
        await page.UntilAsync("document.querySelector('main')");
        await GoAsync(page, path);
        return page;
    }

    private static async Task GoAsync(BrowserPage page, string path)
    {
        await page.EvaluateAsync($"document.body.dataset.left = '1'; location.href = '{path}'");
        await page.UntilAsync("document.body.dataset.left === undefined && document.readyState === 'complete' && document.querySelector('main')");
    }

    private static async Task CheckAsync(BrowserPage page, string what)
    {
        Assert.NotEqual("owned", await page.EvaluateAsync("document.title"));
        Assert.True(await page.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth") == "true", $"{what}: it is wider than the screen: {await page.EvaluateAsync("[...document.querySelectorAll('*')].filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth && !each.closest('.across')).map(each => each.outerHTML.slice(0, 90)).slice(0, 5).join(' | ')")}");
        await page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        string violations = await page.EvaluateAsync("""
            axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations
                .map(each => each.id + ': ' + each.help + ' ' + each.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | ')).join('\n'))
            """);
        Assert.True(violations.Length == 0, $"{what}: {violations}");
    }

    // For people: where RECON_PICTURES names a folder.
    private static async Task PictureAsync(BrowserPage page, string name, int width)
    {
        if (Environment.GetEnvironmentVariable("RECON_PICTURES") is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}-{width}.png"), await page.PictureAsync(width, 900, "png", null), TestContext.Current.CancellationToken);
        }
    }
}
