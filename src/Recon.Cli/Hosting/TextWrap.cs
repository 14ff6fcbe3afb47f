using System.Text;

namespace Recon.Cli.Hosting;

/// <summary>Breaks texts into lines of a width.</summary>
internal static class TextWrap
{
    /// <summary>Breaks for a terminal, if there is one: each line of the text, with its own indentation before what follows a break.</summary>
    /// <param name="width">Columns of the terminal; <see langword="null"/> leaves the text as it is.</param>
    /// <param name="breakWords">Whether a word that is longer than a line is broken, too; else it stays whole, to be copied.</param>
    public static string ToTerminal(string text, int? width, bool breakWords = true)
        => width is not { } columns ? text : string.Join('\n', TerminalText.Escape(text.ReplaceLineEndings("\n").Replace('\t', ' ')).Split('\n').Select(line =>
            Wrap(line, columns, Math.Min(columns / 2, line.Length - line.AsSpan().TrimStart(' ').Length + 2), breakWords)));

    /// <summary>Breaks at spaces, and indents what follows a break.</summary>
    /// <param name="indent">Columns before each line but the first.</param>
    /// <param name="breakWords">Whether a word that is longer than a line is broken, too; else it stays whole, to be copied.</param>
    /// <returns>The lines, without the last line feed.</returns>
    public static string Wrap(string text, int width, int indent = 2, bool breakWords = false)
    {
        StringBuilder wrapped = new();
        width = Math.Max(1, width);
        indent = Math.Min(indent, width - 1); // A line has room for a character.
        string margin = new(' ', indent);
        foreach (string line in text.Split('\n'))
        {
            wrapped.Append(wrapped.Length == 0 ? "" : "\n");
            int column = 0;
            bool isBegun = false;
            foreach (string word in line.Split(' '))
            {
                string rest = word;
                if (isBegun && column + 1 + TextWidth.Of(rest) <= width)
                {
                    wrapped.Append(' ').Append(rest);
                    column += 1 + TextWidth.Of(rest);
                    continue;
                }

                if (isBegun)
                {
                    wrapped.Append('\n').Append(margin);
                    column = indent;
                }

                while (breakWords && column + TextWidth.Of(rest) > width)
                {
                    int length = TextWidth.Fitting(rest, width - column);
                    wrapped.Append(rest.AsSpan(0, length)).Append('\n').Append(margin);
                    column = indent;
                    rest = rest[length..];
                }

                wrapped.Append(rest);
                column += TextWidth.Of(rest);
                isBegun = true;
            }
        }

        return wrapped.ToString();
    }
}
