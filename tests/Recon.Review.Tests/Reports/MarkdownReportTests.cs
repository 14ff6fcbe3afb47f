using CsCheck;
using Recon.Review.Reports;

namespace Recon.Review.Tests.Reports;

public sealed class MarkdownReportTests
{
    [Fact]
    public async Task Markdown_OfASmallReport_IsAsApproved()
        => await Golden.CheckAsync("report.md", MarkdownReport.Of(MadeUp.Report("Müller & Söhne"), isShortened: false));

    [Fact]
    public void Markdown_AnyText_IsOneCodeSpanOfOneCell()
        => Gen.String.Sample(text =>
        {
            var markdown = new Markdown();
            markdown.Line($"| {text} |");
            string line = markdown.ToString();

            Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
            string cell = line[2..^3];
            string fence = cell[..(cell.Length - cell.TrimStart('`').Length)];
            Assert.DoesNotContain(fence, cell[fence.Length..^fence.Length].Trim(' ') is { Length: > 0 } inside ? $" {inside.Replace($"{fence}`", "", StringComparison.Ordinal)}" : "", StringComparison.Ordinal);
            Assert.DoesNotContain("|", cell.Replace("\\|", "", StringComparison.Ordinal), StringComparison.Ordinal);
        });

    [Fact]
    public void Words_WithMarkup_AreEscaped()
    {
        var markdown = new Markdown();
        markdown.Line($"{MarkdownText.Of("<b>*a* [x](y) #1 @you | `c`</b>")}");

        Assert.Equal("\\<b\\>\\*a\\* \\[x\\](y) \\#1 \\@you \\| \\`c\\`\\</b\\>\n", markdown.ToString());
    }
}
