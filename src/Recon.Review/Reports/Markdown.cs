using System.Runtime.CompilerServices;
using System.Text;
using Recon.Review.Markup;

namespace Recon.Review.Reports;

/// <summary>Markdown whose interpolated texts are shown as they are, whatever they hold: none is a link, a mention, markup or the end of a table's cell.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();

    /// <summary>A line, or a row of a table: only there a bar in code is escaped, elsewhere the sign would be shown.</summary>
    public void Line(ref MarkdownHandler line)
    {
        string text = line.ToStringAndClear();
        _text.Append(text.Replace(MarkdownHandler.Bar, text.StartsWith('|') ? "\\|" : "|", StringComparison.Ordinal)).Append('\n');
    }

    /// <summary>Lines to copy as they are, which belong to the item of a list before them.</summary>
    public void Block(IReadOnlyList<string> lines)
    {
        string fence = new('`', Math.Max(3, lines.Max(MarkdownHandler.Backticks) + 1));
        _text.AppendJoin('\n', [$"  {fence}", .. lines.Select(line => $"  {VisibleText.Of(line)}"), $"  {fence}"]).Append('\n');
    }

    public void Line() => _text.Append('\n');

    /// <summary>The head of a table whose columns are not known beforehand: texts on the left in the first, numbers on the right in the others.</summary>
    public void Head(IReadOnlyList<string> columns)
    {
        Row(columns);
        _text.Append("|---|").Insert(_text.Length, "--:|", columns.Count - 1).Append('\n');
    }

    /// <summary>A row of such a table; nothing in its words is markup.</summary>
    public void Row(IEnumerable<string> cells) => _text.Append("| ").AppendJoin(" | ", cells.Select(cell => MarkdownText.Of(cell).Text)).Append(" |\n");

    public override string ToString() => _text.ToString();
}

/// <summary>Builds a line of <see cref="Markdown"/>: strings become code, numbers are written as they are.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkdownHandler(int literalLength, int formattedCount)
{
    /// <summary>Stands for a bar in code until it is known whether the line is a row of a table; no text that is shown holds it.</summary>
    public const string Bar = "\u0001";

    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string text) => _text.Append(text);

    public void AppendFormatted(long number) => _text.Append(Numbers.Count(number));

    public void AppendFormatted(MarkdownText text) => _text.Append(text.Text);

    /// <summary>A text as code: fenced by more backticks than it has, so that nothing in it is markup.</summary>
    public void AppendFormatted(string? text) => _text.Append(Code(VisibleText.Of(text ?? "")));

    /// <summary>A text that is shown, as code.</summary>
    public static string Code(string shown)
    {
        string fence = new('`', Backticks(shown) + 1);
        string space = shown.Length == 0 || shown[0] is '`' or ' ' || shown[^1] is '`' or ' ' ? " " : "";
        return $"{fence}{space}{shown.Replace("|", Bar, StringComparison.Ordinal)}{space}{fence}";
    }

    /// <summary>The longest row of backticks in a text.</summary>
    public static int Backticks(string text)
    {
        int longest = 0;
        for (int at = 0, run = 0; at < text.Length; at++)
        {
            run = text[at] == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    internal string ToStringAndClear() => _text.ToString();
}

/// <summary>A part of a line: what was built as lines are, or words, in which all that could be markup is escaped.</summary>
internal readonly record struct MarkdownText
{
    private const string Special = "\\`*_{}[]()<>#+-.!|~@&:";

    private MarkdownText(string text) => Text = text;

    public string Text { get; }

    /// <summary>Every character that could be markup is escaped; a word that would become a link, a mention or a reference all the same is code.</summary>
    public static MarkdownText Of(string? text)
        => new(string.Join(' ', VisibleText.Of(text ?? "").Split(' ').Select(word => IsLink(word) ? MarkdownHandler.Code(word) : Escaped(word))));

    /// <summary>A part of a line, built as lines are.</summary>
    public static MarkdownText Built(MarkdownHandler part) => new(part.ToStringAndClear());

    private static string Escaped(string word) => string.Concat(word.Select(each => IsMarkup(each) ? $"\\{each}" : each.ToString()));

    private static bool IsLink(string word) => word.AsSpan().ContainsAny('@', '#') || word.Contains("://", StringComparison.Ordinal)
        || word.Contains("www.", StringComparison.OrdinalIgnoreCase);

    // A full stop or a hyphen in a sentence is none, at the beginning of a line it could be.
    private static bool IsMarkup(char each) => each is not ('.' or ':' or '(' or ')' or '-' or '+' or '!') && Special.Contains(each, StringComparison.Ordinal);
}
