using System.Buffers;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Recon.Dataflow.Reconcile.Conversions;

/// <summary>Turns HTML into plain text, and leaves text that only looks a little like it alone.</summary>
/// <remarks>
/// Notes are often plain text with a <c>&lt;</c> or an address in angle brackets. A parser would swallow those, so that
/// only tags that HTML has count as tags; and line breaks of a text without any tag are kept.
/// </remarks>
internal sealed class HtmlConversion : IConversion
{
    // A browser collapses these, and only these: a no-break space is there on purpose.
    private static readonly SearchValues<char> _collapsing = SearchValues.Create(" \t\r\n\f");

    public string Kind => "html";

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        if (value.IndexOfAny((byte)'<', (byte)'&') < 0)
        {
            return ConvertedValue.Of(value);
        }

        string escaped = HtmlTags.EscapeStray(Encoding.UTF8.GetString(value), out bool hasTags);
        if (!hasTags)
        {
            return ConvertedValue.Of(scratch.Encode(System.Net.WebUtility.HtmlDecode(escaped)));
        }

        INodeList nodes = new HtmlParser().ParseDocument(escaped).Body?.ChildNodes ?? throw new InvalidOperationException("AngleSharp made a document without a body.");
        StringBuilder text = new(escaped.Length);
        Write(nodes, text);
        return ConvertedValue.Of(scratch.Encode(text.ToString().Trim(' ', '\n')));
    }

    /// <summary>Writes the text of nodes. A stack of our own: thousands of nested tags must not end the process.</summary>
    private static void Write(INodeList roots, StringBuilder text)
    {
        Stack<(INode? Node, bool Preformatted, bool BreakAfter)> open = new();
        Push(open, roots, preformatted: false);
        while (open.TryPop(out (INode? Node, bool Preformatted, bool BreakAfter) next))
        {
            switch (next.Node)
            {
                case null when next.BreakAfter:
                    BreakLine(text);
                    break;
                case IText characters:
                    Append(text, characters.Data, next.Preformatted);
                    break;
                case IElement element when !HtmlTags.IsHidden(element.LocalName):
                    string name = element.LocalName;
                    if (name == "br")
                    {
                        TrimEnd(text);
                        _ = text.Append('\n');
                        break;
                    }

                    if (HtmlTags.IsBlock(name))
                    {
                        BreakLine(text);
                        open.Push((null, false, true));
                    }
                    else if (name is "td" or "th")
                    {
                        Append(text, " ", preformatted: false);
                    }

                    if (name == "li")
                    {
                        _ = text.Append("- ");
                    }

                    Push(open, element.ChildNodes, next.Preformatted || name == "pre");
                    break;
                default:
                    break;
            }
        }
    }

    private static void Push(
        Stack<(INode? Node, bool Preformatted, bool BreakAfter)> open, INodeList nodes, bool preformatted)
    {
        for (int at = nodes.Length - 1; at >= 0; at--)
        {
            open.Push((nodes[at], preformatted, false));
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
            if (!_collapsing.Contains(character))
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
