using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Recon.Cli.Tests.Commands;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>The report of the shipped sample, in docs: what does not depend on the day or the machine is what the command writes.</summary>
public sealed class SampleReportTests(ReconciledSample sample) : IClassFixture<ReconciledSample>
{
    [Fact]
    public async Task SampleReport_InDocs_IsWhatTheCommandWrites()
    {
        string path = Path.Combine(Repository.Root, "docs", "sample", "report.html");
        CliRun run = await sample.Database.ReconAsync("report");
        Assert.True(run.ExitCode == 0, run.Error);
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, run.Out, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await LastingAsync(run.Out), await LastingAsync(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)));
    }

    private static async Task<string> LastingAsync(string html)
    {
        IDocument page = await new HtmlParser().ParseDocumentAsync(html, TestContext.Current.CancellationToken);
        foreach (IElement passing in page.QuerySelectorAll("time, .id, details").Where(element => element.LocalName != "details"
            || element.QuerySelector("h3")!.TextContent is "Speed" or "Run and settings" or "Compared with the run before"))
        {
            passing.Remove();
        }

        return page.Body!.InnerHtml;
    }
}
