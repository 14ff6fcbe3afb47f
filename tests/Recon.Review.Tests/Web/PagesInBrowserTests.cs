using Deque.AxeCore.Commons;
using Recon.Review.Tests.Browser;
using Recon.Review.Web;
using Recon.Testing;

namespace Recon.Review.Tests.Web;

/// <summary>The pages as a person sees them, in a browser that tells what it complains of.</summary>
public sealed class PagesInBrowserTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly string[] s_pages =
    [
        "/", "/records?pipeline=companies", "/records?pipeline=companies&status=rejected", "/records?pipeline=companies&status=ambiguous&q=no", "/records?pipeline=none",
        "/record?pipeline=companies&id=1", "/record?pipeline=companies&id=3", "/record?pipeline=companies&id=4", "/record?pipeline=companies&id=5",
        "/record?pipeline=companies&id=6", "/record?pipeline=companies&id=12", "/record?pipeline=companies&id=55",
    ];

    [Theory]
    [InlineData(1280, false, false)]
    [InlineData(1280, true, true)]
    [InlineData(390, true, false)]
    [InlineData(360, false, false)]
    public async Task Pages_OfHostileData_AreHarmlessAccessibleAndAsWideAsTheScreen(int width, bool dark, bool masked)
    {
        await using PageWorld world = await PageWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync(masked);
        await using Browser.Browser browser = await Browser.Browser.StartAsync(reachesThisMachine: true);
        string axe = new BundledAxeScriptProvider().GetScript();
        string root = Root(pages);
        await browser.OpenAsync(pages.Address, width, dark);
        foreach (string path in s_pages)
        {
            BrowserPage page = await browser.OpenAsync(root + path[1..], width, dark);
            string what = $"{path}, {width} pixels";
            await page.UntilAsync("document.querySelector('h1') && !document.querySelector('[hx-trigger=load]')");
            await page.EvaluateAsync("document.querySelectorAll('details').forEach(each => each.open = true)");
            Assert.EndsWith(" · recon", await page.EvaluateAsync("document.title"), StringComparison.Ordinal);
            Assert.Equal("2", await page.EvaluateAsync("document.scripts.length"));
            Assert.Equal("0", await page.EvaluateAsync("document.images.length + document.querySelectorAll('[onerror]').length"));
            Assert.True(await page.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth") == "true", $"{what}: it is wider than the screen");
            Assert.True(page.Complaints.Count == 0, $"{what}: {string.Join('\n', page.Complaints)}");
            Assert.All(page.Requests, request => Assert.StartsWith(root, request, StringComparison.Ordinal));

            await page.EvaluateAsync(axe);
            string violations = await page.EvaluateAsync("""
                axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations
                    .map(each => each.id + ': ' + each.help + ' ' + each.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | ')).join('\n'))
                """);
            Assert.True(violations.Length == 0, $"{what}: {violations}");
        }
    }

    [Fact]
    public async Task Records_ByKeysAndFilters_AreFoundAndTheAddressTellsWhere()
    {
        await using PageWorld world = await PageWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReviewServer pages = await world.ServeAsync();
        await using Browser.Browser browser = await Browser.Browser.StartAsync(reachesThisMachine: true);
        await browser.OpenAsync(pages.Address, 1280, dark: false);
        BrowserPage page = await browser.OpenAsync(Root(pages) + "records?pipeline=companies", 1280, dark: false);

        await page.EvaluateAsync("(link => { link.focus(); link.click(); })([...document.querySelectorAll('.facet a')].find(each => each.textContent.includes('unmatched')))");
        await page.UntilAsync("location.search.includes('status=unmatched') && document.querySelector('.chip')");
        long unmatched = await world.Database.QueryValueAsync<long>("select count(*) from staging.companies where reconciliation_status = 'unmatched'");
        Assert.Equal($"{unmatched}", await page.EvaluateAsync("document.querySelector('.facet a[aria-current] .n').textContent"));
        Assert.Equal($"{unmatched}", await page.EvaluateAsync("document.querySelectorAll('[data-item]').length"));
        await page.UntilAsync("document.activeElement.matches('.facet a[aria-current]')");
        await page.UntilAsync($"document.querySelector('#said').textContent.startsWith('{unmatched} of ')");

        await page.PressAsync("ArrowDown");
        await page.PressAsync("ArrowDown");
        string id = await page.EvaluateAsync("document.activeElement.textContent");
        await page.PressAsync("Enter");
        await page.UntilAsync($"document.readyState === 'complete' && document.querySelector('.record h1 bdi')?.textContent === '{id}'");
        await page.PressAsync("ArrowRight");
        await page.UntilAsync($"document.readyState === 'complete' && location.pathname === '/record' && document.querySelector('.record h1 bdi').textContent !== '{id}'");
        await page.PressAsync("Escape");
        await page.UntilAsync("document.readyState === 'complete' && location.pathname === '/records' && location.search.includes('status=unmatched') && document.querySelectorAll('[data-item]').length > 0");

        await page.PressAsync("/");
        Assert.Equal("q", await page.EvaluateAsync("document.activeElement.id"));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Overview_BeforeAndAfterARun_ChangesByItself()
    {
        await using PageWorld world = await PageWorld.CreateAsync(server);
        await using ReviewServer pages = await world.ServeAsync();
        await using Browser.Browser browser = await Browser.Browser.StartAsync(reachesThisMachine: true);
        BrowserPage page = await browser.OpenAsync(pages.Address, 1280, dark: false);
        await page.UntilAsync("document.querySelector('.sentence')?.textContent.startsWith('There is no result yet')");

        await world.RunAsync();

        await page.UntilAsync("document.querySelector('.sentence')?.textContent.includes('would change HubSpot')");
        long changed = await world.Database.QueryValueAsync<long>("select count(*) from staging.companies where properties_to_update <> '{}'");
        Assert.StartsWith($"{changed} of 62 records", await page.EvaluateAsync("document.querySelector('.sentence').textContent"), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Page_WhoseServerIsGone_SaysSoAndWhatToDoOnceThereIsAnotherOne()
    {
        await using PageWorld world = await PageWorld.CreateAsync(server);
        ReviewServer pages = await world.ServeAsync();
        int port = new Uri(pages.Address).Port;
        await using Browser.Browser browser = await Browser.Browser.StartAsync(reachesThisMachine: true);
        BrowserPage page = await browser.OpenAsync(pages.Address, 1280, dark: false);

        await pages.DisposeAsync();
        await page.UntilAsync("!document.querySelector('#lost').hidden && document.querySelector('#lost').textContent.includes('does not answer')");

        await using ReviewServer other = await world.ServeAsync(port: port);
        await page.UntilAsync("document.querySelector('#lost').textContent.includes('Open the address that the new one has printed')");
        await browser.OpenAsync(other.Address, 1280, dark: false);
        await page.UntilAsync("document.querySelector('#lost').hidden");
    }

    private static string Root(ReviewServer pages) => pages.Address.Split('?')[0];
}
