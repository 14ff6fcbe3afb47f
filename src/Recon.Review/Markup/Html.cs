using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Recon.Review.Markup;

/// <summary>
/// Markup, put together from constants and from texts that are encoded: a string that is interpolated into it is shown,
/// whatever it holds. There is no way to make one from a text that is not a constant of this program.
/// </summary>
internal readonly partial record struct Html
{
    private readonly string? _text;

    private Html(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Html None => default;

    public static Html Of(ref HtmlHandler markup) => new(markup.ToStringAndClear());

    /// <summary>A resource of this assembly, as it is.</summary>
    public static Html Resource([ConstantExpected] string name)
    {
        using var reader = new StreamReader(typeof(Html).Assembly.GetManifestResourceStream(name)!);
        return new Html(reader.ReadToEnd().ReplaceLineEndings("\n").Trim());
    }

    /// <summary>Parts one after the other.</summary>
    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part._text)));

    /// <summary>The same with a field in every form that posts: what is interpolated is encoded, so that only markup of ours looks like a form.</summary>
    public Html WithInPosts(Html field) => new(Posts().Replace(_text ?? "", form => form.Value + field._text));

    public override string ToString() => _text ?? "";

    [GeneratedRegex("<form\\b[^>]*\\bmethod=\"post\"[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Posts();
}

/// <summary>Builds <see cref="Html"/> from an interpolated string: what is interpolated is encoded, unless it is markup.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string text) => _text.Append(text);

    public void AppendFormatted(Html markup) => _text.Append(markup.ToString());

    public void AppendFormatted(IEnumerable<Html> parts) => _text.AppendJoin("", parts.Select(part => part.ToString()));

    /// <exception cref="InvalidOperationException">It would be an attribute without quotes, which encoding does not close.</exception>
    public void AppendFormatted(string? text)
    {
        RequireQuotes();
        bool isSentBack = EndsWith(" value=\"");
        foreach (char each in isSentBack ? text ?? "" : VisibleText.Of(text ?? ""))
        {
            _ = each switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),

                // What a form sends back is what was there, not what shows it; a parser would read line ends as others.
                < ' ' when isSentBack => _text.Append(CultureInfo.InvariantCulture, $"&#{(int)each};"),
                _ => _text.Append(each),
            };
        }
    }

    /// <summary>A number as attributes of pictures take it.</summary>
    public void AppendFormatted(double number)
    {
        RequireQuotes();
        _text.Append(number.ToString("0.##", CultureInfo.InvariantCulture));
    }

    internal string ToStringAndClear() => _text.ToString();

    private bool EndsWith(string text)
    {
        if (_text.Length < text.Length)
        {
            return false;
        }

        for (int index = 0; index < text.Length; index++)
        {
            if (_text[_text.Length - text.Length + index] != text[index])
            {
                return false;
            }
        }

        return true;
    }

    private void RequireQuotes()
    {
        if (_text.Length > 0 && _text[^1] == '=')
        {
            throw new InvalidOperationException($"An attribute without quotes: {_text.ToString(Math.Max(0, _text.Length - 40), Math.Min(40, _text.Length))}");
        }
    }
}
