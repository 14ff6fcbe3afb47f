using System.Globalization;
using System.Security;
using System.Text;

namespace Recon.Cli.Tests.Support;

/// <summary>A terminal's picture as a file for documents.</summary>
internal static class ScreenSvg
{
    private const double Wide = 8.4;
    private const int High = 18;
    private const int Margin = 12;

    private static readonly Dictionary<string, string> s_styles = new()
    {
        ["1"] = "fill=\"#ffffff\" font-weight=\"bold\"",
        ["2"] = "fill=\"#8b949e\"",
        ["31"] = "fill=\"#ff7b72\"",
        ["32"] = "fill=\"#56d364\"",
        ["33"] = "fill=\"#e3b341\"",
        ["36"] = "fill=\"#56a4d4\"",
    };

    public static string Draw(Screen screen, string title)
    {
        IReadOnlyList<string> texts = screen.Visible;
        int rows = texts.Count;
        while (rows > 0 && texts[rows - 1].Length == 0)
        {
            rows--;
        }

        FormattableString head = $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {(screen.Columns * Wide) + (2 * Margin):0} {(rows * High) + (2 * Margin)}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="#c9d1d9">
            <title>{SecurityElement.Escape(title)}</title>
            <rect width="100%" height="100%" rx="6" fill="#0d1117"/>

            """;
        StringBuilder svg = new(head.ToString(CultureInfo.InvariantCulture).ReplaceLineEndings("\n"));
        for (int row = 0; row < rows; row++)
        {
            AppendRow(svg, screen.Cells[row], (row * High) + Margin + 14);
        }

        return svg.Append("</svg>\n").ToString();
    }

    // Each run of one colour has its own place and width, so that columns stand whatever font is there.
    private static void AppendRow(StringBuilder svg, IReadOnlyList<Screen.Cell> cells, int y)
    {
        for (int from = 0; from < cells.Count;)
        {
            int to = from;
            while (to < cells.Count && cells[to].Ink == cells[from].Ink && (cells[to].Character == ' ') == (cells[from].Character == ' '))
            {
                to++;
            }

            if (cells[from].Character != ' ')
            {
                string text = SecurityElement.Escape(string.Concat(cells.Skip(from).Take(to - from).Select(cell => cell.Character)));
                svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Margin + (from * Wide):0.0}" y="{y}" textLength="{(to - from) * Wide:0.0}" lengthAdjust="spacingAndGlyphs" {s_styles.GetValueOrDefault(cells[from].Ink, "")}>{text}</text>""")
                    .Append('\n');
            }

            from = to;
        }
    }
}
