using System.Buffers;

namespace Recon.Dataflow.Values.Text;

/// <summary>
/// How far the parts of HTML that no reader sees go, by the rules of browsers: what never ends takes the rest of the text.
/// Each looks at a character once.
/// </summary>
internal static class HtmlSyntax
{
    private static readonly SearchValues<char> s_blanks = SearchValues.Create(" \t\r\n\f");
    private static readonly SearchValues<char> s_valueEnds = SearchValues.Create(" \t\r\n\f>");
    private static readonly SearchValues<char> s_attributeEnds = SearchValues.Create(" \t\r\n\f/>=");

    /// <summary>Length of what follows a tag's name, up to and with its <c>&gt;</c>: only there attributes matter.</summary>
    /// <param name="closed">Whether there is one.</param>
    public static int RestOfTag(ReadOnlySpan<char> text, out bool closed)
    {
        closed = true;
        bool named = false;
        for (int at = 0; at < text.Length;)
        {
            char character = text[at];
            if (character == '>')
            {
                return at + 1;
            }

            if (s_blanks.Contains(character))
            {
                at++;
            }
            else if (character == '/' || (character == '=' && named))
            {
                at += character == '/' ? 1 : 1 + Value(text[(at + 1)..]);
                named = false;
            }
            else
            {
                at += 1 + Length(text[(at + 1)..].IndexOfAny(s_attributeEnds), text[(at + 1)..]);
                named = true;
            }
        }

        closed = false;
        return text.Length;
    }

    /// <summary>Length of what a hidden element holds, with its end tag.</summary>
    public static int HiddenText(ReadOnlySpan<char> text, ReadOnlySpan<char> name)
    {
        int at = 0;
        for (int found; (found = text[at..].IndexOf("</", StringComparison.Ordinal)) >= 0;)
        {
            at += found + 2;
            ReadOnlySpan<char> rest = text[at..];
            if (rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) && rest.Length > name.Length
                && (rest[name.Length] is '/' or '>' || s_blanks.Contains(rest[name.Length])))
            {
                return at + name.Length + RestOfTag(rest[name.Length..], out _);
            }
        }

        return text.Length;
    }

    /// <summary>Length of a comment or declaration after its <c>&lt;</c>; 0 for none.</summary>
    public static int Unseen(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("!--", StringComparison.Ordinal))
        {
            return text.StartsWith("!-->", StringComparison.Ordinal) ? 4
                : text.StartsWith("!--->", StringComparison.Ordinal) ? 5
                : 3 + Comment(text[3..]);
        }

        return text.StartsWith("!doctype", StringComparison.OrdinalIgnoreCase) || text.StartsWith("?xml", StringComparison.OrdinalIgnoreCase)
            ? Length(text.IndexOf('>'), text) + 1
            : 0;
    }

    private static int Comment(ReadOnlySpan<char> text)
    {
        int at = 0;
        for (int found; (found = text[at..].IndexOf("--", StringComparison.Ordinal)) >= 0; at++)
        {
            at += found;
            if (text[(at + 2)..] is ['>', ..] or ['!', '>', ..])
            {
                return at + (text[at + 2] == '>' ? 3 : 4);
            }
        }

        return text.Length;
    }

    private static int Value(ReadOnlySpan<char> text)
    {
        int start = Length(text.IndexOfAnyExcept(s_blanks), text);
        ReadOnlySpan<char> value = text[start..];
        return value is ['"' or '\'', ..]
            ? start + 1 + Math.Min(Length(value[1..].IndexOf(value[0]), value[1..]) + 1, value.Length - 1)
            : start + Length(value.IndexOfAny(s_valueEnds), value);
    }

    private static int Length(int found, ReadOnlySpan<char> text) => found < 0 ? text.Length : found;
}
