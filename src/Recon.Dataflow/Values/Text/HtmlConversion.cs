using System.Buffers;
using System.Text;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Turns HTML into plain text, and leaves text that only looks a little like it alone.</summary>
/// <remarks>
/// Notes are often plain text with a <c>&lt;</c> or an address in angle brackets. A parser would swallow those, so that
/// only tags that HTML has count as tags; and line breaks of a text without any tag are kept.
/// </remarks>
internal sealed class HtmlConversion : IConversion
{
    // A browser collapses these, and only these: a no-break space is there on purpose.
    private static readonly SearchValues<char> s_collapsing = SearchValues.Create(" \t\r\n\f");

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        if (value.IndexOfAny((byte)'<', (byte)'&') < 0)
        {
            return ConvertedValue.Of(value);
        }

        string simple = HtmlTags.Simplify(Encoding.UTF8.GetString(value), out bool hasTags);
        if (!hasTags)
        {
            return ConvertedValue.Of(scratch.Encode(System.Net.WebUtility.HtmlDecode(simple)));
        }

        StringBuilder text = new(simple.Length);
        Write(simple, text);
        return ConvertedValue.Of(scratch.Encode(text.ToString().AsSpan().Trim(" \n")));
    }

    /// <summary>
    /// Writes the text of simplified HTML, token by token: a tree takes quadratic time where tags are not closed, attributes do
    /// where a tag has many, and text needs neither.
    /// </summary>
    private static void Write(string html, StringBuilder text)
    {
        using TextSource source = new(html);
        using HtmlTokenizer tokenizer = new(source, HtmlEntityProvider.Resolver);
        int preformatted = 0;
        for (HtmlToken token = tokenizer.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokenizer.Get())
        {
            switch (token.Type)
            {
                case HtmlTokenType.Character:
                    Append(text, token.Data, preformatted > 0);
                    break;
                case HtmlTokenType.StartTag:
                    preformatted += token.Name == "pre" ? 1 : 0;
                    StartTag(text, token.Name);
                    break;
                case HtmlTokenType.EndTag:
                    preformatted -= token.Name == "pre" && preformatted > 0 ? 1 : 0;
                    if (HtmlTags.IsBlock(token.Name))
                    {
                        BreakLine(text);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static void StartTag(StringBuilder text, string name)
    {
        if (name == "br")
        {
            TrimEnd(text);
            _ = text.Append('\n');
        }
        else if (HtmlTags.IsBlock(name))
        {
            BreakLine(text);
        }
        else if (name is "td" or "th")
        {
            Append(text, " ", preformatted: false);
        }

        if (name == "li")
        {
            _ = text.Append("- ");
        }
    }

    private static void Append(StringBuilder text, string data, bool preformatted)
    {
        if (preformatted)
        {
            _ = text.Append(data.ReplaceLineEndings("\n"));
            return;
        }

        foreach (char character in data)
        {
            if (!s_collapsing.Contains(character))
            {
                _ = text.Append(character);
            }
            else if (text.Length > 0 && text[^1] is not (' ' or '\n'))
            {
                _ = text.Append(' ');
            }
        }
    }

    private static void BreakLine(StringBuilder text)
    {
        TrimEnd(text);
        if (text.Length > 0 && text[^1] != '\n')
        {
            _ = text.Append('\n');
        }
    }

    private static void TrimEnd(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }
    }
}
