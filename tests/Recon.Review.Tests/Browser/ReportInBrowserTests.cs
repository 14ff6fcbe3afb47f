using Deque.AxeCore.Commons;
using Recon.Review.Model;
using Recon.Review.Reports;

namespace Recon.Review.Tests.Browser;

/// <summary>The report as a person sees it, in a browser that tells what it complains of.</summary>
public sealed class ReportInBrowserTests
{
    private const string Hostile = "<script>document.title='owned'</script><img src='http://example.com/x.png'>\u202Eגנב WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

    [Fact]
    public async Task Report_InABrowser_ComplainsOfNothingAsksForNothingAndIsAccessible()
    {
        await using Browser browser = await Browser.StartAsync();
        string axe = new BundledAxeScriptProvider().GetScript();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("recon-report-");
        try
        {
            (int Width, bool Dark)[] all = [(1280, false), (1280, true), (390, true), (360, false)];
            foreach ((string name, ReportDocument report, (int, bool)[] screens) in (IEnumerable<(string, ReportDocument, (int, bool)[])>)
            [
                ("plain", MadeUp.Report("Müller & Söhne"), all), ("hostile", MadeUp.Report(Hostile), all), ("masked", MadeUp.Report("secret", masked: true), all),
                ("empty", MadeUp.Empty(), all), ("long", MadeUp.Report(new string('w', 65_536)), [(360, false)]), ("right to left", MadeUp.Report("חברת הדוגמה בע״מ — شركة المثال"), [(390, false)]),
            ])
            {
                string file = Path.Combine(folder.FullName, $"{name}.html");
                await File.WriteAllTextAsync(file, HtmlReport.Of(report, isShortened: false), TestContext.Current.CancellationToken);
                foreach ((int width, bool dark) in screens)
                {
                    string what = $"{name}, {width} pixels, {(dark ? "dark" : "light")}";
                    BrowserPage page = await browser.OpenAsync(file, width, dark);
                    Assert.Equal("Reconciliation report: companies", await page.EvaluateAsync("document.title"));
                    Assert.Equal("0", await page.EvaluateAsync("document.scripts.length"));

                    // As wide as the screen, folded and unfolded.
                    await page.EvaluateAsync("document.querySelectorAll('details').forEach(each => each.open = true)");
                    Assert.True(await page.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth") == "true", $"{what}: it is wider than the screen");
                    Assert.Equal("0", await page.EvaluateAsync("[...document.querySelectorAll('caption:not(.unseen)')].filter(each => each.getBoundingClientRect().width < 200).length"));
                    Assert.True(page.Complaints.Count == 0, $"{what}: {string.Join('\n', page.Complaints)}");
                    Assert.Equal([new Uri(file).AbsoluteUri], page.Requests);

                    await page.EvaluateAsync(axe);
                    string violations = await page.EvaluateAsync("""
                        axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations
                            .map(each => each.id + ': ' + each.help + ' ' + each.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | ')).join('\n'))
                        """);
                    Assert.True(violations.Length == 0, $"{what}: {violations}");
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Report_Printed_IsUnfoldedAndLight()
    {
        await using Browser browser = await Browser.StartAsync();
        string file = Path.Combine(Path.GetTempPath(), $"recon-print-{Guid.NewGuid():N}.html");
        try
        {
            await File.WriteAllTextAsync(file, HtmlReport.Of(MadeUp.Report(Hostile), isShortened: false), TestContext.Current.CancellationToken);

            // What of a sheet of A4 is left between its margins.
            BrowserPage page = await browser.OpenAsync(file, 672, dark: true, media: "print");
            Assert.Equal("true", await page.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));

            Assert.NotEqual("0", await page.EvaluateAsync("document.querySelectorAll('details:not([open])').length"));
            Assert.Equal("0", await page.EvaluateAsync("[...document.querySelectorAll('details:not([open]) > :not(summary)')].filter(each => !each.checkVisibility() || each.getBoundingClientRect().height === 0).length"));
            Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor"));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
