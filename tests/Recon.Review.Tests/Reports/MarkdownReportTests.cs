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

        Assert.Equal("\\<b\\>\\*a\\* \\[x\\](y) `#1` `@you` \\| \\`c\\`\\</b\\>\n", markdown.ToString());
    }

    [Theory]
    [InlineData("see https://example.org/x now", "see `https://example.org/x` now")]
    [InlineData("WWW.example.org", "`WWW.example.org`")]
    [InlineData("ann@example.org|x", "`ann@example.org|x`")]
    public void Words_ThatWouldBecomeLinks_AreCode(string text, string shown)
    {
        var markdown = new Markdown();
        markdown.Line($"{MarkdownText.Of(text)}");

        Assert.Equal(shown + "\n", markdown.ToString());
    }

    [Fact]
    public void Code_WithABar_IsEscapedInTablesOnly()
    {
        var markdown = new Markdown();
        markdown.Line($"| {"a|b"} |");
        markdown.Line($"- {"a|b"}");

        Assert.Equal("| `a\\|b` |\n- `a|b`\n", markdown.ToString());
    }

    [Fact]
    public void Block_OfLines_KeepsThemApartWhateverTheyHold()
    {
        var markdown = new Markdown();
        markdown.Block(["a|b", "```"]);

        Assert.Equal("  ````\n  a|b\n  ```\n  ````\n", markdown.ToString());
    }
}
