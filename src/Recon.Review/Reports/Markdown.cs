using System.Runtime.CompilerServices;
using System.Text;
using Recon.Review.Markup;

namespace Recon.Review.Reports;

/// <summary>Markdown whose interpolated texts are shown as they are, whatever they hold: none is a link, a mention, markup or the end of a table's cell.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();

    public void Line(ref MarkdownHandler line) => _text.Append(line.ToStringAndClear()).Append('\n');

    public void Line() => _text.Append('\n');

    public override string ToString() => _text.ToString();
}

/// <summary>Builds a line of <see cref="Markdown"/>: strings become code, numbers are written as they are.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkdownHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string text) => _text.Append(text);

    public void AppendFormatted(long number) => _text.Append(Numbers.Count(number));

    public void AppendFormatted(MarkdownText text) => _text.Append(text.Text);

    /// <summary>A text as code: fenced by more backticks than it has, so that nothing in it is markup.</summary>
    public void AppendFormatted(string? text)
    {
        string shown = VisibleText.Of(text ?? "");
        int longest = 0;
        for (int at = 0, run = 0; at < shown.Length; at++)
        {
            run = shown[at] == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        string fence = new('`', longest + 1);
        string space = shown.Length == 0 || shown[0] is '`' or ' ' || shown[^1] is '`' or ' ' ? " " : "";
        _text.Append(fence).Append(space).Append(shown.Replace("|", "\\|", StringComparison.Ordinal)).Append(space).Append(fence);
    }

    internal string ToStringAndClear() => _text.ToString();
}

/// <summary>A part of a line: what was built as lines are, or words, in which all that could be markup is escaped.</summary>
internal readonly record struct MarkdownText
{
    private const string Special = "\\`*_{}[]()<>#+-.!|~@&:";

    private MarkdownText(string text) => Text = text;

    public string Text { get; }

    /// <summary>Every character that could be markup is escaped.</summary>
    public static MarkdownText Of(string? text)
        => new(string.Concat(VisibleText.Of(text ?? "").Select(each => IsMarkup(each) ? $"\\{each}" : each.ToString())));

    /// <summary>A part of a line, built as lines are.</summary>
    public static MarkdownText Built(MarkdownHandler part) => new(part.ToStringAndClear());

    // A full stop or a hyphen in a sentence is none, at the beginning of a line it could be.
    private static bool IsMarkup(char each) => each is not ('.' or ':' or '(' or ')' or '-' or '+' or '!') && Special.Contains(each, StringComparison.Ordinal);
}
